// Completion for bash (4.1 and later). Needs no package of bash-completion.
import { type CommandNode, everyCommand, valuesOf } from './command-node.ts';

const pattern = (path: string, word: string): string => `'${path === '' ? word : `${path} ${word}`}'`;

/** The script; words of the table hold no quotes. */
export function bashScript(root: CommandNode): string {
  const all = everyCommand(root);
  const paths = all.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]));
  const patternsOf = new Map<string, string[]>();
  for (const { path, command } of all) {
    for (const option of command.options.filter(({ takesValue }) => takesValue)) {
      const { words, interfaces } = valuesOf(option);
      const found = interfaces ? '$(command ls /sys/class/net 2>/dev/null)' : words.join(' ');
      const patterns = option.names.map((name) => pattern(path, name));
      patternsOf.set(found, [...(patternsOf.get(found) ?? []), ...patterns]);
    }
  }
  const valueCases = [...patternsOf].map(
    ([found, patterns]) => `    ${patterns.join('|')})\n      words="${found}"; only=yes ;;`,
  );
  const wordCases = all.map(({ path, command }) => {
    const words = [
      ...command.commands.map(({ name }) => name),
      ...command.choices,
      ...command.options.flatMap(({ names }) => names.filter((name) => name.startsWith('--'))),
    ];
    const files = command.takesPath ? ' compopt -o default 2>/dev/null;' : '';
    return `      '${path}') words='${words.join(' ')}';${files} ;;`;
  });
  return `# Completion of ${root.name} for bash:  source <(${root.name} completion bash)
_${root.name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} path= words= only= index next
  for ((index = 1; index < COMP_CWORD; index++)); do
    next="\${path:+$path }\${COMP_WORDS[index]}"
    case "$next" in
    ${paths.join('|')}) path=$next ;;
    esac
  done
  case "\${path:+$path }$before" in
${valueCases.join('\n')}
  esac
  if [[ -z $only ]]; then
    case "$path" in
${wordCases.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _${root.name} ${root.name}
`;
}
