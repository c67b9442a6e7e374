// The report for people: a line each, with what mends it below. Pure.
import type { DoctorLine, DoctorReport, Status } from './report.ts';

const colours: Record<Status, string> = { ok: '32', warning: '33', wrong: '31;1', unknown: '36' };

const padded = (text: string, width: number): string => text.padEnd(width);

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
export function tableOf(
  { lines }: DoctorReport,
  titleOf: (check: string) => string,
  coloured: boolean,
): string {
  const statusWidth = Math.max(...lines.map(({ status }) => status.length));
  const titleWidth = Math.max(...lines.map(({ check }) => titleOf(check).length));
  const paint = (status: Status): string => {
    const word = padded(status, statusWidth);
    return coloured ? `\x1b[${colours[status]}m${word}\x1b[0m` : word;
  };
  const rows = lines.flatMap(({ check, subject, status, seen, mend }) => {
    const sentence = subject === null ? seen : `${subject}: ${seen}`;
    const indent = ' '.repeat(statusWidth + titleWidth + 6);
    return [
      `  ${paint(status)}  ${padded(titleOf(check), titleWidth)}  ${sentence}`,
      ...mend.map((words, index) => `${indent}${index === 0 ? 'mend:' : '  or:'} ${words}`),
    ];
  });
  return `${rows.join('\n')}\n\n${countWords(lines)}\n`;
}
