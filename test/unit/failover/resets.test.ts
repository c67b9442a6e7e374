import { expect, it, vi } from 'vitest';
import type { ResetSettings } from '../../../agent/config/uplink/reset.ts';
import { createResets } from '../../../agent/failover/resets.ts';
import type { Measured } from '../../../agent/uplink/measuring.ts';
import { measured, settled } from '../uplink/deciding/kit.ts';
import { fakeTime, nowMs, pass } from '../uplink/measuring/kit.ts';

const reset: ResetSettings = { run: ['modem'], after: 3, graceMs: 600_000, timeoutMs: 60_000 };

function begin() {
  fakeTime();
  const runs: string[] = [];
  const ends: (() => void)[] = [];
  const down = (family: 4 | 6): Measured => {
    const one = measured('lte', 'down', { family });
    return { ...one, condition: { ...one.condition, downFromMs: nowMs() } };
  };
  const all = { seen: [down(4)] };
  const resets = createResets({
    uplinks: () => ({
      lte: { reset, health: { sendIntervalMs: 1000 } },
      dsl: { reset: null, health: { sendIntervalMs: 1000 } },
    }),
    measured: () => all.seen,
    run(uplink, _reset, why) {
      runs.push(`${uplink}: ${why}`);
      return new Promise((resolve) => void ends.push(resolve));
    },
    nowMs,
  });
  return { resets, runs, ends, all, down };
}

it('runs by itself when it is due, and again after the grace, but not beside itself', async () => {
  const { resets, runs, ends } = begin();
  resets.look();
  await pass(2900);
  expect(runs).toEqual([]);
  await pass(200);
  expect(runs).toEqual(['lte: is down']);
  await pass(700_000);
  expect(runs).toHaveLength(1);
  ends[0]?.();
  await pass(10);
  expect(runs).toHaveLength(2);
});

it('goes by IPv4 where that is measured', async () => {
  const { resets, runs, all, down } = begin();
  all.seen = [down(6), measured('lte', 'up')];
  resets.look();
  await pass(10_000);
  expect(runs).toEqual([]);
});

it('runs for none that is up again by then', async () => {
  const { resets, runs, all } = begin();
  resets.look();
  all.seen = [measured('lte', 'up')];
  await pass(10_000);
  expect(runs).toEqual([]);
});

it('has no timer once it is stopped, nor when a run ends after that', async () => {
  const { resets, runs, ends } = begin();
  resets.look();
  await pass(3100);
  resets.stop();
  ends[0]?.();
  await settled();
  resets.look();
  expect(vi.getTimerCount()).toBe(0);
  expect(runs).toHaveLength(1);
});
