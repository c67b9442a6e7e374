// A row of echoes: paced from the first, counted as they leave, ended by the first that can't be sent.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { asFailure, countedEcho, echoRow, newTally } from '../../../agent/probe/echoes.ts';
import { addTraffic } from '../../../agent/probe/traffic.ts';
import type { Outcome } from '../../../agent/probe/outcomes.ts';
import type { Echo } from '../../../agent/packet/index.ts';
import { Failure } from '../../../shared/failure.ts';
import { type Network, reply, silence, tools, unhurried } from './tools.ts';

const echo: Echo = {
  interfaceName: 'eth1',
  source: '192.168.2.10',
  destination: '1.1.1.1',
  nextHop: '192.168.2.1',
  hopLimit: 64,
  payloadBytes: 56,
  waitMs: 1000,
};

describe('the tally', () => {
  const counting = async (network: Network, given: Partial<Echo> = {}, signal = unhurried()) => {
    const tally = newTally();
    const outcome = await countedEcho(tools(network).packets, { ...echo, ...given }, signal, tally);
    return { outcome, ...tally };
  };

  // prettier-ignore
  it.each<[what: string, network: Network, given: Partial<Echo>, counts: number[], stepped: boolean]>([
    ['a reply', () => reply(15), {}, [1, 84, 1, 84], false],
    ['a reply of another length', () => reply(15, { bytes: 96 }), {}, [1, 84, 1, 96], false],
    ['a router', () => reply(5, { type: 'timeExceeded', bytes: 112 }), {}, [1, 84, 1, 112], false],
    ['silence', () => silence, {}, [1, 84, 0, 0], false],
    ['silence of which nobody knows whether it left', () => ({ type: 'silence', left: null }), {}, [1, 84, 0, 0], false],
    ['what never left the interface', () => ({ type: 'silence', left: false }), {}, [0, 0, 0, 0], false],
    ["this machine's own word that nobody answers ARP", () => reply(3000, { type: 'unreachable', from: '192.168.2.10', bytes: 112 }), {}, [0, 0, 0, 0], false],
    ["a router's word that the target is not to be had", () => reply(5, { type: 'unreachable', from: '100.64.0.1', bytes: 112 }), {}, [1, 84, 1, 112], false],
    ['a large echo', () => silence, { payloadBytes: 1472 }, [1, 1500, 0, 0], false],
    ['a reply by another clock', () => reply(15, { clock: 'monotonic' }), {}, [1, 84, 1, 84], true],
  ])('of %s', async (_what, network, given, [sent, bytesSent, received, bytesReceived], stepped) => {
    const { traffic, clockStepped, sent: handedOver } = await counting(network, given);
    expect(handedOver).toBe(1);
    expect(traffic).toEqual({ packetsSent: sent, bytesSent, packetsReceived: received, bytesReceived });
    expect(clockStepped).toBe(stepped);
  });

  it('of an echo that was given up is one sent, and no answer', async () => {
    expect(await counting(() => 'never', {}, AbortSignal.abort())).toMatchObject({
      outcome: null,
      traffic: { packetsSent: 1, packetsReceived: 0 },
    });
  });

  it.each([
    ['late', { late: 1, duplicates: 0 }],
    ['duplicate', { late: 0, duplicates: 1 }],
  ] as const)('of a further answer that is %s counts it, and its packet', async (what, counts) => {
    const tally = newTally();
    const { packets } = tools(() => silence);
    const echoed: typeof packets.echo = (one, signal, events) => {
      const answer = packets.echo(one, signal, events);
      events?.again(what, 84);
      return answer;
    };
    await countedEcho({ ...packets, echo: echoed }, echo, unhurried(), tally);
    expect(tally).toMatchObject(counts);
    expect(tally.traffic).toMatchObject({ packetsSent: 1, packetsReceived: 1, bytesReceived: 84 });
  });

  it('of two, taken together, is their traffic', () => {
    const one = { packetsSent: 1, packetsReceived: 2, bytesSent: 3, bytesReceived: 4 };
    const other = { packetsSent: 10, packetsReceived: 20, bytesSent: 30, bytesReceived: 40 };
    const sum = { packetsSent: 11, packetsReceived: 22, bytesSent: 33, bytesReceived: 44 };
    expect(addTraffic(one, other)).toEqual(sum);
  });

  it('of an echo that could not be sent is nothing', async () => {
    const refusal = new Failure('interfaceDown', 'eth1 is down');
    const tally = newTally();
    const refused = countedEcho(tools(() => refusal).packets, echo, unhurried(), tally);
    await expect(refused).rejects.toBe(refusal);
    expect(tally).toEqual(newTally());
  });
});

