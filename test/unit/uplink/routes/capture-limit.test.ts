// How often one default route of others is taken out.
import { expect, it } from 'vitest';
import { createCaptureLimit } from '../../../../agent/uplink/routes/capture-limit.ts';

/** Takes a route out so many times, a second apart, from a moment on. */
function takenOften(times: number, limit = createCaptureLimit(), fromMs = 0) {
  for (let n = 0; n < times; n += 1) {
    expect(limit.isSpared('a', fromMs + n * 1000)).toBe(false);
    limit.taken('a', fromMs + n * 1000);
  }
  return limit;
}

it('is ten times a minute; one that is back even then is left alone for 5 minutes', () => {
  const limit = takenOften(10);
  expect(limit.isSpared('a', 10_000)).toBe(true);
  expect(limit.isSpared('a', 309_999)).toBe(true);
  takenOften(10, limit, 310_000);
  expect(limit.isSpared('a', 320_000)).toBe(true);
});

it('counts the last minute alone: a client that renews its lease may do so for ever', () => {
  const limit = takenOften(9);
  expect(limit.isSpared('a', 59_999)).toBe(false);
  limit.taken('a', 60_000);
  expect(limit.isSpared('a', 60_000)).toBe(false);
});

it('is counted for each route by itself', () => {
  expect(takenOften(10).isSpared('b', 10_000)).toBe(false);
});
