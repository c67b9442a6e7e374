import { expect, it } from 'vitest';
import { readLenientJson } from '../../../../agent/cli/import/json.ts';

it.each([
  ['as it should be', '{"a": [1, "x", true, null]}', { a: [1, 'x', true, null] }],
  ['comments', '{ // one\n /* two */ "a": 1 }', { a: 1 }],
  ['lines of #', '{\n  ### "b": 2\n  "a": "#1"\n}', { a: '#1' }],
  ['a comma too many', '{"a": [1, 2,],}', { a: [1, 2] }],
  ['a comma too few', '{"a": 1\n "b": 2}', { a: 1, b: 2 }],
  ['a byte order mark', '\uFEFF{"a": 1}', { a: 1 }],
  ['blanks in a key', '{" a ": 1}', { a: 1 }],
  ['a key twice', '{"a": 1, "a": 2}', { a: 2 }],
])('reads %s', (_what, text, content) => {
  expect(readLenientJson(text)).toMatchObject({ ok: true, content });
});

it('takes no key for anything else than a key', () => {
  const read = readLenientJson('{"__proto__": {"a": 1}, "constructor": 1}');
  expect(read.ok && Object.keys(read.content ?? {})).toEqual(['__proto__', 'constructor']);
});

it('says what it read as it was meant', () => {
  const read = readLenientJson('{\n  "a ": 1\n  "b": 2,\n  "b": 3\n}');
  expect(read.ok && read.odd).toEqual([
    'a comma is missing before line 3, column 3; it is read as if it were there',
    '"a " at line 2, column 3 has blanks around it, by which its program did not know it; it is read as "a"',
    '"b" stands twice; the last one is taken',
  ]);
});

it.each([
  ['', 'is empty'],
  [' \n', 'is empty'],
  ['hello', 'is no JSON: what stands there is no JSON at line 1, column 1'],
  ['{\n  "a": 1', 'is no JSON: a } is missing at line 2, column 9'],
  ['{\n\r\n  "a" 1}', 'is no JSON: a colon is expected at line 3, column 7'],
  ['{"a": }', 'is no JSON: a value is expected at line 1, column 7'],
  ['{"a": 01}', 'is no JSON: a key in double quotes is expected at line 1, column 8'],
  ['{"a": "x\n"}', 'is no JSON: a text is not closed on its line at line 1, column 7'],
  ['{"a": 1}}', 'is no JSON: something follows after the end at line 1, column 9'],
  ['{"a": 1 /* x', 'is no JSON: a comment is not closed at line 1, column 9'],
  ['['.repeat(200_000), 'is nested too deeply'],
])('refuses %j', (text, message) => {
  expect(readLenientJson(text.slice(0, 200_000))).toEqual({ ok: false, message });
});
