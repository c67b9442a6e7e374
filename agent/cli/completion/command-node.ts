// The table of commands as completions see it.

export interface OptionNode {
  /** Long names and short ones, each with its dashes. */
  names: readonly string[];
  description: string;
  takesValue: boolean;
  /** What it takes, where these are fixed words. */
  choices: readonly string[];
}

export interface CommandNode {
  name: string;
  description: string;
  options: readonly OptionNode[];
  /** Fixed words for its argument. */
  choices: readonly string[];
  /** Its argument is a file or a folder. */
  takesPath: boolean;
  commands: readonly CommandNode[];
}

export interface PlacedCommand {
  /** The words that lead to it, the program's own left out: "probe ping". */
  path: string;
  command: CommandNode;
}

/** It and all commands under it. */
export const everyCommand = (command: CommandNode, path = ''): PlacedCommand[] => [
  { path, command },
  ...command.commands.flatMap((child) =>
    everyCommand(child, path === '' ? child.name : `${path} ${child.name}`),
  ),
];

/** Options whose value is a path, and of what. */
const pathOptions: Readonly<Record<string, 'file' | 'folder'>> = {
  '--output': 'file',
  '--settings': 'file',
  '--directory': 'folder',
};

export type Values =
  { kind: 'words'; words: readonly string[] } | { kind: 'interfaces' | 'file' | 'folder' | 'unknown' };

/** What an option's value is looked for among; the machine's interfaces are for `--via`. */
export function valuesOf({ names, choices }: OptionNode): Values {
  if (names.includes('--via')) return { kind: 'interfaces' };
  const path = names.map((name) => pathOptions[name]).find((kind) => kind !== undefined);
  if (path !== undefined) return { kind: path };
  return choices.length === 0 ? { kind: 'unknown' } : { kind: 'words', words: choices };
}
