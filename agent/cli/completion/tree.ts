// The table of commands as completions see it, made out of the command line's own.
import type { Command } from 'commander';
import { fixedWordsOf } from '../probe/command.ts';
import type { CommandNode } from './command-node.ts';

export function nodeOf(command: Command): CommandNode {
  const help = command.createHelp();
  const [argument] = command.registeredArguments;
  return {
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map((option) => ({
      names: [option.long, option.short].filter((name) => name != null),
      description: option.description,
      takesValue: option.required || option.optional,
      choices: fixedWordsOf(option),
    })),
    choices: argument?.argChoices ?? [],
    takesPath: /^(DIR|FILE)$/i.test(argument?.name() ?? ''),
    commands: help.visibleCommands(command).map(nodeOf),
  };
}
