// How a request's time is shared out, at its edges.
import { describe, expect, it } from 'vitest';
import { budgetProblem, slackOf, waitOf } from '../../../shared/budget.ts';

const times = { count: 3, intervalMs: 200, waitMs: 1000, timeoutMs: 10_000 };

describe('echoes that do not fit into their time limit', () => {
  it.each([
    ['the defaults fit', {}, null],
    ['one echo always fits', { count: 1, intervalMs: 60_000, timeoutMs: 100 }, null],
    ['the last send just in time', { count: 100, intervalMs: 99, timeoutMs: 10_000 }, null],
    ['a margin of 100 ms is left', { count: 2, intervalMs: 9899, timeoutMs: 10_000 }, null],
    [
      'the margin is missed by a hair',
      { count: 2, intervalMs: 9900, timeoutMs: 10_000 },
      'timeoutMs: 2 echoes 9900 ms apart take 9900 ms and do not fit into 10000 ms',
    ],
    ['a short limit has a margin of a tenth', { count: 2, intervalMs: 179, timeoutMs: 200 }, null],
    [
      'that margin is missed too',
      { count: 2, intervalMs: 180, timeoutMs: 200 },
      'timeoutMs: 2 echoes 180 ms apart take 180 ms and do not fit into 200 ms',
    ],
    [
      'the most echoes at the default pace',
      { count: 100 },
      'timeoutMs: 100 echoes 200 ms apart take 19800 ms and do not fit into 10000 ms',
    ],
  ])('%s', (_what, given, problem) => expect(budgetProblem({ ...times, ...given })).toBe(problem));
});

describe('the wait of an echo', () => {
  it.each([
    ['is as asked where time is plenty', {}, 0, 1000],
    ['is as asked for the last one too', {}, 2, 1000],
    ['ends before the limit does', { timeoutMs: 500 }, 0, 450],
    ['is shorter for later echoes', { timeoutMs: 500 }, 2, 50],
    ['keeps 100 ms for the answer', { timeoutMs: 1300 }, 1, 1000],
    ['keeps them of a longer wait', { timeoutMs: 1299 }, 1, 999],
    ['is never nothing', { timeoutMs: 100, intervalMs: 10 }, 9, 1],
    ['is never less than nothing', { timeoutMs: 100 }, 2, 1],
  ])('%s', (_what, given, index, waitMs) => expect(waitOf(index, { ...times, ...given })).toBe(waitMs));

  it('of an echo that fits is always there, and over before the limit', () => {
    for (const timeoutMs of [100, 101, 999, 1000, 1001, 60_000]) {
      for (const intervalMs of [10, 200, 999]) {
        for (const count of [1, 2, 5, 100]) {
          const asked = { count, intervalMs, waitMs: 60_000, timeoutMs };
          if (budgetProblem(asked) !== null) continue;
          const lastMs = (count - 1) * intervalMs;
          expect(lastMs + waitOf(count - 1, asked)).toBeLessThan(timeoutMs);
        }
      }
    }
  });
});

it.each([
  ['the defaults leave much', {}, 8500],
  ['one echo with a long wait', { count: 1, waitMs: 9000 }, 900],
  ['waits that fill the time', { waitMs: 9500 }, 0],
  ['more echoes than the time has waits for', { timeoutMs: 1000 }, 0],
])('what may be spent before the first echo: %s', (_what, given, slackMs) =>
  expect(slackOf({ ...times, ...given })).toBe(slackMs),
);
