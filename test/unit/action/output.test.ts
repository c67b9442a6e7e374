// A program's output as lines: whole, and no more of it than a log can take.
import { describe, expect, it } from 'vitest';
import { createOutput } from '../../../agent/action/output.ts';

function linesOf(...texts: string[]): { lines: string[]; cut: boolean } {
  const lines: string[] = [];
  const output = createOutput((line) => lines.push(line));
  const reader = output.reader();
  for (const text of texts) reader.add(text);
  reader.end();
  return { lines, cut: output.cut() };
}

describe('the output', () => {
  it('is told line by line, however it came, without empty ones', () => {
    expect(linesOf('on', 'e\ntwo\n', '\nthree')).toEqual({ lines: ['one', 'two', 'three'], cut: false });
  });

  it('has lines of a thousand characters at most', () => {
    const { lines } = linesOf('x'.repeat(600), 'x'.repeat(600), '\nnext\n', `${'y'.repeat(1000)}\n`);
    expect(lines).toEqual([`${'x'.repeat(999)}…`, 'next', 'y'.repeat(1000)]);
  });

  it('is cut at 64 KiB, both streams together', () => {
    const lines: string[] = [];
    const output = createOutput((line) => lines.push(line));
    const [one, other] = [output.reader(), output.reader()];
    one.add(`${'x'.repeat(511)}\n`.repeat(100));
    expect(output.cut()).toBe(false);
    other.add(`${'y'.repeat(511)}\n`.repeat(100));
    expect(output.cut()).toBe(true);
    expect(lines.join('\n').length + 1).toBe(65_536);
  });

  it('is cut at 200 lines, both streams together, empty ones aside', () => {
    const lines: string[] = [];
    const output = createOutput((line) => lines.push(line));
    const [one, other] = [output.reader(), output.reader()];
    one.add('out\n\n'.repeat(150));
    other.add('err\n'.repeat(50));
    expect([lines.length, output.cut()]).toEqual([200, false]);
    other.add('more');
    other.end();
    expect([lines.length, output.cut()]).toEqual([200, true]);
  });

  it('has no control characters, which a terminal would obey', () => {
    expect(linesOf('\u001b[31mred\r\n\tin\n').lines).toEqual([' [31mred', ' in']);
  });
});
