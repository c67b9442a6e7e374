// When traces may begin: five at once by a gateway, then one a second, equal ones together.
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTraceTurns } from '../../../../agent/probe/trace/turns.ts';
import type { Way } from '../../../../shared/way.ts';
import { unhurried, way } from '../tools.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

const addressOf = (index: number): string => `10.0.0.${index}`;

it('lets five begin at once and then one a second, each told how long it waited', async () => {
  const turns = createTraceTurns();
  const waited: number[] = [];
  for (let index = 0; index < 8; index++) {
    void turns.take(way, addressOf(index), 10_000, unhurried()).then(({ waitedMs }) => waited.push(waitedMs));
  }
  await vi.advanceTimersByTimeAsync(0);
  expect(waited).toEqual([0, 0, 0, 0, 0]);
  await vi.advanceTimersByTimeAsync(999);
  expect(waited).toHaveLength(5);
  await vi.advanceTimersByTimeAsync(1);
  expect(waited.slice(5)).toEqual([1000]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(waited.slice(5)).toEqual([1000, 2000, 3000]);
});

it('lets as many more begin as seconds have passed, five at most', async () => {
  const turns = createTraceTurns();
  let asked = 0;
  const begunAtOnce = async (count: number): Promise<number> => {
    const takes = Array.from({ length: count }, () => turns.take(way, addressOf(asked++), 0, unhurried()));
    let begun = 0;
    for (const { waitedMs } of await Promise.all(takes)) begun += waitedMs === 0 ? 1 : 0;
    return begun;
  };
  expect(await begunAtOnce(5)).toBe(5);
  await vi.advanceTimersByTimeAsync(2000);
  expect(await begunAtOnce(2)).toBe(2);
  const third = turns.take(way, addressOf(99), 10_000, unhurried());
  await vi.advanceTimersByTimeAsync(1000);
  expect((await third).waitedMs).toBe(1000);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await begunAtOnce(5)).toBe(5);
  const sixth = turns.take(way, addressOf(98), 10_000, unhurried());
  await vi.advanceTimersByTimeAsync(1000);
  expect((await sixth).waitedMs).toBe(1000);
});

it.each<[what: string, other: Way]>([
  ['another gateway', { ...way, nextHop: '192.168.2.2' }],
  ['another interface', { ...way, interfaceName: 'eth0' }],
])('%s has turns of its own', async (_what, other) => {
  const turns = createTraceTurns();
  for (let index = 0; index < 5; index++) await turns.take(way, addressOf(index), 5000, unhurried());
  expect((await turns.take(other, addressOf(5), 5000, unhurried())).waitedMs).toBe(0);
});

it('equal traces under way are one turn, however many they are', async () => {
  const turns = createTraceTurns();
  for (let index = 0; index < 40; index++) {
    expect((await turns.take(way, '1.1.1.1', 5000, unhurried())).waitedMs).toBe(0);
  }
  expect((await turns.take(way, '8.8.8.8', 5000, unhurried())).waitedMs).toBe(0);
});

it('equal traces one after the other are a turn each', async () => {
  const turns = createTraceTurns();
  for (let index = 0; index < 5; index++) (await turns.take(way, '1.1.1.1', 5000, unhurried())).end();
  await vi.advanceTimersByTimeAsync(999);
  const sixth = turns.take(way, '1.1.1.1', 5000, unhurried());
  await vi.advanceTimersByTimeAsync(1);
  expect((await sixth).waitedMs).toBe(1);
});

it('who would have to wait longer than is borne goes at once, and takes nobody a turn', async () => {
  const turns = createTraceTurns();
  for (let index = 0; index < 5; index++) await turns.take(way, addressOf(index), 5000, unhurried());
  for (let index = 5; index < 15; index++) {
    expect((await turns.take(way, addressOf(index), 999, unhurried())).waitedMs).toBe(0);
  }
  await vi.advanceTimersByTimeAsync(1000);
  expect((await turns.take(way, addressOf(15), 100, unhurried())).waitedMs).toBe(0);
});

it('an equal trace waits for the common turn no longer than it bears itself', async () => {
  const turns = createTraceTurns();
  for (let index = 0; index < 8; index++) void turns.take(way, addressOf(index), 9000, unhurried());
  const patient = turns.take(way, '1.1.1.1', 9000, unhurried());
  const hasty = turns.take(way, '1.1.1.1', 500, unhurried());
  await vi.advanceTimersByTimeAsync(500);
  expect((await hasty).waitedMs).toBe(500);
  await vi.advanceTimersByTimeAsync(3500);
  expect((await patient).waitedMs).toBe(4000);
  expect(vi.getTimerCount()).toBe(0);
});

it('equal traces share a turn until the first of them has ended', async () => {
  const turns = createTraceTurns();
  const first = await turns.take(way, '1.1.1.1', 5000, unhurried());
  const second = await turns.take(way, '1.1.1.1', 5000, unhurried());
  first.end();
  for (let index = 0; index < 4; index++)
    await turns.take(way, '1.1.1.1', 5000, unhurried()).then(({ end }) => end());
  const sixth = turns.take(way, '1.1.1.1', 5000, unhurried());
  // One that is late is not the end of those after it.
  second.end();
  const besideIt = turns.take(way, '1.1.1.1', 5000, unhurried());
  await vi.advanceTimersByTimeAsync(1000);
  expect([(await sixth).waitedMs, (await besideIt).waitedMs]).toEqual([1000, 1000]);
});

it('a target that is a neighbour needs no turn', async () => {
  const turns = createTraceTurns();
  for (let index = 0; index < 20; index++) {
    const { waitedMs } = await turns.take({ ...way, nextHop: null }, addressOf(index), 5000, unhurried());
    expect(waitedMs).toBe(0);
  }
});

it('ends its wait with the request, and leaves no listener behind', async () => {
  const turns = createTraceTurns();
  for (let index = 0; index < 5; index++) await turns.take(way, addressOf(index), 5000, unhurried());
  const over = new AbortController();
  const waiting = turns.take(way, addressOf(9), 3_600_000, over.signal);
  over.abort();
  await waiting;
  expect(getEventListeners(over.signal, 'abort')).toEqual([]);
});
