// How long an answer is waited for, against figures done by hand after RFC 6298.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type RoundTrip,
  burstWaitMs,
  decidingWaitMs,
  smoothed,
  suspicionWaitMs,
} from '../../../../agent/uplink/health/wait.ts';

const after = (...rttsMs: number[]): RoundTrip | null =>
  rttsMs.reduce<RoundTrip | null>((before, rttMs) => smoothed(before, rttMs), null);

it('smooths as RFC 6298 says', () => {
  expect(after(80)).toEqual({ smoothedMs: 80, deviationMs: 40 });
  // 3/4·40 + 1/4·|80 - 160| = 50; 7/8·80 + 1/8·160 = 90.
  expect(after(80, 160)).toEqual({ smoothedMs: 90, deviationMs: 50 });
});

it('waits for the timeout before any answer came', () => {
  expect([suspicionWaitMs(null, 1000), decidingWaitMs(null, 1000)]).toEqual([1000, 1000]);
});

it('waits for the smoothed round trip and four deviations', () => {
  const roundTrip = { smoothedMs: 200, deviationMs: 50 };
  expect([suspicionWaitMs(roundTrip, 1000), decidingWaitMs(roundTrip, 1000)]).toEqual([400, 400]);
});

it('suspects no sooner than after 100 ms, decides no sooner than after 250 ms, and neither later than the timeout', () => {
  const near = { smoothedMs: 2, deviationMs: 0.1 };
  expect([suspicionWaitMs(near, 1000), decidingWaitMs(near, 1000)]).toEqual([100, 250]);
  const far = { smoothedMs: 900, deviationMs: 100 };
  expect([suspicionWaitMs(far, 1000), decidingWaitMs(far, 1000)]).toEqual([1000, 1000]);
  expect([suspicionWaitMs(near, 50), decidingWaitMs(near, 50)]).toEqual([50, 50]);
});

it('is over with a burst no sooner than after 400 ms: buffers that fill up at once are no outage', () => {
  expect(burstWaitMs({ smoothedMs: 20, deviationMs: 2 }, 1000)).toBe(400);
  expect(burstWaitMs({ smoothedMs: 20, deviationMs: 2 }, 300)).toBe(300);
});

it('leaves a long line whose round trips hardly differ a quarter more', () => {
  expect(suspicionWaitMs({ smoothedMs: 600, deviationMs: 0 }, 2000)).toBe(750);
});

it('never waits for less than the smoothed round trip, unless the timeout is shorter', () => {
  const rtts = fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(rtts, fc.integer({ min: 1, max: 10_000 }), (rttsMs, timeoutMs) => {
      const roundTrip = after(...rttsMs);
      const waits = [suspicionWaitMs(roundTrip, timeoutMs), decidingWaitMs(roundTrip, timeoutMs)];
      for (const waitMs of waits) {
        expect(waitMs).toBeLessThanOrEqual(timeoutMs);
        expect(waitMs).toBeGreaterThanOrEqual(Math.min(timeoutMs, roundTrip?.smoothedMs ?? 0));
      }
    }),
  );
});
