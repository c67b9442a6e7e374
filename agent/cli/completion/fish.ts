// Completion for fish.
import { type CommandNode, type OptionNode, everyCommand, valuesOf } from './command-node.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** What fish is told of an option's value. */
function valueWords(option: OptionNode): string[] {
  if (!option.takesValue) return [];
  const values = valuesOf(option);
  if (values.kind === 'words') return ['-x', '-a', quoted(values.words.join(' '))];
  if (values.kind === 'interfaces') return ['-x', '-a', quoted('(command ls /sys/class/net)')];
  if (values.kind === 'folder') return ['-x', '-a', quoted('(__fish_complete_directories)')];
  return values.kind === 'file' ? ['-r', '-F'] : ['-x'];
}

function optionWords(option: OptionNode): string {
  const names = option.names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  return [...names, ...valueWords(option), '-d', quoted(option.description)].join(' ');
}

export function fishScript(root: CommandNode): string {
  const all = everyCommand(root);
  const paths = all.flatMap(({ path }) => (path === '' ? [] : [quoted(path)]));
  const at = (path: string): string =>
    `complete -c ${root.name} -n ${quoted(`__${root.name}_at ${path}`.trimEnd())}`;
  const lines = all.flatMap(({ path, command }) => [
    ...(command.takesPath ? [`${at(path)} -F`] : []),
    ...command.commands.map(
      ({ name, description }) => `${at(path)} -a ${quoted(name)} -d ${quoted(description)}`,
    ),
    ...command.choices.map((choice) => `${at(path)} -a ${quoted(choice)}`),
    ...command.options.map((option) => `${at(path)} ${optionWords(option)}`),
  ]);
  return `# Completion of ${root.name} for fish:  ${root.name} completion fish | source
function __${root.name}_at
    set -l path
    for word in (commandline -opc)[2..-1]
        if contains -- (string join -- ' ' $path $word) ${paths.join(' ')}
            set -a path $word
        end
    end
    set -l there (string join -- ' ' $path)
    test "$there" = "$argv"
end
complete -c ${root.name} -f
${lines.join('\n')}
`;
}
