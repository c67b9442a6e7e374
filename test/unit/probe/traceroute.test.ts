// A traceroute: the hops of a path that a test draws, and the echoes to its end.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { UnreachableReason } from '../../../agent/packet/index.ts';
import { traceroute } from '../../../agent/probe/traceroute.ts';
import { Failure } from '../../../shared/failure.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import { type Network, exit, reply, silence, tools, traceRequest, unhurried, way } from './tools.ts';

/** Routers' addresses in order (null: silent), and then the destination, as far away as it says. */
function path(routers: readonly (string | null)[], destination: 'answers' | 'silent' = 'answers'): Network {
  return ({ hopLimit }) => {
    if (hopLimit <= routers.length) {
      const from = routers[hopLimit - 1];
      return from == null ? silence : reply(hopLimit + 0.12345, { type: 'timeExceeded', from, bytes: 112 });
    }
    return destination === 'silent' ? silence : reply(20, { hopLimit: 64 - routers.length });
  };
}

const tracing = (network: Network, given: object = {}, signal = unhurried()): Promise<Measurement> =>
  traceroute(traceRequest({ count: 1, ...given }), exit, tools(network), signal);

const addresses = ({ traceroute: route }: Measurement): (string | null)[] | undefined =>
  route?.hops.map(({ address }) => address);

const lte = ['192.168.2.1', '100.64.0.1', '203.0.113.9'];

describe('the route', () => {
  it('has each hop with its address and round trip to the microsecond, the target last', async () => {
    const { traceroute: route, address, via, failure, refusal } = await tracing(path(lte));
    const unknown = { name: null, alsoAt: [], unreachable: null, mpls: [], network: null, scope: null };
    expect(route).toEqual({
      reached: true,
      loop: false,
      hops: [
        { ttl: 1, address: '192.168.2.1', rttMs: 1.123, replyTtl: 60, ...unknown },
        { ttl: 2, address: '100.64.0.1', rttMs: 2.123, replyTtl: 60, ...unknown },
        { ttl: 3, address: '203.0.113.9', rttMs: 3.123, replyTtl: 60, ...unknown },
        { ttl: 4, address: '1.1.1.1', rttMs: 20, replyTtl: 61, ...unknown },
      ],
    });
    expect([address, via, failure, refusal]).toEqual([
      '1.1.1.1',
      { uplink: 'lte', interface: 'eth1', source: '192.168.2.10' },
      null,
      null,
    ]);
  });

  it('sends one packet a hop, and the echoes to the target', async () => {
    const given = tools(path(lte));
    const { ping, traffic } = await traceroute(traceRequest({ count: 3 }), exit, given, unhurried());
    expect(given.sent.map(({ hopLimit }) => hopLimit).toSorted((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 64, 64, 64,
    ]);
    expect(new Set(given.sent.map(({ nextHop }) => nextHop))).toEqual(new Set([way.nextHop]));
    expect(ping).toMatchObject({ sent: 3, received: 3, rttsMs: [20, 20, 20] });
    expect(traffic).toEqual({
      packetsSent: 7,
      packetsReceived: 7,
      bytesSent: 588,
      bytesReceived: 4 * 84 + 3 * 112,
    });
  });

  it('waits less for an echo where the time limit is near, and for a hop as long as for the first echo', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const given = tools(path(lte));
    const request = traceRequest({ count: 2, intervalMs: 10, timeoutMs: 500 });
    await traceroute(request, exit, given, unhurried());
    const waitsOf = (isEcho: boolean): number[] =>
      given.sent.filter(({ hopLimit }) => (hopLimit === 64) === isEcho).map(({ waitMs }) => waitMs);
    expect(waitsOf(true)).toEqual([450, 440]);
    expect(waitsOf(false)).toEqual([450, 450, 450, 450]);
  });

  it('is traced in one round trip the next time, with no packet past its end', async () => {
    const routers = [...lte, '198.51.100.7', '198.51.100.8'];
    const given = tools(path(routers));
    const limits: number[][] = [];
    for (let time = 0; time < 2; time++) {
      given.sent.length = 0;
      await traceroute(traceRequest({ count: 1 }), exit, given, unhurried());
      limits.push(given.sent.map(({ hopLimit }) => hopLimit));
    }
    expect(given.traces.recall('eth1', '1.1.1.1')).toBe(6);
    expect(limits.map((one) => one.toSorted((a, b) => a - b))).toEqual([
      [1, 2, 3, 4, 5, 6, 64],
      [1, 2, 3, 4, 5, 6, 64],
    ]);
  });

  it('is not remembered where the network refused, or the end kept silent', async () => {
    const refusing: Network = () => reply(3, { type: 'unreachable', reason: 'host' });
    for (const network of [path(lte, 'silent'), refusing]) {
      const given = tools(network);
      await traceroute(traceRequest({ count: 1 }), exit, given, unhurried());
      expect(given.traces.recall('eth1', '1.1.1.1')).toBe(null);
    }
  });

  it.each<[what: string, routers: (string | null)[], hops: (string | null)[]]>([
    ['of one hop', [], ['1.1.1.1']],
    ['with a silent hop', ['10.0.0.1', null, '10.0.0.3'], ['10.0.0.1', null, '10.0.0.3', '1.1.1.1']],
    ['with silent hops at both ends', [null, '10.0.0.2', null], [null, '10.0.0.2', null, '1.1.1.1']],
    [
      'of twenty hops',
      Array<string>(19).fill('10.0.0.1'),
      [...Array<string>(19).fill('10.0.0.1'), '1.1.1.1'],
    ],
  ])('%s', async (_what, routers, hops) => {
    const measured = await tracing(path(routers));
    expect(addresses(measured)).toEqual(hops);
    expect(measured.traceroute?.reached).toBe(true);
  });

  it('to a silent target ends with the last hop that answered, and did not reach it', async () => {
    const measured = await tracing(path([...lte, null], 'silent'));
    expect(measured.traceroute?.reached).toBe(false);
    expect(addresses(measured)).toEqual(lte);
    expect(measured.ping).toMatchObject({ sent: 1, received: 0 });
  });

  it('into silence has no hop', async () => {
    const measured = await tracing(path([], 'silent'));
    expect(measured.traceroute).toEqual({ reached: false, loop: false, hops: [] });
  });

  it('whose end is silent at its own hop limit has that hop, for echoes say how far it is', async () => {
    const end = lte.length + 1;
    const measured = await tracing((echo, number) =>
      echo.hopLimit === end ? silence : path(lte)(echo, number),
    );
    expect(addresses(measured)).toEqual([...lte, null]);
    expect(measured.traceroute?.reached).toBe(true);
  });
});

