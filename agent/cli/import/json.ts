// JSON as people write it into configurations: with comments, with a comma too many or too few, with blanks in a key.
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';

export type LenientJson =
  /** `odd` is what was read as it was meant, in sentences. */
  { ok: true; content: unknown; odd: readonly string[] } | { ok: false; message: string };

const complaints: Readonly<Record<string, string>> = {
  InvalidSymbol: 'what stands there is no JSON',
  InvalidNumberFormat: 'the number is none of JSON',
  PropertyNameExpected: 'a key in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CloseBraceExpected: 'a } is missing',
  CloseBracketExpected: 'a ] is missing',
  EndOfFileExpected: 'something follows after the end',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a text is not closed on its line',
  UnexpectedEndOfNumber: 'a number breaks off',
  InvalidUnicode: 'a \\u has no four hexadecimal digits',
  InvalidEscapeCharacter: "a backslash is followed by what it can't be followed by",
  InvalidCharacter: 'a character has to be written with a backslash',
};

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

const complaint = (text: string, { error, offset }: ParseError): string =>
  `${complaints[printParseErrorCode(error)] ?? 'what stands there is no JSON'} at ${placeOf(text, offset)}`;

// Places must stay where they are.
const withoutHashLines = (text: string): string =>
  text.replace(/^[^\S\r\n]*#.*$/gm, (line) => ' '.repeat(line.length));

interface Reading {
  text: string;
  odd: string[];
}

function keyOf(node: Node, { text, odd }: Reading): string {
  const written = String(node.value);
  const key = written.trim();
  if (key !== written) {
    const where = placeOf(text, node.offset);
    odd.push(
      `${JSON.stringify(written)} at ${where} has blanks around it, by which its program did not know it; it is read as ${JSON.stringify(key)}`,
    );
  }
  return key;
}

function valueOf(node: Node | undefined, reading: Reading): unknown {
  if (node?.type === 'array') return (node.children ?? []).map((child) => valueOf(child, reading));
  if (node?.type !== 'object') return node?.value;
  const entries = new Map<string, unknown>();
  for (const { children = [] } of node.children ?? []) {
    const [name, value] = children;
    if (name === undefined) continue;
    const key = keyOf(name, reading);
    if (entries.has(key)) reading.odd.push(`${JSON.stringify(key)} stands twice; the last one is taken`);
    entries.set(key, valueOf(value, reading));
  }
  return Object.fromEntries(entries);
}

/** Reads it; what it can't be taken for is told with its line and column, and without its words. */
export function readLenientJson(given: string): LenientJson {
  const text = withoutHashLines(given.replace(/^\uFEFF/, ''));
  if (text.trim() === '') return { ok: false, message: 'is empty' };
  const errors: ParseError[] = [];
  try {
    const tree = parseTree(text, errors, { allowTrailingComma: true });
    const isComma = ({ error }: ParseError): boolean => printParseErrorCode(error) === 'CommaExpected';
    const [worst] = errors.filter((error) => !isComma(error));
    if (worst !== undefined) return { ok: false, message: `is no JSON: ${complaint(text, worst)}` };
    const odd = errors.map(
      ({ offset }) => `a comma is missing before ${placeOf(text, offset)}; it is read as if it were there`,
    );
    return { ok: true, content: valueOf(tree, { text, odd }), odd };
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, message: 'is nested too deeply' };
    throw error;
  }
}
