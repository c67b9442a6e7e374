// The event loop's delay: nothing while it keeps up, what it was held up by, and forgotten after a minute.
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type LoopDelayWatch, watchLoopDelay } from '../../agent/loop-delay.ts';

const ofNothing = { p50: 0, p99: 0, max: 0 };

describe('a loop', () => {
  it('that is blocked shows for how long', async () => {
    const watch = watchLoopDelay();
    onTestFinished(() => watch.stop());
    const blockMs = 300;
    const blocked = (): number => {
      const until = performance.now() + blockMs;
      while (performance.now() < until);
      return watch.delayMs().max;
    };
    // What falls to the time until the next tick is no delay; the very first tick only begins the count.
    await expect.poll(blocked).toBeGreaterThanOrEqual(blockMs - 100);
  });
});

describe('the figures', () => {
  /** What the two histograms were told, the last one since it was emptied. */
  let told: number[][] = [];
  let resolutions: number[] = [];
  let enabled = 0;
  let watch: LoopDelayWatch;

  const tickMs = (lateMs: number): void => {
    for (const ticks of told) ticks.push((resolutions[0] ?? 0) + lateMs);
  };

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    told = [];
    resolutions = [];
    enabled = 0;
    watch = watchLoopDelay((resolutionMs) => {
      const ticks: number[] = [];
      told.push(ticks);
      resolutions.push(resolutionMs);
      return {
        enable: () => (enabled += 1),
        disable: () => (enabled -= 1),
        reset: () => ticks.splice(0),
        get max() {
          return Math.max(0, ...ticks) * 1e6;
        },
        // An empty one of perf_hooks says 511 ns, not 0.
        percentile: (percentile) => {
          const sorted = ticks.toSorted((a, b) => a - b);
          return (sorted[Math.ceil((percentile / 100) * sorted.length) - 1] ?? 511e-6) * 1e6;
        },
      };
    });
  });
  afterEach(() => {
    watch.stop();
    vi.useRealTimers();
  });

  it('are nothing before anything was seen, and while ticks come in time', () => {
    expect(watch.delayMs()).toEqual(ofNothing);
    for (const lateMs of [0.07, 0.27, -0.5]) tickMs(lateMs);
    expect(watch.delayMs()).toEqual(ofNothing);
  });

  it('are what ticks come too late by', () => {
    for (let tick = 1; tick <= 200; tick += 1) tickMs(tick <= 100 ? 1 : tick <= 197 ? 3.9 : tick);
    expect(watch.delayMs()).toEqual({ p50: 1, p99: 198, max: 200 });
  });

  it('forget a bad moment after 30 s at the earliest and after a minute at the latest', () => {
    vi.advanceTimersByTime(29_999);
    tickMs(800);
    vi.advanceTimersByTime(1);
    expect(watch.delayMs().max).toBe(800);
    vi.advanceTimersByTime(29_999);
    expect(watch.delayMs().max).toBe(800);
    vi.advanceTimersByTime(1);
    expect(watch.delayMs()).toEqual(ofNothing);

    tickMs(700);
    vi.advanceTimersByTime(30_000);
    expect(watch.delayMs().max).toBe(700);
    vi.advanceTimersByTime(30_000);
    expect(watch.delayMs()).toEqual(ofNothing);
  });

  it('are watched no more once it is stopped', () => {
    expect(enabled).toBe(2);
    watch.stop();
    expect([enabled, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