describe('a row', () => {
  // The clock stands still unless a test moves it; an echo that is not due yet would be waited for in earnest.
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => vi.useRealTimers());
  const hourMs = 3_600_000;

  it('waits for no answer before the next echo', async () => {
    const waiting: ((outcome: Outcome) => void)[] = [];
    const row = echoRow(4, 1, unhurried(), () => new Promise((resolve) => waiting.push(resolve)));
    await vi.waitFor(() => expect(waiting).toHaveLength(4));
    for (const resolve of waiting) resolve(silence);
    expect(await row).toMatchObject({ outcomes: [silence, silence, silence, silence], arrivals: [] });
  });

  it("counts each echo's time from the first, so that one that is late delays no other", async () => {
    let number = 0;
    const { outcomes } = await echoRow(100, hourMs, unhurried(), () => {
      if (number++ === 0) vi.advanceTimersByTime(99 * hourMs);
      return Promise.resolve(silence);
    });
    expect(outcomes).toHaveLength(100);
  });

  it('has the outcomes in the order sent, whichever answer comes first', async () => {
    const waiting: (() => void)[] = [];
    const row = echoRow(3, 1, unhurried(), () => {
      const answer = reply(waiting.length);
      return new Promise((resolve) => waiting.push(() => resolve(answer)));
    });
    await vi.waitFor(() => expect(waiting).toHaveLength(3));
    for (const resolve of waiting.toReversed()) resolve();
    expect(await row).toEqual({
      outcomes: [reply(0), reply(1), reply(2)],
      arrivals: [2, 1, 0],
      failure: null,
    });
  });

  it('ends with the first echo that can not be sent; those before keep their answers', async () => {
    const refusal = new Failure('interfaceDown', 'eth1 is down');
    let number = 0;
    const row = echoRow(5, hourMs, unhurried(), () => {
      if (number === 0) vi.advanceTimersByTime(2 * hourMs);
      return number++ === 2 ? Promise.reject(refusal) : Promise.resolve(reply(15));
    });
    expect(await row).toEqual({
      outcomes: [reply(15), reply(15), null],
      arrivals: [0, 1],
      failure: refusal,
    });
    expect(number).toBe(3);
  });

  it('that is over before its end says so', async () => {
    const over = new AbortController();
    const row = echoRow(3, hourMs, over.signal, () => Promise.resolve(reply(15)));
    over.abort();
    const { outcomes, failure } = await row;
    expect(outcomes).toEqual([reply(15)]);
    expect(failure).toMatchObject({
      code: 'deadlineExceeded',
      message: 'the deadline came before all of the 3 echoes had their time',
    });
  });

  it('whose last echo was given up is over before its end too', async () => {
    const { outcomes, failure } = await echoRow(1, 200, unhurried(), () => Promise.resolve(null));
    expect([outcomes, failure?.code]).toEqual([[null], 'deadlineExceeded']);
  });

  it('that never began sends nothing', async () => {
    const send = vi.fn(() => Promise.resolve(silence));
    expect(await echoRow(3, 200, AbortSignal.abort(), send)).toMatchObject({ outcomes: [] });
    expect(send).not.toHaveBeenCalled();
  });

  it('never rejects: what is unforeseen is internal', async () => {
    const surprise = new TypeError('x is not a function');
    const { failure } = await echoRow(1, 200, unhurried(), () => Promise.reject(surprise));
    expect(failure).toMatchObject({
      code: 'internal',
      message: 'TypeError: x is not a function',
      cause: surprise,
    });
    expect(asFailure('text')).toMatchObject({ code: 'internal', message: 'text' });
  });
});
