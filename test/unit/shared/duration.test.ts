// Durations as people write them, read and told.
import { describe, expect, it } from 'vitest';
import { duration, durationWords, parseDuration } from '../../../shared/duration.ts';
import { parseWith } from '../../../shared/issues.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', 0],
    ['1.5h', 5_400_000],
    ['1.1s', 1100],
    ['0.25d', 21_600_000],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '15', 'm', '15 m', '15M', '1h30m', '-1s', '+1s', '.5s', '5.s', '1e3s', '1w', '15min', ' 1s'])(
    'is not %j',
    (text) => expect(parseDuration(text)).toBe(null),
  );
});

describe('the words for a duration', () => {
  it.each([
    [900_000, '15m'],
    [90_000, '90s'],
    [5_400_000, '90m'],
    [86_400_000, '1d'],
    [2_678_400_000, '31d'],
    [1500, '1500ms'],
    [0, '0ms'],
  ])('of %i ms are %s, which can be read again', (ms, text) => {
    expect(durationWords(ms)).toBe(text);
    expect(parseDuration(text)).toBe(ms);
  });
});

describe('a duration between two others', () => {
  const told = (given: unknown): unknown => {
    const parsed = parseWith(duration(1000, 3_600_000), given);
    return parsed.ok ? parsed.value : parsed.problems.map(({ message }) => message);
  };

  it('may be either of them', () => {
    expect([told('1s'), told('60m')]).toEqual([1000, 3_600_000]);
  });

  it.each<[given: unknown, message: string]>([
    ['999ms', 'must be at least 1s, not "999ms"'],
    ['1.5h', 'must be at most 1h, not "1.5h"'],
    ['soon', 'must be a duration such as 500ms, 30s, 15m, 2h or 1d, not "soon"'],
    [15, 'must be a duration such as 500ms, 30s, 15m, 2h or 1d, not 15'],
    [null, 'must be a duration such as 500ms, 30s, 15m, 2h or 1d, not null'],
  ])('is not %j', (given, message) => expect(told(given)).toEqual([message]));
});
