// What all commands' help has in common.
import type { Command } from 'commander';

export const examples = (command: Command, ...lines: string[]): Command =>
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);

/** Longer lines are hard to read, however wide the terminal is. */
export const widthOf = ({ isTTY, columns }: NodeJS.WriteStream): number =>
  Math.min(isTTY ? columns : 80, 100);
