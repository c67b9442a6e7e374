// A trace under way: hop limits side by side, the end as soon as it is known, and nothing left behind.
import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../../../../agent/probe/outcomes.ts';
import { type Trace, runTrace } from '../../../../agent/probe/trace/run.ts';
import { Failure } from '../../../../shared/failure.ts';
import { reply, silence, unhurried } from '../tools.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] }));
afterEach(() => vi.useRealTimers());

const hop = (number: number): Outcome => reply(20, { type: 'timeExceeded', from: `10.0.0.${number}` });
const later = <T>(ms: number, value: T): Promise<T> =>
  new Promise((resolve) => setTimeout(() => resolve(value), ms));

type Answers = (hopLimit: number, signal: AbortSignal) => Promise<Outcome>;

/** A path of so many hops, 20 ms long; its last hop is the destination. */
const path =
  (length: number): Answers =>
  (hopLimit) =>
    later(20, hopLimit < length ? hop(hopLimit) : reply(20));

interface Traced {
  trace: Promise<Trace>;
  sent: number[];
}

function traced(
  answers: Answers,
  pathLength: Promise<number | null>,
  signal = unhurried(),
  knownHops: number | null = null,
): Traced {
  const sent: number[] = [];
  const probe: Answers = (hopLimit, probeSignal) => {
    sent.push(hopLimit);
    return answers(hopLimit, probeSignal);
  };
  const pathHint = pathLength.then((hops) => (hops === null ? null : { hops, rttMs: 20 }));
  return { trace: runTrace(probe, { knownHops, pathHint }, signal), sent };
}

