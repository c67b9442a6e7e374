// Which limits an uplink that answers is beyond, and which it is not within.
import { describe, expect, it } from 'vitest';
import { qualityOf } from '../../../../agent/uplink/health/quality.ts';
import { settings } from './settings.ts';

const fine = { lossPercent: 0, rttMs: 20, jitterMs: 1, asked: 20, lost: 0 };

describe('quality', () => {
  it('is without fault within all limits', () => {
    expect(qualityOf(fine, settings())).toEqual({ failing: [], lingering: [] });
    const atRecover = { ...fine, lossPercent: 10, lost: 2, rttMs: 500 };
    expect(qualityOf(atRecover, settings())).toEqual({ failing: [], lingering: [] });
  });

  it('fails beyond a limit, in words', () => {
    const quality = qualityOf(
      { lossPercent: 60, rttMs: 1234.56, jitterMs: 1, asked: 5, lost: 3 },
      settings(),
    );
    expect(quality.failing).toEqual([
      '3 of 5 echoes lost (60 %), more than 40 %',
      'a mean round trip of 1234.6 ms, more than 1000 ms',
    ]);
  });

  it('lingers between the limits, both ends but the lower one', () => {
    const between = qualityOf({ ...fine, lossPercent: 40, lost: 8, rttMs: 1000 }, settings());
    expect(between).toEqual({
      failing: [],
      lingering: [
        '8 of 20 echoes lost (40 %), not yet down to 10 %',
        'a mean round trip of 1000 ms, not yet down to 500 ms',
      ],
    });
  });

  it('has no limit where that is 0', () => {
    const off = { fail: 0, recover: 0 };
    const bad = { lossPercent: 100, rttMs: 9999, jitterMs: 9999, asked: 20, lost: 20 };
    const none = settings({ lossPercent: off, latencyMs: off, jitterMs: off });
    expect(qualityOf(bad, none)).toEqual({ failing: [], lingering: [] });
  });

  it('knows jitter where it has a limit', () => {
    const { failing } = qualityOf(
      { ...fine, jitterMs: 80 },
      settings({ jitterMs: { fail: 50, recover: 20 } }),
    );
    expect(failing).toEqual(['a jitter of 80 ms, more than 50 ms']);
  });

  it('neither fails nor recovers by too few echoes, or by round trips that nobody measured', () => {
    const few = { lossPercent: 50, rttMs: 20, jitterMs: 0, asked: 2, lost: 1 };
    expect(qualityOf(few, settings())).toEqual({ failing: [], lingering: ['only 2 echoes to judge by'] });
    expect(qualityOf(few, settings({ window: 2 })).failing.length).toBe(1);
    const unmeasured = qualityOf({ ...fine, rttMs: null }, settings());
    expect(unmeasured).toEqual({ failing: [], lingering: ['no round trip to judge by'] });
  });
});
