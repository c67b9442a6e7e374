// Starting what may not be possible yet: said once, tried again later and later, until it works or all is over.
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startOrRetry } from '../../agent/retry.ts';
import { recordLog } from './mqtt/kit.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

const words = { what: 'the HTTP bridge', wayOut: 'choose SERVER_PORT' };
const busy = new Error('listen EADDRINUSE: address already in use 127.0.0.1:8080');
const told = `the HTTP bridge can't start: ${busy.message}; choose SERVER_PORT; it is tried again`;

/** Fails with these, one by one, and then works. */
function failing(...errors: Error[]) {
  const log = recordLog();
  const stopped = new AbortController();
  const start = vi.fn(() => {
    const error = errors.shift();
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  });
  const first = startOrRetry(log, stopped.signal, start, words);
  return {
    log,
    stopped,
    start,
    first,
    said: () => log.lines.map(({ level, message }) => `${level} ${message}`),
  };
}

describe('what starts at once', () => {
  it('is not spoken of', async () => {
    const { first, said, start } = failing();
    expect(await first).toBe(true);
    expect(said()).toEqual([]);
    expect(start).toHaveBeenCalledTimes(1);
  });
});

describe('what can not start yet', () => {
  it('is told once, with the way out, and once more when it runs', async () => {
    const { first, said, start } = failing(busy, busy, busy);
    expect(await first).toBe(false);
    expect(said()).toEqual([`error ${told}`]);
    await vi.advanceTimersByTimeAsync(1000 + 2000);
    expect(start).toHaveBeenCalledTimes(3);
    expect(said()).toEqual([`error ${told}`]);
    await vi.advanceTimersByTimeAsync(4000);
    expect(said()).toEqual([`error ${told}`, 'info the HTTP bridge runs now']);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(start).toHaveBeenCalledTimes(4);
  });

  it('is told again where the reason is another', async () => {
    const { said } = failing(busy, new Error('no such address'), busy);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(said()).toEqual([
      `error ${told}`,
      "error the HTTP bridge can't start: no such address; choose SERVER_PORT; it is tried again",
      `error ${told}`,
      'info the HTTP bridge runs now',
    ]);
  });

  it('is tried later and later, at the least once a minute', async () => {
    const { start } = failing(...Array<Error>(40).fill(busy));
    const triedAtMs: number[] = [];
    for (let second = 0; second <= 300; second++) {
      if (start.mock.calls.length > triedAtMs.length) triedAtMs.push(second);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(triedAtMs).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
  });

  it('gathers no listeners while it is tried', async () => {
    const { stopped } = failing(...Array<Error>(40).fill(busy));
    await vi.advanceTimersByTimeAsync(1_200_000);
    expect(getEventListeners(stopped.signal, 'abort')).toHaveLength(1);
  });
});

describe('the end', () => {
  it('ends the attempts, and leaves no timer behind', async () => {
    const { start, stopped, first } = failing(busy, busy);
    await first;
    stopped.abort();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(start).toHaveBeenCalledTimes(1);
  });

  it('that was first lets nothing start', async () => {
    const start = vi.fn(() => Promise.resolve());
    expect(await startOrRetry(recordLog(), AbortSignal.abort(), start, words)).toBe(false);
    expect(start).not.toHaveBeenCalled();
  });

  it('during an attempt that fails is not followed by another, nor by words', async () => {
    const { first, stopped, said } = failing(busy);
    stopped.abort();
    expect(await first).toBe(false);
    expect(said()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
