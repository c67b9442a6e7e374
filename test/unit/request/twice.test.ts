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

// What JSON.parse makes of the text has each key once, so written again it is shorter exactly where one stood twice.
it('are found exactly where parsing loses one', () => {
  const key = fc.oneof(fc.constantFrom('a', 'b', '"', '\\', '{', ':', ','), fc.string({ unit: 'binary' }));
  const { json } = fc.letrec<{ json: string }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(key, fc.integer(), fc.constantFrom(null, true)).map((value) => JSON.stringify(value)),
      fc.array(tie('json'), { maxLength: 4 }).map((elements) => `[${elements.join(',')}]`),
      fc
        .array(fc.tuple(key, tie('json')), { maxLength: 4 })
        .map((pairs) => `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
    ),
  }));
  fc.assert(
    fc.property(json, (text) => {
      const lost = JSON.stringify(JSON.parse(text)).length < text.length;
      expect(keyGivenTwice(text) !== null).toBe(lost);
    }),
    { numRuns: 1000 },
  );
});

it('are looked for in a text nested without end', () => {
  const depth = 30_000;
  expect(keyGivenTwice(`${'['.repeat(depth)}${']'.repeat(depth)}`)).toBe(null);
});
