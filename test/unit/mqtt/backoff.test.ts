import { expect, test } from 'vitest';
import { backoffMs } from '../../../agent/mqtt/backoff.ts';

const usual = { firstMs: 1000, maxMs: 60_000 };

test('doubles from the first delay to the longest', () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 7].map((failures) => backoffMs(failures, () => 1, usual));
  expect(delays).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('is spread over the upper half', () => {
  expect(backoffMs(3, () => 0, usual)).toBe(8000);
  expect(backoffMs(3, () => 0.5, usual)).toBe(12_000);
});

test('is never shorter than the first delay, longer than the longest, or not a number', () => {
  for (const failures of [0, 1, 10, 1000, 100_000]) {
    for (const random of [0, 0.3, 0.999999]) {
      const delay = backoffMs(failures, () => random, usual);
      expect(delay).toBeGreaterThanOrEqual(1000);
      expect(delay).toBeLessThanOrEqual(60_000);
    }
  }
});
