// "Did you mean …?": near enough to help, never a guess.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../../shared/nearest.ts';

/** How many letters to put in, leave out, replace or swap with a neighbour: counted the slow way. */
function slips(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  if (a.at(-1) === b.at(-1)) return slips(a.slice(0, -1), b.slice(0, -1));
  const [shorterA, shorterB] = [a.slice(0, -1), b.slice(0, -1)];
  const swapped = a.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
  const afterSwap = swapped ? slips(a.slice(0, -2), b.slice(0, -2)) : Infinity;
  return 1 + Math.min(slips(shorterA, b), slips(a, shorterB), slips(shorterA, shorterB), afterSwap);
}

const known = ['minLatencyMs', 'maxLatencyMs', 'count', 'via', 'target'];

describe('the nearest known word', () => {
  it.each([
    ['minLatencyMs', 'minLatencyMs'],
    ['MINLATENCYMS', 'minLatencyMs'],
    ['minLatency', 'minLatencyMs'],
    ['minLatencyM', 'minLatencyMs'],
    ['minLatncyMs', 'minLatencyMs'],
    ['minnLatencyMs', 'minLatencyMs'],
    ['maLxatencyMs', 'maxLatencyMs'],
    ['cuont', 'count'],
    ['viaa', 'via'],
    ['vis', 'via'],
    ['vai', 'via'],
    ['imnLatnecyMs', 'minLatencyMs'],
    ['visa', 'via'],
    ['vsib', null],
    ['counting', null],
    ['minDelay', null],
    ['x', null],
    ['', null],
  ])('to %j is %j', (word, expected) => expect(nearest(word, known)).toBe(expected));

  it('is at most two slips away, or one in a short word, whatever the slips are', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (word, only) => {
        const near = slips(word, only) <= (word.length < 5 ? 1 : 2);
        expect(nearest(word, [only])).toBe(near ? only : null);
      }),
    );
  });

  it('is the first of those equally near', () => {
    expect(nearest('bount', ['count', 'mount'])).toBe('count');
  });

  it('is none where nothing is known', () => expect(nearest('count', [])).toBe(null));
});
