// "Did you mean …?": near enough to help, never a guess.
import { describe, expect, it } from 'vitest';
import { nearest } from '../../../shared/nearest.ts';

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
    ['visa', 'via'],
    ['vsib', null],
    ['counting', null],
    ['minDelay', null],
    ['x', null],
    ['', null],
  ])('to %j is %j', (word, expected) => expect(nearest(word, known)).toBe(expected));

  it('is the first of those equally near', () => {
    expect(nearest('bount', ['count', 'mount'])).toBe('count');
  });

  it('is none where nothing is known', () => expect(nearest('count', [])).toBe(null));
});
