// How long the outbox waits: longer each time a broker refuses, up to a bound.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPauses } from '../../../../agent/publish/outbox/pauses.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pausesWith = (over: () => void = () => undefined) =>
  createPauses({ pauseMs: 10_000, longestPauseMs: 60_000 }, over);

it('of a kind that is refused grow to a minute, and begin anew when one was accepted', () => {
  const over = vi.fn();
  const pauses = pausesWith(over);
  const waited = (): number => {
    pauses.refused('event');
    const before = Date.now();
    vi.advanceTimersToNextTimer();
    return Date.now() - before;
  };
  expect([waited(), waited(), waited(), waited(), waited()]).toEqual([10e3, 20e3, 40e3, 60e3, 60e3]);
  expect(over).toHaveBeenCalledTimes(5);
  expect(pauses.isRefused('event')).toBe(true);
  pauses.accepted('event');
  expect([pauses.isRefused('event'), waited()]).toEqual([false, 10e3]);
});

it('leave the other kind alone, where it is no matter of the connection', () => {
  const pauses = pausesWith();
  pauses.refused('event');
  expect([pauses.isOver('event'), pauses.isOver('measurement')]).toEqual([false, true]);
  pauses.all();
  expect([pauses.isOver('event'), pauses.isOver('measurement')]).toEqual([false, false]);
  pauses.end();
  expect([pauses.isOver('event'), pauses.isOver('measurement')]).toEqual([true, true]);
});