describe('several traces at once', () => {
  it.each([
    ['half its time', {}, 2500],
    ['what its echoes leave of it', { timeoutMs: 2000, count: 2, intervalMs: 300, waitMs: 1000 }, 600],
    ['no time that its echoes need', { timeoutMs: 1000, waitMs: 1000 }, 0],
  ])('wait for a turn by %s at most', async (_what, times, patienceMs) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const given = tools(path(lte));
    const take = vi.spyOn(given.turns, 'take');
    await traceroute(traceRequest({ count: 1, ...times }), exit, given, unhurried());
    expect(take.mock.calls[0]?.[2]).toBe(patienceMs);
  });

  const limitsOf = (sent: readonly { hopLimit: number }[]): number[] =>
    sent.map(({ hopLimit }) => hopLimit).toSorted((a, b) => a - b);

  it('to one target ask each router once, and both show every hop', async () => {
    const given = tools(path(lte));
    const both = await Promise.all(
      [1, 2].map(() => traceroute(traceRequest({ count: 1 }), exit, given, unhurried())),
    );
    expect(both.map(addresses)).toEqual([
      [...lte, '1.1.1.1'],
      [...lte, '1.1.1.1'],
    ]);
    expect(limitsOf(given.sent)).toEqual([1, 2, 3, 4, 64, 64]);
    expect(both.map(({ traffic }) => traffic.packetsSent)).toEqual([5, 1]);
  });

  it('do not share what the next hop says of others with a trace of itself by another address', async () => {
    const wan = '203.0.113.77';
    const given = tools(
      (echo, number) =>
        echo.destination === wan ? reply(1, { from: wan, hopLimit: 64 }) : path(lte)(echo, number),
      { resolve: (host) => Promise.resolve([host]) },
    );
    const [far, near] = await Promise.all(
      ['1.1.1.1', wan].map((target) =>
        traceroute(traceRequest({ count: 1, target }), exit, given, unhurried()),
      ),
    );
    expect([far && addresses(far), near && addresses(near)]).toEqual([[...lte, '1.1.1.1'], [wan]]);
    expect(given.traces.recall('eth1', wan)).toBe(1);
  });

  it('keep what they saw where that next hop can not be asked itself', async () => {
    const wan = '203.0.113.77';
    const down = new Failure('interfaceDown', 'eth1 is down');
    const given = tools(
      (echo, number) => {
        if (echo.destination !== wan) return path(lte)(echo, number);
        return echo.hopLimit === 1 ? down : reply(1, { from: wan, hopLimit: 64 });
      },
      { resolve: (host) => Promise.resolve([host]) },
    );
    const [, near] = await Promise.all(
      ['1.1.1.1', wan].map((target) =>
        traceroute(traceRequest({ count: 1, target }), exit, given, unhurried()),
      ),
    );
    expect(near && addresses(near)).toEqual(['192.168.2.1', wan]);
  });

  it('that use an answer by a clock that was set say so, whoever asked for it', async () => {
    const given = tools((echo, number) =>
      echo.hopLimit === 2
        ? reply(1, { type: 'timeExceeded', from: '100.64.0.1', clock: 'monotonic' })
        : path(lte)(echo, number),
    );
    const both = await Promise.all(
      [1, 2].map(() => traceroute(traceRequest({ count: 1 }), exit, given, unhurried())),
    );
    expect(both.map(({ clockStepped }) => clockStepped)).toEqual([true, true]);
  });

  it('do not share the second probe of a hop whose answer is in doubt', async () => {
    let third = 0;
    const given = tools((echo, number) => {
      if (echo.hopLimit === 3 && third++ === 0) return 'never';
      return path(lte)(echo, number);
    });
    const measured = await traceroute(traceRequest({ count: 1 }), exit, given, unhurried());
    expect(addresses(measured)).toEqual([...lte, '1.1.1.1']);
    expect(limitsOf(given.sent)).toEqual([1, 2, 3, 3, 4, 64]);
  });
});

