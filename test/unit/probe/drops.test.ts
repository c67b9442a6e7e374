// Answers that this machine drops: who is told, when, and what speaks against it.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DropGuard, guardAgainstDrops } from '../../../agent/probe/drops.ts';
import { ping } from '../../../agent/probe/ping.ts';
import { traceroute } from '../../../agent/probe/traceroute.ts';
import { Failure } from '../../../shared/failure.ts';
import {
  type Network,
  exit,
  pingRequest,
  reply,
  silence,
  tools,
  traceRequest,
  unhurried,
  way,
} from './tools.ts';

const filtered = new Failure('repliesFiltered', 'eth1 drops the answers');
const exceeded = reply(1, { type: 'timeExceeded', from: '192.168.2.1' });
const refused = reply(1, { type: 'unreachable', from: '192.168.2.1', reason: 'host' });

describe('the guard', () => {
  let drops = 0;
  let looks = 0;

  beforeEach(() => {
    vi.useFakeTimers();
    [drops, looks] = [0, 0];
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const look = (): Failure | null => {
    looks += 1;
    return drops > 0 ? filtered : null;
  };
  const guarding = (signal = unhurried()): Promise<DropGuard> =>
    guardAgainstDrops(
      { address: '1.1.1.1', way },
      tools(() => silence, { watchDrops: () => Promise.resolve(look) }),
      signal,
    );

  it('asks about the way and the target', async () => {
    const watchDrops = vi.fn(() => Promise.resolve(null));
    await guardAgainstDrops(
      { address: '1.1.1.1', way },
      tools(() => silence, { watchDrops }),
      unhurried(),
    );
    expect(watchDrops.mock.calls).toEqual([[way, '1.1.1.1']]);
  });

  it('costs nothing where nothing would be dropped', async () => {
    const signal = unhurried();
    const none = tools(() => silence);
    const guard = await guardAgainstDrops({ address: '1.1.1.1', way }, none, signal);
    expect([guard.signal, guard.end(), vi.getTimerCount()]).toEqual([signal, null, 0]);
  });

  it('ends the probe at the first look that finds answers dropped', async () => {
    const guard = await guarding();
    vi.advanceTimersByTime(60);
    expect(guard.signal.aborted).toBe(false);
    drops = 1;
    vi.advanceTimersByTime(25);
    expect(guard.signal.aborted).toBe(true);
    expect(guard.end()).toBe(filtered);
  });

  it.each([
    ['a reply', reply(20), null],
    ['a refusal', refused, null],
    ["a router's answer", exceeded, filtered],
    ['silence', silence, filtered],
    ['an echo given up', null, filtered],
  ])('after %s says what is left to say', async (_what, outcome, failure) => {
    const guard = await guarding();
    guard.heard(outcome);
    drops = 1;
    vi.advanceTimersByTime(60);
    expect(guard.signal.aborted).toBe(failure !== null);
    expect(guard.end()).toBe(failure);
  });

  it('looks a last time where the probe was shorter than its pace, and then no more', async () => {
    const guard = await guarding();
    drops = 1;
    expect(guard.end()).toBe(filtered);
    expect([looks, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it("passes on the end of the request's time", async () => {
    const over = new AbortController();
    const guard = await guarding(over.signal);
    over.abort();
    expect([guard.signal.aborted, guard.end()]).toEqual([true, null]);
  });
});

describe('a probe whose answers are dropped', () => {
  const given = (network: Network) => tools(network, { watchDrops: () => Promise.resolve(() => filtered) });

  it('ends before its echoes have had their time', async () => {
    const measured = await ping(
      pingRequest(),
      exit,
      given(() => 'never'),
      unhurried(),
    );
    expect(measured.failure).toBe(filtered);
    expect(measured.ping).toMatchObject({ received: 0 });
  });

  it('has the hops that answered all the same', async () => {
    const network: Network = ({ hopLimit }) => (hopLimit === 1 ? exceeded : 'never');
    const measured = await traceroute(traceRequest(), exit, given(network), unhurried());
    expect(measured.failure).toBe(filtered);
    expect(measured.traceroute?.hops.map(({ address }) => address)).toEqual(['192.168.2.1']);
  });

  it('is none where the target answers', async () => {
    const pinged = await ping(
      pingRequest(),
      exit,
      given(() => reply(20)),
      unhurried(),
    );
    const traced = await traceroute(
      traceRequest(),
      exit,
      given(() => reply(20)),
      unhurried(),
    );
    expect([pinged.failure, traced.failure]).toEqual([null, null]);
  });
});
