// Intervals: where a monitor stands in its fleet, a grid that does not drift, and what is not made up.
import { describe, expect, it } from 'vitest';
import { createEvery, firstRunMs, untilFirstMs } from '../../../agent/monitor/every.ts';
import { movedTimers } from './timers.ts';

function running(firstMs: number, everyMs: number) {
  const timers = movedTimers(0);
  const runs: number[] = [];
  const every = createEvery(timers, firstMs, everyMs, () => void runs.push(timers.nowMs()));
  return { timers, runs, every };
}

describe('the first run', () => {
  it('is within the interval, and within a minute', () => {
    for (let agent = 0; agent < 200; agent++) {
      expect(firstRunMs(`pi-${agent}`, 'backup', 5000)).toBeLessThan(5000);
      expect(firstRunMs(`pi-${agent}`, 'backup', 900_000)).toBeLessThan(60_000);
    }
  });

  it('is spread over a fleet and over the monitors of an agent, and the same at each start', () => {
    const seconds = Array.from({ length: 600 }, (_, index) =>
      Math.floor(firstRunMs(`pi-${index}`, 'backup', 900_000) / 1000),
    );
    expect(new Set(seconds).size).toBe(60);
    expect(firstRunMs('pi', 'a', 60_000)).not.toBe(firstRunMs('pi', 'b', 60_000));
    expect(firstRunMs('pi', 'a', 60_000)).toBe(firstRunMs('pi', 'a', 60_000));
  });
});

it('the first runs of an agent fall together, a quarter of a second apart', () => {
  const moments = Array.from({ length: 200 }, (_, index) => {
    const nowMs = 1234.5 + index;
    return nowMs + untilFirstMs(nowMs, firstRunMs('pi', `line-${index}`, 10_000));
  });
  expect(moments.every((moment) => moment % 250 === 0)).toBe(true);
  expect(untilFirstMs(1000, 0)).toBe(0);
  expect(untilFirstMs(1000.5, 249)).toBe(249.5);
});

describe('an interval', () => {
  it('keeps to its grid', () => {
    const { timers, runs } = running(300, 1000);
    timers.pass(3500);
    expect(runs).toEqual([300, 1300, 2300, 3300]);
  });

  it('does not drift where each run comes late', () => {
    const { timers, runs } = running(300, 1000);
    timers.pass(0);
    for (let turn = 0; turn < 4; turn++) timers.sleep(950);
    expect(runs).toEqual([950, 1900, 2850, 3800]);
    timers.pass(600);
    expect(runs.at(-1)).toBe(4300);
  });

  it('runs once for all that was due while the process slept', () => {
    const { timers, runs } = running(0, 1000);
    timers.pass(1500);
    timers.sleep(3_600_000);
    expect(runs).toEqual([0, 1000, 3_601_500]);
    timers.pass(1000);
    expect(runs.at(-1)).toBe(3_602_000);
  });

  it('runs no more once it is stopped', () => {
    const { timers, runs, every } = running(0, 1000);
    timers.pass(1000);
    every.stop();
    expect(timers.pending()).toBe(0);
    timers.pass(10_000);
    expect(runs).toEqual([0, 1000]);
  });

  it('can be stopped by what it calls', () => {
    const timers = movedTimers(0);
    let runs = 0;
    const every = createEvery(timers, 100, 1000, () => {
      runs += 1;
      every.stop();
    });
    timers.pass(10_000);
    expect([runs, timers.pending()]).toEqual([1, 0]);
  });

  it('of a month waits for a month', () => {
    const { timers, runs } = running(0, 31 * 86_400_000);
    timers.pass(31 * 86_400_000 - 1);
    expect(runs).toEqual([0]);
    timers.pass(1);
    expect(runs).toEqual([0, 31 * 86_400_000]);
  });
});

describe('another interval', () => {
  it('begins at once, on the grid of the first run', () => {
    const { timers, runs, every } = running(300, 60_000);
    timers.pass(500);
    every.change(1000);
    timers.pass(2000);
    expect(runs).toEqual([300, 1300, 2300]);
    every.change(60_000);
    timers.pass(60_000);
    expect(runs).toEqual([300, 1300, 2300, 60_300]);
  });

  it('that is the same changes nothing', () => {
    const { timers, runs, every } = running(300, 1000);
    timers.pass(100);
    every.change(1000);
    timers.pass(1300);
    expect(runs).toEqual([300, 1300]);
  });

  it('before the first run leaves it where it is', () => {
    const { timers, runs, every } = running(300, 60_000);
    every.change(1000);
    timers.pass(1400);
    expect(runs).toEqual([300, 1300]);
  });
});
