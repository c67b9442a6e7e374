// Completion for bash (4.1 and later). Needs no package of bash-completion.
import { type CommandNode, type OptionNode, everyCommand, valuesOf } from './command-node.ts';

const pattern = (path: string, word: string): string => `'${path === '' ? word : `${path} ${word}`}'`;

// Where nothing else is found readline takes over: it knows how names with blanks are quoted, and what a folder ends with.
const files = 'compopt -o default 2>/dev/null';

/** What is done for an option's value. */
function valueWords(option: OptionNode): string {
  const values = valuesOf(option);
  if (values.kind === 'words') return `words="${values.words.join(' ')}"`;
  if (values.kind === 'interfaces') return 'words="$(command ls /sys/class/net 2>/dev/null)"';
  if (values.kind === 'file') return files;
  return values.kind === 'folder' ? 'compopt -o dirnames 2>/dev/null' : ':';
}

/** The script; words of the table hold no quotes. */
export function bashScript(root: CommandNode): string {
  const all = everyCommand(root);
  const paths = all.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]));
  const patternsOf = new Map<string, string[]>();
  for (const { path, command } of all) {
    for (const option of command.options.filter(({ takesValue }) => takesValue)) {
      const found = valueWords(option);
      const patterns = option.names.map((name) => pattern(path, name));
      patternsOf.set(found, [...(patternsOf.get(found) ?? []), ...patterns]);
    }
  }
  const valueCases = [...patternsOf].map(
    ([found, patterns]) => `    ${patterns.join('|')})\n      ${found}; only=yes ;;`,
  );
  const wordCases = all.map(({ path, command }) => {
    const words = [
      ...command.commands.map(({ name }) => name),
      ...command.choices,
      ...command.options.flatMap(({ names }) => names.filter((name) => name.startsWith('--'))),
    ];
    // An empty word is completed to files: options are there for who types a dash.
    const paths = command.takesPath ? ` [[ $word == -* ]] || { words=; ${files}; } ;` : '';
    return `      '${path}') words='${words.join(' ')}';${paths} ;;`;
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
