// Completion for zsh.
import { type CommandNode, type OptionNode, everyCommand, valuesOf } from './command-node.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** "word:description" as _describe takes it, colons of the word hidden. */
const described = (word: string, description: string): string =>
  quoted(`${word.replaceAll(':', '\\:')}:${description}`);

/** What is done for an option's value. */
function valueWords(option: OptionNode): string {
  const values = valuesOf(option);
  if (values.kind === 'words') return `compadd -- ${values.words.map(quoted).join(' ')}`;
  if (values.kind === 'interfaces') return 'compadd -- ${$(command ls /sys/class/net 2>/dev/null)}';
  if (values.kind === 'file') return '_files';
  return values.kind === 'folder' ? '_path_files -/' : `_message ${quoted(option.description)}`;
}

export function zshScript(root: CommandNode): string {
  const all = everyCommand(root);
  const paths = all.flatMap(({ path }) => (path === '' ? [] : [quoted(path)]));
  const valueCases = all.flatMap(({ path, command }) =>
    command.options
      .filter(({ takesValue }) => takesValue)
      .map((option) => {
        const patterns = option.names.map((name) => quoted(path === '' ? name : `${path} ${name}`)).join('|');
        return `    (${patterns}) ${valueWords(option)}; return ;;`;
      }),
  );
  const wordCases = all.map(({ path, command }) => {
    const words = [
      ...command.commands.map(({ name, description }) => described(name, description)),
      ...command.choices.map((choice) => described(choice, '')),
      ...command.options.flatMap(({ names, description }) =>
        names.filter((name) => name.startsWith('--')).map((name) => described(name, description)),
      ),
    ];
    const files = command.takesPath ? ' _files;' : '';
    return `    (${quoted(path)})${files} found=(${words.join(' ')}) ;;`;
  });
  return `#compdef ${root.name}
# Completion of ${root.name} for zsh:  source <(${root.name} completion zsh)
_${root.name}() {
  local at= next word
  local -a found
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${at:+$at }$word"
    case "$next" in
    (${paths.join('|')}) at=$next ;;
    esac
  done
  case "\${at:+$at }$words[CURRENT-1]" in
${valueCases.join('\n')}
  esac
  case "$at" in
${wordCases.join('\n')}
  esac
  _describe ${root.name} found
}
if [[ $funcstack[1] == _${root.name} ]]; then
  _${root.name} "$@"
else
  compdef _${root.name} ${root.name}
fi
`;
}
