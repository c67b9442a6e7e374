// A YAML file as lines, with a word behind each key on where it came from. Pure.
import { yamlInline } from '../../config/yaml.ts';
import { printableLine } from '../terminal.ts';

export interface Line {
  key: string;
  /** Null: nothing stands behind the key but what is below it. */
  value: unknown;
  below: readonly Line[];
  /** Below it stands a list of such sets instead. */
  list: readonly (readonly Line[])[];
  from: string | null;
  /** Sentences above it. */
  above: readonly string[];
  /** It is there as a comment only. */
  off: boolean;
}

type About = Partial<Pick<Line, 'above' | 'off'>>;

const line = (key: string, rest: Partial<Line>): Line => ({
  ...{ key, value: null, below: [], list: [], from: null, above: [], off: false },
  ...rest,
});

/** A key with its value. */
export const set = (key: string, value: unknown, from: string | null = null, about: About = {}): Line =>
  line(key, { value, from, ...about });

/** A key with others below it. */
export const block = (
  key: string,
  below: readonly Line[],
  from: string | null = null,
  about: About = {},
): Line => line(key, { below, from, ...about });

/** A key with a list of sets below it. */
export const list = (key: string, sets: readonly (readonly Line[])[], about: About = {}): Line =>
  line(key, { list: sets, ...about });

const comment = (text: string): string => `# ${printableLine(text)}`;

function ownText({ key, value, from }: Line): string {
  const behind = from === null ? '' : ` ${comment(from)}`;
  return value === null
    ? `${yamlInline(key)}:${behind}`
    : `${yamlInline(key)}: ${yamlInline(value)}${behind}`;
}

const indented = (texts: readonly string[]): string[] => texts.map((text) => `  ${text}`);

function item(lines: readonly Line[]): string[] {
  const texts = lines.flatMap(textsOf);
  const first = texts.findIndex((text) => !text.startsWith('#'));
  return texts.map((text, index) => `${index === first ? '- ' : '  '}${text}`);
}

function textsOf(one: Line): string[] {
  const texts = [
    ...one.above.map(comment),
    ownText(one),
    ...indented(one.below.flatMap(textsOf)),
    ...indented(one.list.flatMap(item)),
  ];
  return one.off ? texts.map((text) => (text.startsWith('#') ? text : `# ${text}`)) : texts;
}

/** The file's text: sections with a blank line between them, and comments around them. */
export const yamlText = (
  head: readonly string[],
  sections: readonly Line[],
  end: readonly string[],
): string =>
  [head.map(comment), ...sections.map(textsOf), end.map(comment)]
    .filter((texts) => texts.length > 0)
    .map((texts) => `${texts.join('\n')}\n`)
    .join('\n');
