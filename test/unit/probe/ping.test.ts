// A ping: what it sends, what it measures, and what the network said instead of an answer.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { UnreachableReason } from '../../../agent/packet/index.ts';
import { ping } from '../../../agent/probe/ping.ts';
import { probe } from '../../../agent/probe/index.ts';
import { nothingOdd } from '../../../agent/probe/stats.ts';
import { unreachableWords } from '../../../agent/probe/unreachable.ts';
import { Failure } from '../../../shared/failure.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import { unreachableReasons } from '../../../shared/result.ts';
import { requestOf } from '../shared/request/reading.ts';
import {
  type Network,
  type Tools,
  exit,
  pingRequest,
  reply,
  silence,
  tools,
  unhurried,
  way,
} from './tools.ts';

const pinging = (network: Network, given: object = {}, signal = unhurried()): Promise<Measurement> =>
  ping(pingRequest(given), exit, tools(network), signal);

describe('what is sent', () => {
  it('is as many echoes as asked, by the way that was found', async () => {
    const given: Tools = tools(() => reply(15));
    await ping(pingRequest({ count: 4, packetBytes: 100, waitMs: 700 }), exit, given, unhurried());
    const echo = {
      interfaceName: 'eth1',
      source: '192.168.2.10',
      destination: '1.1.1.1',
      nextHop: '192.168.2.1',
      hopLimit: 64,
      payloadBytes: 100,
      waitMs: 700,
    };
    expect(given.sent).toEqual([echo, echo, echo, echo]);
  });

  it('waits less where the time limit is near', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const given: Tools = tools(() => reply(15));
    await ping(pingRequest({ count: 2, intervalMs: 10, timeoutMs: 500 }), exit, given, unhurried());
    expect(given.sent.map(({ waitMs }) => waitMs)).toEqual([450, 440]);
  });
});

describe('what is measured', () => {
  it('is all of it, where every echo is answered', async () => {
    const rttsMs = [2.1, 2.2, 2.2];
    const measured = await pinging((_echo, number) => reply(rttsMs[number] ?? 0));
    expect(measured).toEqual({
      address: '1.1.1.1',
      addressRemembered: false,
      via: { uplink: 'lte', interface: 'eth1', source: '192.168.2.10' },
      ping: {
        sent: 3,
        received: 3,
        lossPercent: 0,
        rttsMs,
        minMs: 2.1,
        avgMs: 2.167,
        maxMs: 2.2,
        stddevMs: 0.047,
        jitterMs: 0.05,
        ...nothingOdd,
      },
      traceroute: null,
      dns: null,
      http: null,
      httpBody: null,
      egress: null,
      traffic: { packetsSent: 3, packetsReceived: 3, bytesSent: 252, bytesReceived: 252 },
      failure: null,
      clockStepped: false,
      refusal: null,
    });
  });

  it('leaves lost echoes out', async () => {
    const measured = await pinging((_echo, number) => (number === 1 ? silence : reply(15)));
    expect(measured.ping).toMatchObject({ sent: 3, received: 2, lossPercent: 33.333, rttsMs: [15, 15] });
    expect(measured.failure).toBe(null);
  });

  it('is marked where the clock was set meanwhile', async () => {
    const stepped = await pinging((_echo, number) =>
      reply(15, { clock: number === 1 ? 'monotonic' : 'kernel' }),
    );
    expect(stepped.clockStepped).toBe(true);
  });

  it('is what was seen until the time was over', async () => {
    const over = new AbortController();
    const measured = await pinging(
      (_echo, number) => {
        if (number < 1) return reply(15);
        over.abort();
        return 'never';
      },
      {},
      over.signal,
    );
    expect(measured.ping).toMatchObject({ sent: 2, received: 1, rttsMs: [15] });
    expect(measured.failure?.code).toBe('deadlineExceeded');
  });

  it('is what was seen until no more could be sent, and why', async () => {
    const down = new Failure('interfaceDown', 'eth1 is down or has no way to the target');
    const measured = await pinging((_echo, number) => (number === 1 ? down : reply(15)));
    expect(measured.ping).toMatchObject({ sent: 1, received: 1 });
    expect(measured.failure).toBe(down);
  });
});

