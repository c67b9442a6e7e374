// Keys that stand twice in one JSON object, found where they are and nowhere else.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { keyGivenTwice } from '../../../agent/request/twice.ts';

it.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":{"b":1},"c":{"b":1,"b":2}}', 'c.b'],
  ['[{"a":1},{"a":1,"a":1}]', '1.a'],
  ['{"a":"x","b":["a","b",{"a":1}],"a":1}', 'a'],
  ['{ "a" : 1 , "a\\u0000" : 2 , "\\u0061" : 3 }', 'a'],
  ['{"":1,"":2}', ''],
  ['{"a":"\\"a\\":1,","b":"}{","c":":"}', null],
  ['{"a":"b","b":"a","c":["a","a"]}', null],
  ['{"__proto__":1,"constructor":2}', null],
  ['"a"', null],
  ['7', null],
])('in %s: %j', (text, path) => expect(keyGivenTwice(text)).toBe(path));

interface Made {
  text: string;
  twice: boolean;
}

// What is made knows itself whether a key stands twice in it: no parser is asked.
it('are found exactly where one was written', () => {
  const key = fc.oneof(fc.constantFrom('a', 'b', '"', '\\', '{', ':', ','), fc.string({ unit: 'binary' }));
  const { json } = fc.letrec<{ json: Made }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc
        .oneof(key, fc.integer(), fc.constantFrom(null, true))
        .map((value) => ({ text: JSON.stringify(value), twice: false })),
      fc.array(tie('json'), { maxLength: 4 }).map((elements) => ({
        text: `[${elements.map(({ text }) => text).join(',')}]`,
        twice: elements.some(({ twice }) => twice),
      })),
      fc.array(fc.tuple(key, tie('json')), { maxLength: 4 }).map((pairs) => ({
        text: `{${pairs.map(([name, { text }]) => `${JSON.stringify(name)}:${text}`).join(',')}}`,
        twice:
          new Set(pairs.map(([name]) => name)).size < pairs.length || pairs.some(([, { twice }]) => twice),
      })),
    ),
  }));
  fc.assert(
    fc.property(json, ({ text, twice }) => {
      expect(keyGivenTwice(text) !== null).toBe(twice);
    }),
    { numRuns: 1000 },
  );
});

it('are looked for in a text nested without end', () => {
  const depth = 30_000;
  expect(keyGivenTwice(`${'['.repeat(depth)}${']'.repeat(depth)}`)).toBe(null);
});
