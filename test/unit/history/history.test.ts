// What is kept of monitors' results on a real store: read back, bounded, and under clocks that are wrong.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type History, type HistoryTuning, createHistory } from '../../../agent/history/index.ts';
import { fairShare } from '../../../agent/history/prune.ts';
import { type Store, openStore } from '../../../agent/store/index.ts';
import type { HistoryPoint } from '../../../shared/monitor.ts';
import { memoryStore } from '../../fixtures/store.ts';
import { recordLog } from '../mqtt/kit.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 10, 20);

let folder = '';
let store: Store;
let clock = { epochMs: startMs, upMs: 0, boot: 'b' };
const opened: History[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-history-'));
  store = await openStore(folder, recordLog());
  clock = { epochMs: startMs, upMs: 0, boot: 'b' };
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((history) => history.stop()));
  await store.close();
  rmSync(folder, { recursive: true });
});

function open(tuning: Partial<HistoryTuning> = {}): History {
  const history = createHistory({ store, log: recordLog(), now: () => clock }, tuning);
  opened.push(history);
  return history;
}

const pass = (ms: number): void => {
  clock = { ...clock, epochMs: clock.epochMs + ms, upMs: clock.upMs + ms };
};

const point = (at: number, rttMs = 1): HistoryPoint => ({
  at,
  state: 'up',
  verdict: 'pass',
  code: null,
  minMs: rttMs,
  rttMs,
  maxMs: rttMs,
  jitterMs: 0,
  lossPercent: 0,
  hopCount: null,
  publicAddress: null,
  statusCode: null,
  certificateDaysLeft: null,
});

const all = { fromMs: 0, toMs: Infinity, most: 100_000 };

async function timesOf(history: History, monitor = 'lte', range = all): Promise<number[]> {
  return (await history.read(monitor, range)).points.map(({ at }) => at);
}

const onDisk = async (): Promise<number> => {
  let count = 0;
  for await (const _entry of store.sub('history').entries()) count += 1;
  return count;
};

function addMany(history: History, times: readonly number[], monitor = 'lte'): void {
  for (const at of times) history.add(monitor, point(at));
}

const row = (from: number, count: number, stepMs = 1000): number[] =>
  Array.from({ length: count }, (_, index) => from + index * stepMs);

describe('reading', () => {
  it('gives what is pending and what is written as one, the oldest first', async () => {
    const history = open();
    addMany(history, [3, 1]);
    await history.flush();
    addMany(history, [4, 2]);
    expect(await timesOf(history)).toEqual([1, 2, 3, 4]);
    expect((await history.read('lte', all)).points[0]).toEqual(point(1));
    expect(await onDisk()).toBe(2);
  });

  it('gives a range, both ends included, of one monitor', async () => {
    const history = open();
    addMany(history, [1, 2, 3, 4]);
    addMany(history, [2, 3], 'lte-2');
    await history.flush();
    expect(await timesOf(history, 'lte', { fromMs: 2, toMs: 3, most: 10 })).toEqual([2, 3]);
    expect(await timesOf(history, 'lte-2')).toEqual([2, 3]);
  });

  it('gives the newest where there are more than asked for, and says so', async () => {
    const history = open();
    addMany(history, [1, 2, 3]);
    await history.flush();
    addMany(history, [4]);
    const read = await history.read('lte', { ...all, most: 2 });
    expect([read.points.map(({ at }) => at), read.truncated]).toEqual([[3, 4], true]);
    expect((await history.read('lte', { ...all, most: 4 })).truncated).toBe(false);
  });

  it('of many lets others have their turn meanwhile', async () => {
    const memory = memoryStore();
    const history = createHistory({ store: memory, log: recordLog(), now: () => clock });
    opened.push(history);
    addMany(history, row(0, 1500));
    await history.flush();
    let turns = 0;
    let reading = true;
    const another = (): void => {
      turns += 1;
      if (reading) setImmediate(another);
    };
    setImmediate(another);
    const { points } = await history.read('lte', all);
    reading = false;
    expect([points.length, turns > 5]).toEqual([1500, true]);
  });

  it('is as good after the end of the agent', async () => {
    const first = open();
    addMany(first, [1, 2]);
    await first.stop();
    expect(await timesOf(open())).toEqual([1, 2]);
  });
});

it('is written at 500 points, before its minute is over', async () => {
  const history = open();
  addMany(history, row(0, 499));
  expect(await onDisk()).toBe(0);
  addMany(history, [1_000_000]);
  await expect.poll(onDisk).toBe(500);
});

describe('bounds', () => {
  it('hold for each monitor, up to a twentieth more; the oldest go', async () => {
    const history = open({ mostPerMonitor: 100, flushAt: 10_000 });
    addMany(history, row(startMs - dayMs, 105));
    await history.flush();
    expect(await onDisk()).toBe(105);
    addMany(history, [startMs]);
    await history.flush();
    const left = await timesOf(history);
    expect(left).toHaveLength(100);
    expect(left.at(-1)).toBe(startMs);
    expect(left[0]).toBe(startMs - dayMs + 6000);
  });

  it('hold for all together: the largest give', async () => {
    const history = open({ mostInAll: 100, flushAt: 10_000 });
    addMany(history, row(startMs - dayMs, 20), 'small');
    addMany(history, row(startMs - dayMs, 200), 'large');
    await history.flush();
    expect(await timesOf(history, 'small')).toHaveLength(20);
    expect(await timesOf(history, 'large')).toHaveLength(80);
  });

  it.each([
    [[10, 20], 30, Infinity],
    [[10, 200, 20], 100, 70],
    [[50, 50, 50], 90, 30],
    [[], 10, Infinity],
  ])('share %j of at most %d fairly: %d', (counts, most, share) => {
    expect(fairShare(counts, most)).toBe(share);
  });

  it('of age take what is older than thirty days, after an hour that both clocks agree on', async () => {
    const history = open();
    const times = [startMs - 31 * dayMs, startMs - 29 * dayMs];
    addMany(history, times);
    await history.flush();
    expect(await timesOf(history)).toEqual(times);
    pass(hourMs);
    await history.flush();
    expect(await timesOf(history)).toEqual(times.slice(1));
  });
});

describe('a clock', () => {
  it('that jumps ahead makes nothing old', async () => {
    const history = open();
    addMany(history, [startMs]);
    await history.flush();
    clock = { ...clock, epochMs: clock.epochMs + 400 * dayMs, upMs: hourMs };
    await history.flush();
    expect(await timesOf(history)).toEqual([startMs]);
  });

  it('that was ahead leaves points which are the first to go', async () => {
    const history = open({ mostPerMonitor: 100, flushAt: 10_000 });
    addMany(history, row(startMs + 400 * dayMs, 60));
    addMany(history, row(startMs, 60));
    await history.flush();
    const left = await timesOf(history);
    expect(left.slice(0, 60)).toEqual(row(startMs, 60));
    expect(left).toHaveLength(100);
  });

  it('that says 1970, or nothing that can be, is borne', async () => {
    const history = open();
    addMany(history, [0, -5, 1e17, startMs]);
    await history.flush();
    expect(await onDisk()).toBe(3);
    expect(await timesOf(history, 'lte', { fromMs: 1, toMs: startMs, most: 10 })).toEqual([startMs]);
  });
});