describe('a network that refuses', () => {
  const refuse = (from: string, reason: UnreachableReason) =>
    reply(3, { type: 'unreachable', from, reason, bytes: 112 });

  it('ends the route where it does, and says why', async () => {
    const measured = await tracing((echo, number) =>
      echo.hopLimit > 2 ? refuse('203.0.113.9', 'prohibited') : path(lte)(echo, number),
    );
    expect(addresses(measured)).toEqual(lte);
    expect(measured.traceroute?.reached).toBe(false);
    expect(measured.refusal).toBe('203.0.113.9 says administratively prohibited');
    expect(measured.failure?.code).toBe('prohibited');
  });

  it('of other causes is no failure: the route can be judged', async () => {
    const measured = await tracing((echo, number) =>
      echo.hopLimit > 2 ? refuse('203.0.113.9', 'host') : path(lte)(echo, number),
    );
    expect([measured.refusal, measured.failure]).toEqual(['203.0.113.9 says host unreachable', null]);
  });

  it('on the way leaves the rest of the route unknown, though the target answers echoes', async () => {
    const measured = await tracing((echo, number) =>
      echo.hopLimit === 2 ? refuse('100.64.0.1', 'prohibited') : path(lte)(echo, number),
    );
    expect(addresses(measured)).toEqual(['192.168.2.1', '100.64.0.1']);
    expect(measured.traceroute?.reached).toBe(false);
    expect(measured.ping?.received).toBe(1);
    expect(measured.failure).toBe(null);
  });

  it('is this machine itself where the gateway does not answer ARP', async () => {
    const { failure } = await tracing(() => refuse(way.source, 'host'));
    expect(failure?.code).toBe('neighbourUnreachable');
  });
});

describe('a trace that can not go on', () => {
  it('has its failure, and what was seen before', async () => {
    const down = new Failure('interfaceDown', 'eth1 is down');
    const measured = await tracing((echo, number) => (echo.hopLimit === 3 ? down : path(lte)(echo, number)));
    expect(measured.failure).toBe(down);
    expect(addresses(measured)?.slice(0, 2)).toEqual(['192.168.2.1', '100.64.0.1']);
  });

  it('is over when its time is', async () => {
    const over = new AbortController();
    const measured = await tracing(
      (echo, number) => {
        if (echo.hopLimit === 4) over.abort();
        return echo.hopLimit > 2 ? 'never' : path(lte)(echo, number);
      },
      {},
      over.signal,
    );
    expect(measured.failure?.code).toBe('deadlineExceeded');
    expect(measured.traceroute?.reached).toBe(false);
  });

  it('is marked where the clock was set meanwhile', async () => {
    const measured = await tracing(({ hopLimit }) =>
      hopLimit === 1
        ? reply(1, { type: 'timeExceeded', from: '10.0.0.1', clock: 'monotonic' })
        : reply(20, { hopLimit: 63 }),
    );
    expect([measured.clockStepped, measured.ping?.clockStepped]).toEqual([true, true]);
  });
});
