// Answers that this machine drops: who is told, when, and what speaks against it.
import { EventEmitter, once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
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
  /** Looks until the kernel has dropped something: never, or at that look. */
  const guarding = (atLook: number, signal = unhurried()): { guard: DropGuard; looks: () => number } => {
    const watch = vi.fn(() => Promise.resolve(watch.mock.calls.length >= atLook ? filtered : null));
    const given = tools(() => silence, { watchDrops: () => watch });
    const guard = guardAgainstDrops({ address: '1.1.1.1', way }, given, signal);
    guard.begin();
    return { guard, looks: () => watch.mock.calls.length };
  };
  const whenAborted = (signal: AbortSignal) => once(signal, 'abort');

  it('asks about the way and the target', () => {
    const watchDrops = vi.fn(() => null);
    const given = tools(() => silence, { watchDrops });
    guardAgainstDrops({ address: '1.1.1.1', way }, given, unhurried()).begin();
    expect(watchDrops.mock.calls).toEqual([[way, '1.1.1.1']]);
  });

  it('is none where nothing would be dropped', async () => {
    const signal = unhurried();
    const guard = guardAgainstDrops(
      { address: '1.1.1.1', way },
      tools(() => silence),
      signal,
    );
    guard.begin();
    expect([await guard.end(), guard.signal.aborted]).toEqual([null, false]);
  });

  it('ends the probe at the first look that finds answers dropped', async () => {
    const { guard, looks } = guarding(3);
    await whenAborted(guard.signal);
    expect(looks()).toBe(3);
    expect(await guard.end()).toBe(filtered);
    expect(looks()).toBe(3);
  });

  it.each([
    ['a reply', reply(20)],
    ['a refusal', refused],
  ])('looks no more after %s, and has nothing to say', async (_what, outcome) => {
    const { guard, looks } = guarding(1);
    guard.heard(outcome);
    expect(await guard.end()).toBe(null);
    expect([guard.signal.aborted, looks()]).toEqual([false, 0]);
  });

  it.each([
    ["a router's answer", exceeded],
    ['silence', silence],
    ['an echo given up', null],
  ])('goes on after %s', async (_what, outcome) => {
    const { guard } = guarding(2);
    guard.heard(outcome);
    await whenAborted(guard.signal);
    expect(await guard.end()).toBe(filtered);
  });

  it('has nothing to say where the answer came while it looked', async () => {
    let tell: (failure: Failure) => void = () => undefined;
    const asked = new EventEmitter();
    const watchDrops = () => () => {
      asked.emit('asked');
      return new Promise<Failure>((resolve) => {
        tell = resolve;
      });
    };
    const given = tools(() => silence, { watchDrops });
    const guard = guardAgainstDrops({ address: '1.1.1.1', way }, given, unhurried());
    guard.begin();
    await once(asked, 'asked');
    guard.heard(reply(20));
    tell(filtered);
    expect([await guard.end(), guard.signal.aborted]).toEqual([null, false]);
  });

  it('looks a last time where the probe was shorter than its pace', async () => {
    const { guard, looks } = guarding(1);
    expect(await guard.end()).toBe(filtered);
    expect(looks()).toBe(1);
  });

  it("passes on the end of the request's time", async () => {
    const over = new AbortController();
    const { guard } = guarding(Infinity, over.signal);
    over.abort();
    expect([guard.signal.aborted, await guard.end()]).toEqual([true, null]);
  });
});

describe('a probe whose answers are dropped', () => {
  const given = (network: Network) => tools(network, { watchDrops: () => () => Promise.resolve(filtered) });

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
