// Held back for going down too often: against figures done by hand from RFC 2439's defaults of this project.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSuppressed, noFlap, penalised, penaltyAt } from '../../../../agent/uplink/health/flap.ts';
import { flapSettings as settings } from './settings.ts';

const downAt = (...moments: number[]) =>
  moments.reduce((flap, nowMs) => penalised(flap, settings, nowMs), noFlap);

describe('the penalty', () => {
  it('halves each half-life', () => {
    expect(penaltyAt(downAt(0), settings, 300_000)).toBe(500);
    expect(penaltyAt(downAt(0), settings, 900_000)).toBe(125);
  });

  it('adds up', () => {
    expect(downAt(0, 300_000).penalty).toBe(1500);
  });
});

describe('an uplink', () => {
  it('is held back above the limit, not at it', () => {
    expect(downAt(0, 0, 0).untilMs).toBe(null);
    expect(downAt(0, 0, 0, 0).untilMs).not.toBe(null);
  });

  it('is held back until the penalty is small enough', () => {
    // From 4000 to 750: log2(5.333) = 2.415 half-lives.
    const flap = downAt(0, 0, 0, 0);
    expect(flap.untilMs).toBeCloseTo(724_511, 0);
    expect([isSuppressed(flap, 724_510), isSuppressed(flap, 724_512)]).toEqual([true, false]);
  });

  it('that goes down while it is held back is held back anew, though its penalty be small by then', () => {
    // 4000 has come to 1000 after two half-lives; with 1000 more it is below the limit of 3000.
    const flap = downAt(0, 0, 0, 0, 600_000);
    expect(flap.penalty).toBe(2000);
    expect(flap.untilMs).toBeCloseTo(600_000 + 300_000 * Math.log2(2000 / 750), 0);
  });

  it('is never held back where an outage costs nothing', () => {
    const free = { ...settings, penalty: 0 };
    expect(penalised(noFlap, free, 5).untilMs).toBe(null);
  });

  it('comes back within the longest time, however often it went down', () => {
    const given = fc.record({
      halfLifeMs: fc.integer({ min: 1000, max: 10_000_000 }),
      penalty: fc.integer({ min: 0, max: 100_000 }),
      suppress: fc.integer({ min: 1000, max: 20_000 }),
      reuse: fc.integer({ min: 1, max: 999 }),
      maxMs: fc.integer({ min: 1000, max: 10_000_000 }),
    });
    fc.assert(
      fc.property(given, fc.array(fc.nat(100_000), { minLength: 1, maxLength: 60 }), (by, pausesMs) => {
        let [flap, nowMs] = [noFlap, 0];
        for (const pauseMs of pausesMs) {
          nowMs += pauseMs;
          flap = penalised(flap, by, nowMs);
        }
        expect(isSuppressed(flap, nowMs + by.maxMs)).toBe(false);
        expect(penaltyAt(flap, by, nowMs + by.maxMs)).toBeLessThanOrEqual(by.reuse * 1.000001);
      }),
    );
  });
});
