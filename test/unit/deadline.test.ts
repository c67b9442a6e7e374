// Who ended a request: its own time, its asker, or the agent; and what failed where nobody did.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDeadline } from '../../agent/deadline.ts';
import { Failure } from '../../shared/failure.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

function started(timeoutMs = 500) {
  const asker = new AbortController();
  const stop = new AbortController();
  const deadline = createDeadline(asker.signal, stop.signal);
  return { asker, stop, deadline, signal: deadline.begin(timeoutMs) };
}

const noRoute = new Failure('noRoute', 'this machine has no route to 1.1.1.1');
const givenUp = new Failure('cancelled', 'the echo was given up');
const surprise = new TypeError('x is not a function');

describe('a deadline', () => {
  it('comes after the time that was asked for', () => {
    const { signal } = started(500);
    vi.advanceTimersByTime(499);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });

  it.each(['asker', 'stop'] as const)('comes with the %s', (who) => {
    const given = started();
    given[who].abort();
    expect(given.signal.aborted).toBe(true);
  });

  it.each(['asker', 'stop'] as const)('is over at once where the %s was first', (who) => {
    const signals = { asker: new AbortController(), stop: new AbortController() };
    signals[who].abort();
    expect(createDeadline(signals.asker.signal, signals.stop.signal).begin(500).aborted).toBe(true);
  });

  it('leaves no timer and no listener behind', () => {
    const { asker, stop, deadline, signal } = started();
    deadline.end();
    expect(vi.getTimerCount()).toBe(0);
    asker.abort();
    stop.abort();
    expect(signal.aborted).toBe(false);
  });

  it('that never began ends too', () => {
    expect(() => createDeadline(null, new AbortController().signal).end()).not.toThrow();
  });
});

describe('why a request failed', () => {
  it.each([noRoute, givenUp])('is the failure itself where nobody ended it: %s', (failure) => {
    expect(started().deadline.explain(failure)).toBe(failure);
  });

  it('is an error inside the agent where it is no failure, with its cause for the log', () => {
    const { code, message, cause } = started().deadline.explain(surprise);
    expect([code, message, cause]).toEqual([
      'internal',
      'an error inside the agent; its log says which',
      surprise,
    ]);
  });

  it.each([
    ["the signal's own error", new DOMException('This operation was aborted', 'AbortError')],
    ['a probe that was given up', givenUp],
  ])('is the time, where that came: %s', (_what, error) => {
    const { deadline } = started(500);
    vi.advanceTimersByTime(500);
    expect(deadline.explain(error)).toMatchObject({
      code: 'deadlineExceeded',
      source: 'local',
      message: 'not done within 500 ms',
    });
  });

  it('is what was found out, where the time came after that', () => {
    const { deadline } = started(500);
    vi.advanceTimersByTime(500);
    expect(deadline.explain(noRoute)).toBe(noRoute);
  });

  it("is the asker's going, whatever was found out", () => {
    const { asker, deadline } = started();
    asker.abort();
    for (const error of [noRoute, givenUp, surprise]) {
      expect(deadline.explain(error)).toMatchObject({ code: 'cancelled', message: 'the asker went away' });
    }
  });

  it("is the agent's stopping, where the asker is still there", () => {
    const { asker, stop, deadline } = started();
    stop.abort();
    expect(deadline.explain(givenUp)).toMatchObject({ code: 'stopping', message: 'the agent is stopping' });
    asker.abort();
    expect(deadline.explain(givenUp)).toMatchObject({ code: 'cancelled' });
  });

  it('of an asker that can not go away is never its going', () => {
    const deadline = createDeadline(null, new AbortController().signal);
    deadline.begin(500);
    vi.advanceTimersByTime(500);
    expect(deadline.explain(givenUp).code).toBe('deadlineExceeded');
  });
});
