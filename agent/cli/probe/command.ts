// `pathproof probe KIND` in the table of commands: its options, and what was given for them.
import type { Command, Option } from 'commander';
import { examples } from '../help.ts';
import { type SettingsOptions, withSettings } from '../settings.ts';
import { type KindWords, kindWords } from './kinds.ts';

type KindName = keyof typeof kindWords;
const isKind = (word: string): word is KindName => Object.hasOwn(kindWords, word);

export interface ProbeOptions extends SettingsOptions {
  json?: boolean;
}

/** What the contract's options take where these are fixed words: it refuses others, in its own sentences. */
const fixedWords = new WeakMap<Option, readonly string[]>();
export const fixedWordsOf = (option: Option): readonly string[] => fixedWords.get(option) ?? [];

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** They come out of the contract, which takes longer to load than all else of the table. */
export async function addOptions(command: Command): Promise<void> {
  const { optionRows } = await import('./options.ts');
  const kind = command.name();
  if (!isKind(kind)) return;
  for (const { name, value, description, hidden, choices } of optionRows(kind)) {
    const flags = value === null ? name : `${name} <${value}>`;
    const option = command.createOption(flags, description).hideHelp(hidden);
    fixedWords.set(option, choices);
    command.addOption(value === null ? option : option.argParser(collect));
  }
  command.option('--json', 'print the whole result as JSON, and nothing else');
  withSettings(command);
}

/** Every value that was given for the contract's options, by the option's name. */
function wordsOf(command: Command): Record<string, string[]> {
  const given = command.options.flatMap((option): [string, string[]][] => {
    const value: unknown = command.getOptionValue(option.attributeName());
    if (value === undefined || option.long == null || !fixedWords.has(option)) return [];
    return [[option.long, Array.isArray(value) ? value.map(String) : [JSON.stringify(value)]]];
  });
  return Object.fromEntries(given);
}

const exits = `
Exit status: 0 pass, 1 fail (measured, and something is not as it should be), 2 error (not
measured or not judged, or wrong usage), 130 where Ctrl-C ended it.`;

export function describeProbe(probe: Command): Command {
  probe.description('measure one thing now, without a broker, and say whether it is as it should be');
  examples(probe, ...Object.values(kindWords).map(({ example }) => example)).addHelpText('after', exits);
  for (const [kind, { description, argument, example }] of Object.entries<KindWords>(kindWords)) {
    if (!isKind(kind)) continue;
    const command = probe.command(kind).description(description).argument(argument);
    examples(command, example).addHelpText('after', exits);
    command.action(async (target: string | undefined, given: ProbeOptions) => {
      const { probeOnce } = await import('../probe.ts');
      process.exitCode = await probeOnce(kind, { target, options: wordsOf(command) }, given);
    });
  }
  return probe.hook('preSubcommand', (_probe, command) => addOptions(command));
}
