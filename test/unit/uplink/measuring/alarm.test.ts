import { expect, it } from 'vitest';
import { createAlarm } from '../../../../agent/uplink/measuring/alarm.ts';
import { fakeTime, nowMs, pass } from './kit.ts';

function begin() {
  fakeTime();
  const rung: number[] = [];
  const startMs = nowMs();
  // Faked time has an immediate a millisecond later.
  const alarm = createAlarm(() => rung.push(Math.floor((nowMs() - startMs) / 10) * 10), nowMs);
  return { alarm, rung, at: (ms: number) => startMs + ms };
}

it.each<[what: string, moments: (number | null)[], rung: number[]]>([
  ['the earliest of several', [300, null, 100], [100]],
  ['a moment that has passed', [-50], [0]],
  ['none', [null, null], []],
])('rings at %s', async (_what, moments, expected) => {
  const { alarm, rung, at } = begin();
  alarm.set(moments.map((ms) => (ms === null ? null : at(ms))));
  await pass(1000);
  expect(rung).toEqual(expected);
});

it('forgets the moments of before', async () => {
  const { alarm, rung, at } = begin();
  alarm.set([at(100)]);
  alarm.set([at(500)]);
  await pass(1000);
  expect(rung).toEqual([500]);
});

it('sleeps longer than a timer can be set for', async () => {
  const { alarm, rung, at } = begin();
  alarm.set([at(2 ** 32)]);
  await pass(1000);
  expect(rung).toEqual([]);
});

it('is silent once it is stopped, at the very moment too', async () => {
  const { alarm, rung, at } = begin();
  alarm.set([at(0)]);
  setTimeout(alarm.stop, 0);
  await pass(10);
  alarm.set([at(20)]);
  await pass(100);
  expect(rung).toEqual([]);
});
