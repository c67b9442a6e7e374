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

/** What an option's value is looked for among: words, interfaces of the machine (`--via`), or nothing known. */
export const valuesOf = ({
  names,
  choices,
}: OptionNode): { words: readonly string[]; interfaces: boolean } => ({
  words: choices,
  interfaces: names.includes('--via'),
});
