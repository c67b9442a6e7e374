// Several tries for one answer: when each begins, which answer counts, and that nothing of the others is left.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Try, firstOf } from '../../../agent/probe/tries.ts';
import { unhurried } from './tools.ts';

const good = (word: string): boolean => word.startsWith('good');

/** Tries that answer so long after they began; each notes when it began, and when it was given up. */
function trying(...plans: readonly (readonly [afterMs: number, word: string])[]) {
  const begun: number[] = [];
  const givenUp: number[] = [];
  const startedMs = performance.now();
  const tries = plans.map(([afterMs, word], index): Try<string> => (signal) => {
    begun.push(performance.now() - startedMs);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, afterMs, word);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        givenUp.push(index);
        resolve('given up');
      });
    });
  });
  return { tries, begun, givenUp };
}

describe('tries for one answer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('are one, where its answer comes soon', async () => {
    const { tries, begun } = trying([50, 'good'], [50, 'good'], [50, 'good']);
    const ended = firstOf(tries, 300, good, unhurried());
    await vi.advanceTimersByTimeAsync(50);
    expect(await ended).toEqual({ settled: 'good', outcomes: ['good'] });
    expect(begun).toEqual([0]);
  });

  it('are begun one after the other, and the first one may still answer', async () => {
    const { tries, begun, givenUp } = trying([700, 'good one'], [700, 'good two'], [700, 'good three']);
    const ended = firstOf(tries, 300, good, unhurried());
    await vi.advanceTimersByTimeAsync(700);
    expect(await ended).toEqual({ settled: 'good one', outcomes: ['good one'] });
    expect(begun).toEqual([0, 300, 600]);
    expect(givenUp).toEqual([0, 1, 2]);
  });

  it('are begun at once where all that are out have failed', async () => {
    const { tries, begun } = trying([50, 'bad'], [50, 'bad'], [50, 'good']);
    const ended = firstOf(tries, 300, good, unhurried());
    await vi.advanceTimersByTimeAsync(150);
    expect(await ended).toEqual({ settled: 'good', outcomes: ['bad', 'bad', 'good'] });
    expect(begun).toEqual([0, 50, 100]);
  });

  it('are over when all of them are', async () => {
    const { tries } = trying([900, 'silence'], [600, 'silence'], [300, 'silence']);
    const ended = firstOf(tries, 300, good, unhurried());
    await vi.advanceTimersByTimeAsync(900);
    expect(await ended).toEqual({ settled: null, outcomes: ['silence', 'silence', 'silence'] });
  });

  it('are given up with the signal, and no other is begun', async () => {
    const { tries, begun, givenUp } = trying([900, 'good'], [900, 'good'], [900, 'good']);
    const over = new AbortController();
    const ended = firstOf(tries, 300, good, over.signal);
    await vi.advanceTimersByTimeAsync(400);
    over.abort();
    expect(await ended).toEqual({ settled: null, outcomes: ['given up', 'given up'] });
    expect([begun.length, givenUp]).toEqual([2, [0, 1]]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(begun).toHaveLength(2);
  });

  it('are none where the signal has come before', async () => {
    const { tries, begun } = trying([1, 'good']);
    expect(await firstOf(tries, 300, good, AbortSignal.abort())).toEqual({ settled: null, outcomes: [] });
    expect(begun).toEqual([]);
  });

  it('fail as the first that does', async () => {
    const refused = new Error('refused');
    const { tries, givenUp } = trying([900, 'good']);
    const ended = expect(
      firstOf([...tries, () => Promise.reject(refused)], 300, good, unhurried()),
    ).rejects.toBe(refused);
    await vi.advanceTimersByTimeAsync(300);
    await ended;
    expect(givenUp).toEqual([0]);
  });
});
