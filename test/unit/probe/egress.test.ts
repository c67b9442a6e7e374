// The public address: asked of one server after the other, each with its share of the time, and what is said where none
// tells it.
import { describe, expect, it } from 'vitest';
import type { UdpAnswer, UdpQuestion } from '../../../agent/packet/index.ts';
import { egress } from '../../../agent/probe/egress.ts';
import type { ProbeTools } from '../../../agent/probe/tools.ts';
import { Failure } from '../../../shared/failure.ts';
import { EgressRequest } from '../../../shared/request.ts';
import { answeredBy, silent } from './dns/server.ts';
import { exit, reply, tools, unhurried, way } from './tools.ts';

const servers = ['stun:192.0.2.1:3478', 'stun:192.0.2.2:3478', 'stun:192.0.2.3:3478'];

/** A success with a plain address, as old servers give it. */
function telling(question: UdpQuestion, octets: readonly number[]): UdpAnswer {
  const attribute = Buffer.from([0, 1, 0, 8, 0, 1, 0, 53, ...octets]);
  const head = Buffer.from(question.payload);
  head.writeUInt16BE(0x0101, 0);
  head.writeUInt16BE(attribute.length, 2);
  return answeredBy(Buffer.concat([head, attribute]), question.destination);
}

type Says = (question: UdpQuestion) => UdpAnswer | Failure;

function asking(
  says: Says,
  { signal = unhurried(), ...given }: { target?: string; timeoutMs?: number; signal?: AbortSignal } = {},
  more: Partial<ProbeTools> = {},
) {
  const asked: string[] = [];
  const waits: number[] = [];
  const plain = tools(() => reply(1));
  const ask: ProbeTools['packets']['ask'] = (question, _signal, events) => {
    asked.push(question.destination);
    waits.push(question.waitMs);
    const said = says(question);
    if (said instanceof Failure) return Promise.reject(said);
    events?.sent(48);
    if (said.type !== 'silence') events?.heard(60);
    return Promise.resolve(said);
  };
  const request = EgressRequest.parse({ kind: 'egress', timeoutMs: 9100, ...given });
  const packets = { ...plain.packets, ask };
  // Addresses stand for themselves, as the resolver has it.
  const resolve: ProbeTools['resolve'] = (host) => Promise.resolve([host]);
  const all = { ...plain, packets, resolve, egressServers: () => servers, ...more };
  return { measured: () => egress(request, exit, all, signal), asked, waits };
}

const public4 = [203, 0, 113, 7];
const by =
  (destination: string, says: Says): Says =>
  (question) =>
    question.destination === destination ? says(question) : telling(question, public4);

describe('the public address', () => {
  it('is what the first server tells, and not the own one: behind translation', async () => {
    const { measured, asked } = asking((question) => telling(question, public4));
    expect(await measured()).toMatchObject({
      address: '192.0.2.1',
      via: { uplink: 'lte', interface: 'eth1', source: way.source },
      egress: { address: '203.0.113.7', behindNat: true, network: null, server: servers[0], rttMs: 12 },
      traffic: { packetsSent: 1, packetsReceived: 1, bytesSent: 48, bytesReceived: 60 },
      failure: null,
    });
    expect(asked).toEqual(['192.0.2.1']);
  });

  it('that is the own one is behind none', async () => {
    const { measured } = asking((question) => telling(question, [192, 168, 2, 10]));
    expect(await measured()).toMatchObject({ egress: { address: way.source, behindNat: false } });
  });

  it('is asked of the server that is named alone', async () => {
    const { measured, asked } = asking(() => silent, { target: 'stun:192.0.2.9:3478' });
    expect(await measured()).toMatchObject({
      egress: null,
      failure: null,
      refusal: 'stun:192.0.2.9:3478: 192.0.2.9 did not answer',
    });
    expect(asked).toEqual(['192.0.2.9', '192.0.2.9', '192.0.2.9']);
  });

  it.each([
    ['is silent', silent],
    ['answers garbage', { ...silent, strays: { elsewhere: null, mismatched: Buffer.from('garbage') } }],
    ['is refused to be asked', new Failure('noRoute', 'there is none')],
  ])('is asked of the next server where one %s, and what that cost counts', async (_what, said) => {
    const { measured, asked } = asking(by('192.0.2.1', () => said));
    expect(await measured()).toMatchObject({
      egress: { address: '203.0.113.7', server: servers[1] },
      failure: null,
    });
    expect(asked.at(-1)).toBe('192.0.2.2');
    const { traffic } = await measured();
    expect(traffic.packetsSent).toBe(said instanceof Failure ? 1 : asked.length / 2);
  });

  it('is not asked of others where the line itself is dead', async () => {
    const { measured, asked } = asking(() => ({ ...silent, left: false }));
    expect(await measured()).toMatchObject({
      egress: null,
      failure: { code: 'neighbourUnreachable', source: 'uplink' },
    });
    expect(new Set(asked)).toEqual(new Set(['192.0.2.1']));
  });

  it('is asked of each in its share of what time is left', async () => {
    const { measured, waits } = asking(() => silent);
    await measured();
    expect(waits).toHaveLength(9);
    // 9 s in three shares, 100 ms of each kept back; the fakes are silent at once.
    expect(waits.map((waitMs) => Math.round(waitMs / 100))).toEqual([29, 29, 29, 44, 44, 44, 89, 89, 89]);
  });
});

describe('where no server tells it', () => {
  it('a bad answer says more than silence', async () => {
    const mismatched = Buffer.from('garbage');
    const garbage = { ...silent, strays: { elsewhere: null, mismatched } };
    const { measured } = asking(({ destination }) => (destination === '192.0.2.2' ? garbage : silent));
    expect(await measured()).toMatchObject({ egress: null, failure: { code: 'answerUnreadable' } });
  });

  it('is given up where it was stopped amid the servers, whatever the first ones did', async () => {
    const stop = new AbortController();
    const { measured } = asking(
      () => {
        stop.abort();
        return silent;
      },
      { signal: stop.signal },
    );
    expect(await measured()).toMatchObject({ egress: null, failure: { code: 'deadlineExceeded' } });
  });

  it('the query of a server out of the file is shown to nobody', async () => {
    const unasked = new Failure('noRoute', 'eth1 has none');
    const page = 'https://192.0.2.9/ip?token=SECRET';
    const more = { egressServers: () => [servers[0] ?? '', page], mustRoute: () => Promise.reject(unasked) };
    const measured = await asking(() => silent, {}, more).measured();
    expect(measured.refusal).toBe('stun:192.0.2.1:3478: 192.0.2.1 did not answer');
    expect(JSON.stringify(measured)).not.toContain('SECRET');
  });

  it('all are named that were silent', async () => {
    const { refusal, failure } = await asking(() => silent).measured();
    expect(failure).toBeNull();
    for (const server of servers) expect(refusal).toContain(`${server}: `);
  });

  it('the first failure counts where none could be asked', async () => {
    const refused = (host: string) =>
      new Failure('targetRefused', `target: ${host} is not among ALLOWED_TARGETS`);
    const { measured, asked } = asking(() => silent, {}, { refusal: (_kind, host) => refused(host) });
    const { failure } = await measured();
    expect([failure?.code, failure?.message]).toEqual([
      'targetRefused',
      'target: 192.0.2.1 is not among ALLOWED_TARGETS',
    ]);
    expect(asked).toEqual([]);
  });
});
