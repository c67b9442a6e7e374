// Figures from round trips, against sums done by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jitterMs, nothingOdd, pingFigures, reorderedIn, stddevMs } from '../../../agent/probe/stats.ts';
import { PingFigures } from '../../../shared/result.ts';

describe('the figures of a row', () => {
  it('of three echoes are rounded to the microsecond', () => {
    // Mean 13/6; squared distances (4/36 + 1/36 + 1/36)/100 … by hand: sqrt(0.02/9) = 0.0471, steps 0.1 and 0.
    expect(pingFigures(3, [2.1, 2.2, 2.2])).toEqual({
      sent: 3,
      received: 3,
      lossPercent: 0,
      rttsMs: [2.1, 2.2, 2.2],
      minMs: 2.1,
      avgMs: 2.167,
      maxMs: 2.2,
      stddevMs: 0.047,
      jitterMs: 0.05,
      ...nothingOdd,
    });
  });

  it('of round numbers are exact', () => {
    // Mean 5; squared distances 9+1+1+1+0+0+4+16 = 32, /8 = 4; steps 2+0+0+1+0+2+2 = 7, /7 = 1.
    const rttsMs = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(pingFigures(10, rttsMs)).toEqual({
      sent: 10,
      received: 8,
      lossPercent: 20,
      rttsMs,
      minMs: 2,
      avgMs: 5,
      maxMs: 9,
      stddevMs: 2,
      jitterMs: 1,
      ...nothingOdd,
    });
  });

  it('of one reply have no spread', () => {
    expect(pingFigures(3, [15.1234567])).toEqual({
      sent: 3,
      received: 1,
      lossPercent: 66.667,
      rttsMs: [15.123],
      minMs: 15.123,
      avgMs: 15.123,
      maxMs: 15.123,
      stddevMs: 0,
      jitterMs: 0,
      ...nothingOdd,
    });
  });

  it.each([
    [3, 100],
    [0, 0],
  ])('of no reply to %d echoes are null, not zero', (sent, lossPercent) => {
    const none = { minMs: null, avgMs: null, maxMs: null, stddevMs: null, jitterMs: null };
    expect(pingFigures(sent, [])).toEqual({
      sent,
      received: 0,
      lossPercent,
      rttsMs: [],
      ...none,
      ...nothingOdd,
    });
  });

  it('keep the order sent, by which jitter goes', () => {
    expect(pingFigures(3, [9, 1, 9]).rttsMs).toEqual([9, 1, 9]);
    expect(jitterMs([9, 1, 9])).toBe(8);
    expect(jitterMs([1, 9, 9])).toBe(4);
    expect(stddevMs([9, 1, 9])).toBe(stddevMs([1, 9, 9]));
  });

  it('tell what was odd beside', () => {
    const odd = { duplicates: 3, reordered: 2, late: 1, clockStepped: true };
    expect(pingFigures(3, [9, 1, 9], odd)).toMatchObject({ received: 3, ...odd });
  });

  it.each([
    [[], 0],
    [[0, 1, 2, 5, 9], 0],
    [[1, 0], 1],
    [[4, 0, 1, 2, 3], 4],
    [[1, 2, 3, 4, 0], 1],
    [[2, 1, 0, 3], 2],
    [[0, 3, 1, 4, 2], 2],
  ])('of replies to echoes %j: %d came after a later one', (arrivals, reordered) => {
    expect(reorderedIn(arrivals)).toBe(reordered);
  });

  it('are always a shape that a result can bear', () => {
    const rtt = fc.double({ min: 0, max: 60_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(rtt, { maxLength: 100 }), fc.nat({ max: 20 }), (rttsMs, lost) => {
        const figures = pingFigures(rttsMs.length + lost, rttsMs);
        expect(PingFigures.parse(figures)).toEqual(figures);
        if (figures.minMs === null || figures.avgMs === null || figures.maxMs === null) return;
        expect(figures.minMs).toBeLessThanOrEqual(figures.avgMs);
        expect(figures.avgMs).toBeLessThanOrEqual(figures.maxMs);
      }),
    );
  });
});
