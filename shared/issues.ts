// What zod found wrong, said to a person: the field's path, what is wrong with it, and the nearest known name.
import * as z from 'zod';
import { nearest } from './nearest.ts';
import { isRecord } from './record.ts';

export interface FieldProblem {
  path: string;
  message: string;
}

/** A text as it may be shown: what stands before an @ may be a URL's password. */
export function withoutPassword(text: string): string {
  const at = text.lastIndexOf('@');
  if (at < 0) return text;
  const slashes = text.indexOf('//');
  const begin = slashes < 0 || slashes > at ? 0 : slashes + 2;
  return `${text.slice(0, begin)}…${text.slice(at)}`;
}

/** A value as it is shown in a sentence: as JSON, shortened, and without what may be a password. */
export function quoted(given: unknown): string {
  const value = typeof given === 'string' ? withoutPassword(given) : given;
  if (value === undefined) return 'nothing';
  try {
    const text = JSON.stringify(value);
    return text.length > 60 ? `${text.slice(0, 57)}…` : text;
  } catch {
    return 'something nested too deeply'; // it parsed, but writing it down again overflows the stack
  }
}

const typeWords: Record<string, string> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a set of keys and values',
  record: 'a set of keys and values',
};

function bound(origin: string, limit: number | bigint, side: 'least' | 'most'): string {
  if (origin === 'string') return `must have at ${side} ${limit} character${limit === 1 ? '' : 's'}`;
  if (origin === 'array') return `must have at ${side} ${limit} element${limit === 1 ? '' : 's'}`;
  return `must be at ${side} ${limit}`;
}

const ofThese = (values: readonly unknown[]): string =>
  values.length === 1 ? `must be ${quoted(values[0])}` : `must be one of ${values.map(quoted).join(', ')}`;

const knownKeys = (schema: unknown): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

// A request of 64 KiB can be wrong in ten thousand places; its answer must be no larger than a message may be.
const mostTold = 10;

/** The first ten in words, and how many more there are. */
function theFirst<T>(all: readonly T[], words: (one: T) => string): string {
  const told = all.slice(0, mostTold).map(words).join('; ');
  return all.length > mostTold ? `${told}; and ${all.length - mostTold} more` : told;
}

/** A word that another part of the contract knows, and why it does not belong here. */
export type ForeignKey = (key: string) => string | null;

function say(issue: z.core.$ZodRawIssue, foreign: ForeignKey): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const wanted = typeWords[issue.expected] ?? issue.expected;
      return issue.input === undefined
        ? `is missing; it must be ${wanted}`
        : `must be ${wanted}, not ${quoted(issue.input)}`;
    }
    case 'too_small':
      return `${bound(issue.origin, issue.minimum, 'least')}${named(issue)}`;
    case 'too_big':
      return `${bound(issue.origin, issue.maximum, 'most')}${named(issue)}`;
    case 'invalid_value':
      return `${ofThese(issue.values)}, not ${quoted(issue.input)}`;
    case 'unrecognized_keys':
      return theFirst(issue.keys, (key) => {
        const reason = foreign(key);
        if (reason !== null) return reason;
        const meant = nearest(key, knownKeys(issue.inst));
        return `unknown key ${quoted(key)}${meant === null ? '' : `; did you mean ${meant}?`}`;
      });
    case 'invalid_union':
      return choice(issue) ?? `can't be read: ${quoted(issue.input)}`;
    default:
      return undefined;
  }
}

/** Where one key tells which of several things is meant; null where none does. */
function choice({ discriminator, options, input }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>) {
  if (discriminator === undefined || !Array.isArray(options) || !isRecord(input)) return null;
  const given = input[discriminator];
  const words = ofThese(options);
  return given === undefined ? `is missing; it ${words}` : `${words}, not ${quoted(given)}`;
}

const named = (issue: { origin: string; input?: unknown }): string =>
  issue.origin === 'number' || issue.origin === 'int' ? `, not ${quoted(issue.input)}` : '';

/** Parses by a schema; on failure, every problem with its path in the schema's own words. */
export function parseWith<S extends z.ZodType>(
  schema: S,
  input: unknown,
  foreign: ForeignKey = () => null,
): { ok: true; value: z.output<S> } | { ok: false; problems: FieldProblem[] } {
  const parsed = schema.safeParse(input, { error: (issue) => say(issue, foreign), reportInput: true });
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = withoutEchoes(parsed.error.issues).map((issue) => ({
    path: pathOf(issue),
    message: issue.message,
  }));
  return { ok: false, problems };
}

const pathOf = (issue: z.core.$ZodIssue): string => issue.path.map(String).join('.');

/** Of a text where a list belongs zod says the length too, as if it were one. */
function withoutEchoes(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const mistaken = new Set(issues.filter(({ code }) => code === 'invalid_type').map(pathOf));
  return issues.filter(
    (issue) => !(mistaken.has(pathOf(issue)) && (issue.code === 'too_small' || issue.code === 'too_big')),
  );
}

/** Problems as one sentence, the first ten: `expect.minLatencyMs must be a number, not "x"; …; and 3 more`. */
export const sayProblems = (problems: readonly FieldProblem[]): string =>
  theFirst(problems, ({ path, message }) => {
    const place = path.length > 100 ? `${path.slice(0, 97)}…` : path;
    return place === '' ? message : `${place}: ${message}`;
  });

/** A check whose sentence depends on the value; the value itself is never shown (it may hold a secret). */
export const told =
  (problemOf: (value: string) => string | null) =>
  (context: z.core.ParsePayload<string>): void => {
    const message = problemOf(context.value);
    if (message !== null) context.issues.push({ code: 'custom', message, input: undefined });
  };
