// What zod found wrong, in the words that a person reads.
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseWith, sayProblems } from '../../../shared/issues.ts';

const schema = z.strictObject({
  name: z.string().min(2).max(4).optional(),
  letter: z.string().min(1).max(1).optional(),
  size: z.number().min(1).max(9).optional(),
  count: z.int().optional(),
  sure: z.boolean().optional(),
  colours: z
    .array(z.enum(['red', 'green']))
    .min(1)
    .max(2)
    .optional(),
  only: z.literal('this').optional(),
  inner: z.strictObject({ depth: z.number() }).optional(),
  byName: z.record(z.string(), z.number()).optional(),
  either: z.union([z.number(), z.boolean()]).optional(),
});

const wordsOf = (input: unknown): string => {
  const parsed = parseWith(schema, input);
  return parsed.ok ? 'nothing is wrong' : sayProblems(parsed.problems);
};

describe('what is wrong', () => {
  it.each([
    [{ name: 'abc', size: 1, colours: ['red'] }, 'nothing is wrong'],
    [{ name: 7 }, 'name: must be a text, not 7'],
    [{ size: 'big' }, 'size: must be a number, not "big"'],
    [{ size: null }, 'size: must be a number, not null'],
    [{ count: 1.5 }, 'count: must be a whole number, not 1.5'],
    [{ sure: 'yes' }, 'sure: must be true or false, not "yes"'],
    [{ colours: 'red' }, 'colours: must be a list, not "red"'],
    [{ inner: [1] }, 'inner: must be a set of keys and values, not [1]'],
    [{ byName: 3 }, 'byName: must be a set of keys and values, not 3'],
    [{ byName: { a: 'x' } }, 'byName.a: must be a number, not "x"'],
    [{ inner: {} }, 'inner.depth: is missing; it must be a number'],
    [{ name: 'a' }, 'name: must have at least 2 characters'],
    [{ name: 'abcde' }, 'name: must have at most 4 characters'],
    [{ letter: '' }, 'letter: must have at least 1 character'],
    [{ letter: 'ab' }, 'letter: must have at most 1 character'],
    [{ size: 0 }, 'size: must be at least 1, not 0'],
    [{ size: 10 }, 'size: must be at most 9, not 10'],
    [{ colours: [] }, 'colours: must have at least 1 element'],
    [{ colours: ['red', 'red', 'red'] }, 'colours: must have at most 2 elements'],
    [{ colours: ['blue'] }, 'colours.0: must be one of "red", "green", not "blue"'],
    [{ only: 'that' }, 'only: must be "this", not "that"'],
    [{ either: 'x' }, 'either: can\'t be read: "x"'],
    [{ colors: [] }, 'unknown key "colors"; did you mean colours?'],
    [{ Name: 'abc' }, 'unknown key "Name"; did you mean name?'],
    [{ inner: { depht: 1, depth: 1 } }, 'inner: unknown key "depht"; did you mean depth?'],
    [{ zebra: 1 }, 'unknown key "zebra"'],
    [{ zebra: 1, cuont: 2 }, 'unknown key "zebra"; unknown key "cuont"; did you mean count?'],
    [7, 'must be a set of keys and values, not 7'],
    [null, 'must be a set of keys and values, not null'],
    [undefined, 'is missing; it must be a set of keys and values'],
  ])('with %j: %s', (input, words) => expect(wordsOf(input)).toBe(words));

  it('is told all at once, in the order of the fields', () => {
    expect(wordsOf({ sure: 1, name: 'a', size: 10, zebra: 1 })).toBe(
      'name: must have at least 2 characters; size: must be at most 9, not 10; ' +
        'sure: must be true or false, not 1; unknown key "zebra"',
    );
  });

  it('is shown shortened where it is long', () => {
    expect(wordsOf({ size: 'x'.repeat(100) })).toBe(`size: must be a number, not "${'x'.repeat(56)}…`);
    expect(wordsOf({ size: 'x'.repeat(59) })).toBe(`size: must be a number, not "${'x'.repeat(56)}…`);
    expect(wordsOf({ size: 'x'.repeat(58) })).toBe(`size: must be a number, not "${'x'.repeat(58)}"`);
  });

  it('is told though it is nested without end', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`);
    // Where writing it down overflows the stack (not on Node 26) it is told in words.
    expect(wordsOf({ size: deep })).toMatch(
      /^size: must be a number, not (something nested too deeply|\[{57}…)$/,
    );
  });

  it('is shown without what may be a password', () => {
    expect(wordsOf({ size: 'mqtt://me:s3cret@host' })).toBe('size: must be a number, not "mqtt://…@host"');
    expect(wordsOf({ sure: 'me:s3/cr@et@host' })).toBe('sure: must be true or false, not "…@host"');
    expect(wordsOf({ only: '//me@host/a@b' })).toBe('only: must be "this", not "//…@b"');
  });

  it('is told of the first ten places, though there are thousands', () => {
    const keys = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key${index}`, 1]));
    expect(wordsOf(keys)).toMatch(/^unknown key "key0"; .*; unknown key "key9"; and 4990 more$/);
    const problems = Array.from({ length: 12 }, (_, index) => ({ path: `p${index}`, message: 'is wrong' }));
    expect(sayProblems(problems)).toMatch(/^p0: is wrong; .*; p9: is wrong; and 2 more$/);
    expect(sayProblems(problems.slice(0, 10))).toMatch(/; p9: is wrong$/);
    expect(sayProblems([{ path: 'p'.repeat(60_000), message: 'is wrong' }]).length).toBeLessThan(120);
  });

  it("may be said in another part's words", () => {
    const foreign = (key: string): string | null => (key === 'hops' ? 'hops belong elsewhere' : null);
    const parsed = parseWith(schema, { hops: 1, coutn: 2 }, foreign);
    expect(parsed.ok ? [] : parsed.problems).toEqual([
      { path: '', message: 'hops belong elsewhere; unknown key "coutn"; did you mean count?' },
    ]);
  });

  it('leaves what is right as the schema makes it', () => {
    expect(parseWith(schema, { name: 'abc' })).toEqual({ ok: true, value: { name: 'abc' } });
  });
});
