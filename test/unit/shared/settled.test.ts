// Waiting: which of the three ends it, and that nothing is left behind.
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settledWithin } from '../../../shared/settled.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const never = new Promise<never>(() => undefined);

it.each<[what: string, promise: () => Promise<unknown>, end: (over: AbortController) => void]>([
  ['the promise is fulfilled', () => Promise.resolve(), () => undefined],
  ['the promise is rejected', () => Promise.reject(new Error('no')), () => undefined],
  ['the time is over', () => never, () => vi.advanceTimersByTime(100)],
  ['the signal aborts', () => never, (over) => over.abort()],
])('ends when %s, and leaves nothing behind', async (_what, promise, end) => {
  const over = new AbortController();
  const waited = settledWithin(promise(), 100, over.signal);
  end(over);
  await waited;
  expect([vi.getTimerCount(), getEventListeners(over.signal, 'abort').length]).toEqual([0, 0]);
});

it('does not begin where the signal has aborted', async () => {
  await settledWithin(never, 100, AbortSignal.abort());
  expect(vi.getTimerCount()).toBe(0);
});

it('goes on until then', async () => {
  let over = false;
  void settledWithin(never, 100, new AbortController().signal).then(() => (over = true));
  await vi.advanceTimersByTimeAsync(99);
  expect(over).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(over).toBe(true);
});