describe('a trace', () => {
  it('has an answer for each hop limit, in their order', async () => {
    const { trace, sent } = traced(path(6), later(20, 6));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([1, 2, 3, 4]);
    await vi.advanceTimersByTimeAsync(20);
    expect(sent).toEqual([1, 2, 3, 4, 5, 6]);
    await vi.advanceTimersByTimeAsync(20);
    expect(await trace).toEqual({
      answers: [hop(1), hop(2), hop(3), hop(4), hop(5), reply(20)],
      failure: null,
    });
  });

  it('of known length goes out at once', async () => {
    const { trace, sent } = traced(path(6), later(20, 6), unhurried(), 6);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([1, 2, 3, 4, 5, 6]);
    await vi.advanceTimersByTimeAsync(20);
    expect((await trace).answers).toHaveLength(6);
  });

  it('tries its silent end once more, and takes what comes first', async () => {
    const seen: number[] = [];
    const answers: Answers = (hopLimit, signal) => {
      seen.push(hopLimit);
      const first = seen.filter((one) => one === hopLimit).length === 1;
      return hopLimit === 4 && first ? never(signal) : path(4)(hopLimit, signal);
    };
    const { trace, sent } = traced(answers, later(20, 4));
    await vi.advanceTimersByTimeAsync(51);
    expect(sent).toEqual([1, 2, 3, 4, 4]);
    await vi.advanceTimersByTimeAsync(20);
    expect((await trace).answers).toEqual([hop(1), hop(2), hop(3), reply(20)]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for the second answer where the first probe of its end has ended in silence', async () => {
    let tries = 0;
    const answers: Answers = (hopLimit) => {
      if (hopLimit !== 4) return path(4)(hopLimit, unhurried());
      return tries++ === 0 ? later(60, silence) : later(20, reply(20));
    };
    const { trace } = traced(answers, later(20, 4));
    await vi.advanceTimersByTimeAsync(100);
    expect((await trace).answers[3]).toEqual(reply(20));
  });

  it('ends when the silent hop has had its time, though its own wait goes on', async () => {
    const answers: Answers = (hopLimit, signal) =>
      hopLimit === 2 ? never(signal) : path(4)(hopLimit, signal);
    const { trace } = traced(answers, later(20, 4));
    await vi.advanceTimersByTimeAsync(101);
    expect((await trace).answers).toEqual([hop(1), null, hop(3), reply(20)]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends in time though nothing comes after its last send', async () => {
    const answers: Answers = (hopLimit, signal) =>
      hopLimit === 5 ? never(signal) : path(9)(hopLimit, signal);
    const { trace } = traced(answers, later(30, 5));
    await vi.advanceTimersByTimeAsync(131);
    expect((await trace).answers).toHaveLength(5);
  });

  it('asks nothing again whose answer lay unread while the loop was busy', async () => {
    vi.useRealTimers();
    const socket = createSocket('udp4');
    await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
    const { port } = socket.address();
    const answers: Answers = (hopLimit) =>
      hopLimit < 4
        ? Promise.resolve(hop(hopLimit))
        : new Promise((resolve) => socket.once('message', () => resolve(reply(1))));
    const { trace, sent } = traced(answers, Promise.resolve(4));
    // The fourth hop's second try is due after 50 ms, when the first one's answer has come and nobody has read it. Busy
    // in an immediate: what follows are timers, and sockets only then.
    const wasBusy = new Promise<void>((done) => {
      socket.send('answer', port, '127.0.0.1', () =>
        setImmediate(() => {
          const untilNs = process.hrtime.bigint() + 90_000_000n;
          while (process.hrtime.bigint() < untilNs);
          done();
        }),
      );
    });
    await Promise.all([trace, wasBusy]);
    socket.close();
    expect(sent).toEqual([1, 2, 3, 4]);
  });

  it('gives up what is still out when it ends', async () => {
    const given: AbortSignal[] = [];
    const answers: Answers = (hopLimit, signal) => {
      given.push(signal);
      return hopLimit === 1 ? Promise.resolve(reply(1)) : never(signal);
    };
    const { trace } = traced(answers, later(20, 1));
    await vi.advanceTimersByTimeAsync(20);
    await trace;
    expect(given.map(({ aborted }) => aborted)).toEqual([true, true, true, true]);
  });

  it('ends at once when its asker has gone', async () => {
    const over = new AbortController();
    const { trace, sent } = traced((_hop, signal) => never(signal), later(1000, null), over.signal);
    await vi.advanceTimersByTimeAsync(10);
    over.abort();
    expect(await trace).toEqual({ answers: [null, null, null, null], failure: null });
    expect(sent).toHaveLength(4);
  });

  it('that never began sends nothing', async () => {
    const { trace, sent } = traced(path(4), later(20, 4), AbortSignal.abort());
    expect(await trace).toEqual({ answers: [], failure: null });
    expect(sent).toEqual([]);
  });

  it('never rejects: the first failure ends it, what was heard stays', async () => {
    const down = new Failure('interfaceDown', 'eth1 is down');
    const answers: Answers = (hopLimit) => {
      if (hopLimit === 1) return Promise.resolve(hop(1));
      return hopLimit === 3 ? later(5, null).then(() => Promise.reject(down)) : later(50, hop(hopLimit));
    };
    const { trace } = traced(answers, later(20, 4));
    await vi.advanceTimersByTimeAsync(5);
    const { answers: heard, failure } = await trace;
    expect(failure).toBe(down);
    expect(heard).toEqual([hop(1), null, null, null]);
    const { trace: other } = traced(() => Promise.reject(new TypeError('x')), later(20, 4));
    expect((await other).failure).toMatchObject({ code: 'internal', message: 'TypeError: x' });
  });

  it("goes on without the destination's word, and ends when that is sure not to come", async () => {
    const answers: Answers = (hopLimit) => (hopLimit <= 2 ? later(20, hop(hopLimit)) : later(1000, silence));
    const { trace, sent } = traced(answers, later(1400, null));
    await vi.advanceTimersByTimeAsync(1399);
    expect(sent).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await vi.advanceTimersByTimeAsync(1);
    expect((await trace).answers).toEqual([hop(1), hop(2), ...Array<Outcome>(6).fill(silence)]);
  });
});

/** An echo that is out until it is given up. */
function never(signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
