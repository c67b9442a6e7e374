// The report for people: a line each, with what mends it below. Pure.
import { tableLines } from '../../table.ts';
import type { Colour, Paint } from '../terminal.ts';
import type { DoctorLine, DoctorReport, Status } from './report.ts';

const colours: Record<Status, Colour> = { ok: 'green', warning: 'yellow', wrong: 'red', unknown: 'cyan' };

function countWords(lines: readonly DoctorLine[]): string {
  const count = (status: Status): number => lines.filter((line) => line.status === status).length;
  const words: [number, string][] = [
    [count('wrong'), 'wrong'],
    [count('warning'), count('warning') === 1 ? 'warning' : 'warnings'],
    [count('unknown'), 'unknown'],
  ];
  const told = words.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return told.length === 0 ? 'All is right.' : `${told.join(', ')}.`;
}

/** `titleOf` gives a check's name for people. */
export function tableOf({ lines }: DoctorReport, titleOf: (check: string) => string, paint: Paint): string {
  const rows = lines.flatMap(({ check, subject, status, seen, mend }) => [
    { status, cells: [status, titleOf(check), subject === null ? seen : `${subject}: ${seen}`] },
    ...mend.map((words, index) => ({
      status: null,
      cells: ['', '', `${index === 0 ? 'mend:' : '  or:'} ${words}`],
    })),
  ]);
  const painted = tableLines(rows.map(({ cells }) => cells)).map((line, index) => {
    const status = rows[index]?.status ?? null;
    // Once the columns are as wide as they are: colours have no width.
    return status === null ? line : paint(colours[status], status) + line.slice(status.length);
  });
  return `${painted.map((line) => `  ${line}`).join('\n')}\n\n${countWords(lines)}\n`;
}
