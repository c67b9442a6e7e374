// The bench's rows as a table for people, in Markdown so that it can be pasted. Pure.
import { type Row, isReached, ratioOf } from './row.ts';

const decimals = { µs: 2, ms: 3, s: 2, '%': 1, MB: 1, bytes: 0, packets: 0, echoes: 0 } as const;

const say = (value: number, unit: Row['unit']): string =>
  `${value.toFixed(unit === 'ms' && value >= 1 ? 2 : decimals[unit])} ${unit}`;

function barOf({ bar, unit }: Row): string {
  if (bar === null) return '-';
  const most = Number(bar.most.toFixed(3));
  return bar.of === 'ratio' ? `≤ ${most}×` : `≤ ${most} ${unit}`;
}

function cellsOf(row: Row): string[] {
  const { against, unit } = row;
  const ratio = ratioOf(row);
  const reached = isReached(row);
  return [
    row.case,
    row.figure,
    say(row.ours, unit),
    against === null ? '-' : `${say(against.value, unit)} (${against.name})`,
    ratio === null ? '-' : `${ratio.toFixed(ratio < 0.1 ? 3 : 2)}×`,
    barOf(row),
    reached === null ? '-' : reached ? 'yes' : 'NO',
    String(row.n),
    row.note,
  ];
}

const heads = ['case', 'figure', 'ours', 'against', 'ours/against', 'bar', 'reached', 'n', 'note'];

export function tableOf(rows: readonly Row[]): string {
  const lines = [heads, ...rows.map(cellsOf)];
  const widths = heads.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  const format = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [format(heads), rule, ...rows.map((row) => format(cellsOf(row)))].join('\n');
}
