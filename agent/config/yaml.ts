// A YAML text as plain values, and changed with its comments kept. What is wrong is told without its words, which may be a
// secret.
import {
  type Document,
  type ErrorCode,
  LineCounter,
  type Node,
  Pair,
  Scalar,
  YAMLMap,
  YAMLSeq,
  isAlias,
  isMap,
  isNode,
  isScalar,
  parseDocument,
  stringify,
} from 'yaml';
import type { FieldProblem } from '../../shared/issues.ts';
import { messageOf } from '../../shared/thrown.ts';

/** Complaints that say what they are about in the file's own words, which may be a secret. */
const withoutSource: Partial<Record<ErrorCode, string>> = {
  BAD_DIRECTIVE: 'Bad directive',
  BAD_DQ_ESCAPE: 'Invalid escape sequence',
  TAG_RESOLVE_FAILED: 'Unresolved tag',
};
/** Behind a colon stands what was found. */
const complaint = (message: string): string => message.replace(/(?<! ): .*/s, '');

/** The document's content; or every complaint with its place. */
export function readYaml(
  text: string,
): { ok: true; content: unknown } | { ok: false; problems: FieldProblem[] } {
  const refuse = (messages: string[]): { ok: false; problems: FieldProblem[] } => ({
    ok: false,
    problems: messages.map((message) => ({ path: '', message })),
  });
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, lineCounter });
  if (document.errors.length > 0) {
    const messages = document.errors.map(({ code, message, pos: [offset] }) => {
      const { line, col } = lineCounter.linePos(offset);
      return `${withoutSource[code] ?? complaint(message)} at line ${line}, column ${col}`;
    });
    return refuse(messages);
  }
  try {
    return { ok: true, content: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    // Only now are aliases followed: to nowhere, or to a billion places.
    return refuse([complaint(messageOf(error))]);
  }
}

export type YamlValue = string | number | boolean | readonly string[];

export interface YamlEntry {
  path: readonly [section: string, ...below: string[]];
  value: YamlValue;
}

/** What is said of a key that is made: before a map, behind a value; by its path with dots. */
export type YamlComments = Readonly<Record<string, string>>;

const sameValue = (node: unknown, value: YamlValue): boolean =>
  JSON.stringify(isNode(node) ? node.toJSON() : node) === JSON.stringify(value);

function addPair(map: YAMLMap, key: string, value: Scalar | YAMLMap | YAMLSeq, comment: string | undefined) {
  const name = new Scalar(key);
  // Within braces a comment would break the line.
  if (comment !== undefined && map.flow !== true) {
    if (isMap(value)) name.commentBefore = ` ${comment.replaceAll('\n', '\n ')}`;
    else value.comment = ` ${comment}`;
  }
  map.items.push(new Pair(name, value));
  return name;
}

/** The map under a key, made where there is none; null where something else stands there. */
function mapUnder(map: YAMLMap, key: string, comment: string | undefined, isTop: boolean): YAMLMap | null {
  const there = map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
  if (there === undefined) {
    const made = new YAMLMap();
    const name = addPair(map, key, made, comment);
    if (isTop && map.items.length > 1) name.spaceBefore = true;
    return made;
  }
  if (isMap(there.value)) {
    if (there.value.items.length === 0) there.value.flow = false;
    return there.value instanceof YAMLMap ? there.value : null;
  }
  if (there.value !== null && !(isScalar(there.value) && there.value.value === null)) return null;
  const made = new YAMLMap();
  // Commented-out entries stand as comments of the nothing that is there.
  if (there.value?.commentBefore) made.commentBefore = there.value.commentBefore;
  if (there.value?.comment) made.comment = there.value.comment;
  there.value = made;
  return made;
}

function nodeOf(value: YamlValue): Scalar | YAMLSeq {
  if (typeof value !== 'object') return new Scalar(value);
  const list = new YAMLSeq();
  list.flow = true;
  list.items.push(...value.map((one) => new Scalar(one)));
  return list;
}

/** The ways to write a document, those first by which most lines come out as they were. */
function waysFor(text: string, document: Document) {
  const lines = new Set(text.split('\n'));
  const ways = [2, 4].flatMap((indent) =>
    [true, false].flatMap((indentSeq) =>
      [false, true].map((flowCollectionPadding) => {
        const way = { indent, indentSeq, flowCollectionPadding, lineWidth: 0 };
        const plain = document.toString(way);
        return { way, plain, likeness: plain.split('\n').filter((line) => lines.has(line)).length };
      }),
    ),
  );
  return ways.toSorted((a, b) => b.likeness - a.likeness);
}

/** A text in one of the ways to write it: with nothing changed, and with all. */
export interface Writing {
  plain: string;
  text: string;
}

/**
 * The text with these entries in it: comments, order and all that they do not speak of stay. It comes in several
 * writings, the likest to the text first, for none keeps each blank. Problems where it can't be read, or where something
 * else stands in an entry's place.
 */
export function editYaml(
  text: string,
  entries: readonly YamlEntry[],
  comments: YamlComments,
): { ok: true; text: string; writings: Writing[] } | { ok: false; problems: FieldProblem[] } {
  const read = readYaml(text);
  if (!read.ok) return read;
  const document = parseDocument<Node>(text);
  const ways = waysFor(text, document);
  let top = document.contents;
  if (top === null || (isScalar(top) && top.value === null)) {
    top = new YAMLMap();
    // A file of comments alone has them behind its nothing.
    document.commentBefore = [document.commentBefore, document.comment].filter(Boolean).join('\n\n') || null;
    document.comment = null;
    document.contents = top;
  }
  const problems: FieldProblem[] = [];
  for (const { path, value } of entries) {
    let map: YAMLMap | null = isMap(top) && top instanceof YAMLMap ? top : null;
    for (const [index, key] of path.slice(0, -1).entries()) {
      map = map && mapUnder(map, key, comments[path.slice(0, index + 1).join('.')], index === 0);
    }
    const key = path.at(-1) ?? '';
    const there = map?.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
    if (map === null || (there !== undefined && isAlias(there.value))) {
      problems.push({
        path: path.join('.'),
        message: 'has something else than plain keys and values in its place: change it by hand',
      });
    } else if (there === undefined) addPair(map, key, nodeOf(value), comments[path.join('.')]);
    else if (!sameValue(there.value, value)) {
      const node = nodeOf(value);
      if (isNode(there.value) && there.value.comment) node.comment = there.value.comment;
      there.value = node;
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  const writings = ways.map(({ way, plain }) => ({ plain, text: document.toString(way) }));
  return { ok: true, text: writings[0]?.text ?? '', writings };
}

const escaped = {
  defaultStringType: 'QUOTE_DOUBLE',
  defaultKeyType: 'PLAIN',
  doubleQuotedAsJSON: true,
} as const;

/** A value on one line, as it may stand behind a key. */
export function yamlInline(value: unknown): string {
  const flowCollectionPadding = !Array.isArray(value);
  const options = { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding } as const;
  const text = stringify(value, options).slice(0, -1);
  return /[^ -~]/.test(text)
    ? stringify(value, { ...options, ...escaped, blockQuote: false }).slice(0, -1)
    : text;
}