describe('what the network says instead', () => {
  const says = (
    type: 'unreachable' | 'timeExceeded',
    from: string,
    reason: UnreachableReason | null,
  ): Network => {
    return () => reply(5, { type, from, reason, bytes: 112 });
  };

  it.each([
    [says('unreachable', '100.64.0.1', 'host'), '100.64.0.1 says host unreachable'],
    [says('unreachable', '100.64.0.1', 'other'), '100.64.0.1 says unreachable'],
    [says('timeExceeded', '100.64.0.1', null), '100.64.0.1 says the hop limit was used up'],
    [() => silence, null],
  ])('%#: is told', async (network, refusal) => {
    const measured = await pinging(network);
    expect(measured.refusal).toBe(refusal);
    expect(measured.ping?.received).toBe(0);
    expect(measured.failure).toBe(null);
  });

  it('is a failure of its own where a filter forbids every echo, and none where one was answered', async () => {
    const forbids = says('unreachable', '100.64.0.1', 'prohibited');
    expect((await pinging(forbids)).failure).toMatchObject({ code: 'prohibited', source: 'target' });
    const some = await pinging((echo, number) => (number === 1 ? reply(15) : forbids(echo, number)));
    expect(some.failure).toBe(null);
    expect(some.refusal).toBe('100.64.0.1 says administratively prohibited');
  });

  it("is the uplink's fault where this machine itself says it: nobody answers ARP", async () => {
    const own = says('unreachable', way.source, 'host');
    expect((await pinging(own)).failure).toMatchObject({
      code: 'neighbourUnreachable',
      source: 'uplink',
      message: 'nothing left by eth1: the next hop 192.168.2.1 does not answer ARP',
    });
    const first = await pinging((echo, number) => (number === 0 ? own(echo, number) : reply(15)));
    expect(first.failure).toBe(null);
  });

  it('is told of neighbour discovery where the next hop is one of IPv6', async () => {
    const six = { ...way, source: 'fd00:2::10', nextHop: 'fe80::1' };
    const given = tools(says('unreachable', six.source, 'host'), { way: () => Promise.resolve(six) });
    expect((await ping(pingRequest(), exit, given, unhurried())).failure?.message).toBe(
      'nothing left by eth1: the next hop fe80::1 does not answer neighbour discovery',
    );
  });

  it('is no fault of the uplink where the target is a neighbour that is not there', async () => {
    const neighbour = { ...way, nextHop: null };
    const given = tools(says('unreachable', way.source, 'host'), { way: () => Promise.resolve(neighbour) });
    const measured = await ping(pingRequest(), exit, given, unhurried());
    expect(measured.failure).toBe(null);
    expect(measured.refusal).toBe('1.1.1.1 does not answer ARP');
  });

  it('has words for each reason, no two alike', () => {
    const words = unreachableReasons.map((reason) => unreachableWords[reason]);
    expect(words).toEqual([
      'network unreachable',
      'host unreachable',
      'protocol unreachable',
      'port unreachable',
      'administratively prohibited',
      'packet too big',
      'unreachable',
    ]);
  });
});

describe('the map of probes', () => {
  it('runs what is supported', async () => {
    const measured = await probe(
      pingRequest(),
      exit,
      tools(() => reply(15)),
      unhurried(),
    );
    expect(measured.ping?.received).toBe(3);
    const traced = requestOf('traceroute', { target: '1.1.1.1', count: 1 });
    expect(
      (
        await probe(
          traced,
          exit,
          tools(() => reply(15)),
          unhurried(),
        )
      ).traceroute?.reached,
    ).toBe(true);
  });

  it('takes a Failure for a measurement, with what it cost', async () => {
    const cost = { packetsSent: 1, packetsReceived: 0, bytesSent: 70, bytesReceived: 0 };
    const given = tools(() => reply(15), {
      resolve(_host, _family, _exit, _signal, notes) {
        notes?.spent(cost);
        return Promise.reject(new Failure('resolverTimeout', 'no server answered'));
      },
    });
    const measured = await probe(pingRequest({ family: 4 }), exit, given, unhurried());
    expect(measured).toMatchObject({ failure: { code: 'resolverTimeout' }, ping: null, traffic: cost });
  });
});
