// The time between a send and the kernel's stamp, and when the stamp must not be believed.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Instant, elapsedSince, now } from '../../../agent/packet/clock.ts';

const dayUs = 86_400_000_000;
const sent: Instant = { realtimeUs: 20_000 * dayUs, monotonicUs: 5_000_000 };

/** The instant of reading, so much later; `steppedUs` is how far the real-time clock was set meanwhile. */
const later = (passedUs: number, steppedUs = 0): Instant => ({
  realtimeUs: sent.realtimeUs + passedUs + steppedUs,
  monotonicUs: sent.monotonicUs + passedUs,
});
const stamp = (afterUs: number): number => sent.realtimeUs + afterUs;

describe('the time of an answer', () => {
  // prettier-ignore
  it.each<[what: string, stamp: number, read: Instant, ms: number, clock: string]>([
    ['is that of the stamp', stamp(15_100), later(15_200), 15.1, 'kernel'],
    ['is that of the stamp, however late it was read', stamp(15_100), later(4_000_000), 15.1, 'kernel'],
    ['may be nothing at all', stamp(0), later(10), 0, 'kernel'],
    ['may lie a hair after the reading', stamp(15_100), later(15_010), 15.1, 'kernel'],
    ['may lie just as far after it as the two clocks are read apart', stamp(15_300), later(15_200), 15.3, 'kernel'],
    ['bears with clocks that drift a little', stamp(15_100), later(15_200, 500), 15.1, 'kernel'],
    ['bears with clocks that drift a little back', stamp(15_100), later(15_200, -500), 15.1, 'kernel'],
    ['is the time that passed where the clock was set forward', stamp(15_100 + dayUs), later(15_200, dayUs), 15.2, 'monotonic'],
    ['is the time that passed where the clock was set back', stamp(15_100 - dayUs), later(15_200, -dayUs), 15.2, 'monotonic'],
    ['is the time that passed where the clock was set by little', stamp(15_100), later(15_200, 501), 15.2, 'monotonic'],
    ['is the time that passed where it was set after the arrival', stamp(15_100), later(15_200, -dayUs), 15.2, 'monotonic'],
    ['is the time that passed where there is no stamp', 0, later(15_200), 15.2, 'monotonic'],
    ['is the time that passed where the stamp is older than the send', stamp(-1), later(15_200), 15.2, 'monotonic'],
    ['is the time that passed where the stamp is yet to come', stamp(15_301), later(15_200), 15.2, 'monotonic'],
    ['is never less than nothing', 0, later(-5), 0, 'monotonic'],
  ])('%s', (_what, stampUs, read, ms, clock) => {
    const elapsed = elapsedSince(sent, null, stampUs, read);
    expect(elapsed.clock).toBe(clock);
    expect(elapsed.ms).toBeCloseTo(ms, 6);
  });
});

it('is told to the microsecond by either clock', () => {
  expect(elapsedSince(sent, null, 0, later(15_200.123456)).ms).toBe(15.2);
});

describe('a packet that the kernel says left later than it was sent', () => {
  it.each<[what: string, left: number, ms: number, clock: string]>([
    ['was waiting for ARP until then', stamp(500_000), 20, 'kernel'],
    ['left at once', stamp(5), 519.995, 'kernel'],
    ['can not have left after its answer came', stamp(520_001), 520.1, 'monotonic'],
  ])('%s', (_what, leftUs, ms, clock) => {
    const elapsed = elapsedSince(sent, leftUs, stamp(520_000), later(520_100));
    expect(elapsed.clock).toBe(clock);
    expect(elapsed.ms).toBeCloseTo(ms, 6);
  });
});

describe('now', () => {
  /** The monotonic clock at each look, in ms. */
  function looks(...atMs: number[]): () => number {
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => atMs.shift() ?? 1_000_000);
    onTestFinished(() => clock.mockRestore());
    return () => clock.mock.calls.length;
  }

  it('is the middle of two looks at the clock that lie close together', () => {
    const looked = looks(1000, 1000.1);
    expect(now().monotonicUs).toBeCloseTo(1_000_050, 3);
    expect(looked()).toBe(2);
  });

  it('is looked up again where something came between the looks', () => {
    const looked = looks(1000, 1004, 1005, 1005.02);
    expect(now().monotonicUs).toBeCloseTo(1_005_010, 3);
    expect(looked()).toBe(4);
  });

  it('is taken as it is at the fourth time', () => {
    const looked = looks(1000, 1004, 1005, 1009, 1010, 1014, 1015, 1019);
    expect(now().monotonicUs).toBeCloseTo(1_017_000, 3);
    expect(looked()).toBe(8);
  });

  it('is the time of day, and goes forward', () => {
    const before = Date.now();
    const first = now();
    const second = now();
    expect(first.realtimeUs / 1000).toBeGreaterThanOrEqual(before - 1);
    expect(second.realtimeUs / 1000).toBeLessThanOrEqual(Date.now() + 1);
    expect(second.monotonicUs).toBeGreaterThan(first.monotonicUs);
  });
});
