// What is kept of networks, for how long, and what a wrong clock or a wrong disk does to it.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeptNetworks } from '../../../agent/asn/kept.ts';
import type { NetworkAnswer } from '../../../agent/asn/source.ts';
import { network } from '../assess/measured.ts';
import { brokenStore, memoryStore } from './store.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'Date'], now: Date.UTC(2026, 10, 20) }));
afterEach(() => vi.useRealTimers());

const minuteMs = 60_000;
const dayMs = 86_400_000;
const address = '9.9.9.9';
const quad9 = network(19281, 'Quad9');
const known: NetworkAnswer = { outcome: 'known', network: quad9 };

describe('an answer', () => {
  it.each<[answer: NetworkAnswer, kept: object | null, memoryMs: number, onDisk: boolean]>([
    [known, quad9, 7 * dayMs, true],
    [{ outcome: 'unknown' }, null, dayMs, true],
    [{ outcome: 'failed' }, null, minuteMs, false],
  ])('%j is kept as %j for %d ms, on the disk: %s', async (answer, expected, lifeMs, onDisk) => {
    const store = memoryStore();
    const kept = createKeptNetworks(store);
    expect(kept.now(address)).toBe(undefined);
    await kept.keep(address, answer);
    expect(store.content.size).toBe(onDisk ? 1 : 0);
    vi.advanceTimersByTime(lifeMs - 1);
    expect(kept.now(address)).toEqual(expected);
    expect(await createKeptNetworks(store).recall(address)).toEqual(onDisk ? expected : undefined);
    vi.advanceTimersByTime(1);
    expect(kept.now(address)).toBe(undefined);
    expect(await kept.recall(address)).toBe(undefined);
  });

  it('that was not asked for is not kept', async () => {
    const store = memoryStore();
    const kept = createKeptNetworks(store);
    await kept.keep(address, { outcome: 'notAsked' });
    expect([kept.now(address), store.content.size]).toEqual([undefined, 0]);
  });

  it('from the disk is in memory from then on, for the time that is left', async () => {
    const store = memoryStore();
    await createKeptNetworks(store).keep(address, known);
    vi.advanceTimersByTime(6 * dayMs);
    const kept = createKeptNetworks(store);
    await kept.recall(address);
    vi.advanceTimersByTime(dayMs - 1);
    expect(kept.now(address)).toEqual(quad9);
    vi.advanceTimersByTime(1);
    expect(kept.now(address)).toBe(undefined);
  });

  it('is kept in memory of five thousand addresses, the newest', async () => {
    const kept = createKeptNetworks(memoryStore());
    for (let index = 0; index <= 5000; index += 1) {
      await kept.keep(`10.${index >> 8}.${index & 255}.1`, known);
    }
    expect([kept.now('10.0.0.1'), kept.now('10.0.1.1')]).toEqual([undefined, quad9]);
  });
});

describe('a clock', () => {
  it.each([
    ['set back by fifty years, as on a machine that has no battery for it', -50 * 365 * dayMs, undefined],
    ['set forward by fifty years', 50 * 365 * dayMs, undefined],
    ['set back by an hour', -60 * minuteMs, quad9],
    ['set back by six days', -6 * dayMs, quad9],
  ])('%s throws nothing', async (_what, stepMs, expected) => {
    const store = memoryStore();
    await createKeptNetworks(store).keep(address, known);
    vi.setSystemTime(Date.now() + stepMs);
    const kept = createKeptNetworks(store);
    expect(await kept.recall(address)).toEqual(expected);
    await kept.sweep();
    expect(store.content.size).toBe(expected === undefined ? 0 : 1);
  });

  it('set back does not make an answer live longer than it may', async () => {
    const store = memoryStore();
    await createKeptNetworks(store).keep(address, known);
    vi.setSystemTime(Date.now() - 6 * dayMs);
    const kept = createKeptNetworks(store);
    await kept.recall(address);
    vi.advanceTimersByTime(7 * dayMs);
    expect(kept.now(address)).toBe(undefined);
  });
});

describe('a disk', () => {
  it.each([
    'text',
    7,
    null,
    {},
    { network: null },
    { network: { asn: 1 }, atMs: 0 },
    { network: null, atMs: '2026' },
    { network: null, atMs: Number.NaN },
  ])('that holds %j knows nothing, and is rid of it', async (value) => {
    const store = memoryStore(new Map([[address, value]]));
    const kept = createKeptNetworks(store);
    expect(await kept.recall(address)).toBe(undefined);
    await kept.sweep();
    expect(store.content.size).toBe(0);
  });

  it('that holds more than a hundred thousand is rid of the oldest', async () => {
    const entry = (atMs: number) => ({ network: null, atMs });
    const nowMs = Date.now();
    const others = Array.from({ length: 99_999 }, (_, index): [string, object] => [
      `m${index}`,
      entry(nowMs),
    ]);
    const store = memoryStore(
      new Map([['a', entry(nowMs - 2)], ['b', entry(nowMs - 3)], ...others, ['z', entry(nowMs - 1)]]),
    );
    await createKeptNetworks(store).sweep();
    expect(store.content.size).toBe(100_000);
    expect(['a', 'b', 'z'].filter((key) => store.content.has(key))).toEqual(['z']);
  });

  it('that fails leaves what is in memory', async () => {
    const kept = createKeptNetworks(brokenStore);
    await kept.keep(address, known);
    await kept.sweep();
    expect([kept.now(address), await kept.recall('1.1.1.1')]).toEqual([quad9, undefined]);
  });
});
