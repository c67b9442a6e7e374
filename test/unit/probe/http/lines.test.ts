// Text that comes in parts, as lines that are not too long.
import { expect, it } from 'vitest';
import { createLines } from '../../../../agent/probe/http/lines.ts';

function linesOf(...parts: string[]): string[] {
  const seen: string[] = [];
  const lines = createLines(5, (line) => seen.push(line));
  for (const part of parts) lines.add(part);
  lines.end();
  return seen;
}

it.each<[parts: string[], lines: string[]]>([
  [
    ['a\nb\r\n', 'c'],
    ['a', 'b', 'c'],
  ],
  [
    ['a', 'b', '\nc\n'],
    ['ab', 'c', ''],
  ],
  [['12345\n'], ['12345', '']],
  [['123456\n1\n'], ['1', '']],
  [['123', '456', '7', '\n', '1'], ['1']],
  [['1', '23456', '78'], []],
])('%j', (parts, lines) => expect(linesOf(...parts)).toEqual(lines));
