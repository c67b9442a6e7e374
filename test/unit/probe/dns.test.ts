// A question to a name server: asked again while nothing comes, and what comes told for what it is.
import { describe, expect, it } from 'vitest';
import type { UdpAnswer } from '../../../agent/packet/index.ts';
import { dns } from '../../../agent/probe/dns.ts';
import { Failure } from '../../../shared/failure.ts';
import { DnsRequest } from '../../../shared/request.ts';
import { type Asked, type Saying, addressed, answeredBy, nameServers, rcode, silent } from './dns/server.ts';
import { exit, reply, tools, unhurried, way } from './tools.ts';

const server = '1.1.1.1';

function asking(says: (asked: Asked) => Saying, given: object = {}, metered = false) {
  const network = nameServers(says);
  const plain = tools(() => reply(1), { metered: () => metered });
  const request = DnsRequest.parse({
    kind: 'dns',
    target: server,
    name: 'one.example',
    timeoutMs: 3100,
    ...given,
  });
  const measured = (signal = unhurried()) =>
    dns(request, exit, { ...plain, packets: { ...plain.packets, ask: network.ask } }, signal);
  return { measured, asked: network.asked };
}

const stray = (strays: Partial<{ elsewhere: string; mismatched: Buffer }>): UdpAnswer => ({
  type: 'silence',
  left: true,
  strays: { elsewhere: null, mismatched: null, ...strays },
});

const another = Buffer.from('0001818000010000000000000361626304746573740000010001', 'hex');

describe('a dns probe', () => {
  it('measures what the server says and how fast', async () => {
    const { measured, asked } = asking(() => addressed('192.0.2.1'));
    expect(await measured()).toMatchObject({
      address: server,
      via: { uplink: 'lte', interface: 'eth1', source: way.source },
      dns: { rcode: 'NOERROR', answers: [{ type: 'A', ttlSeconds: 60, data: '192.0.2.1' }], rttMs: 12 },
      traffic: { packetsSent: 1, packetsReceived: 1 },
      failure: null,
      refusal: null,
    });
    expect(asked).toMatchObject([{ server, name: 'one.example', type: 'A' }]);
  });

  describe('by a metered uplink', () => {
    it('asks without EDNS, which costs 11 bytes', async () => {
      const { measured, asked } = asking(() => addressed('192.0.2.1'), {}, true);
      const question = 28 + 12 + 'one.example'.length + 2 + 4;
      expect(await measured()).toMatchObject({
        dns: { rcode: 'NOERROR' },
        traffic: { packetsSent: 1, bytesSent: question },
      });
      expect(asked).toMatchObject([{ extended: false }]);
    });

    it('asks with it for an answer that does not fit without', async () => {
      const cut: Saying = { flags: 0x380, answers: [] };
      const { measured, asked } = asking(
        ({ extended }) => (extended ? addressed('192.0.2.1') : cut),
        {},
        true,
      );
      expect(await measured()).toMatchObject({ dns: { rcode: 'NOERROR' }, failure: null });
      expect(asked.map(({ extended }) => extended)).toEqual([false, true]);
    });
  });

  it('measures that the server knows no such name', async () => {
    expect(await asking(() => rcode(3)).measured()).toMatchObject({
      dns: { rcode: 'NXDOMAIN', answers: [] },
    });
  });

  it('asks three times at most where nothing comes, and waits for each answer to the end', async () => {
    const { measured, asked } = asking(() => silent);
    expect(await measured()).toMatchObject({ dns: null, failure: null, refusal: '1.1.1.1 did not answer' });
    expect(asked.map(({ waitMs }) => Math.round(waitMs / 10))).toEqual([300, 300, 300]);
  });

  it('is content with the answer to its second try', async () => {
    let number = 0;
    const { measured } = asking(() => (++number === 1 ? silent : addressed('192.0.2.1')));
    expect(await measured()).toMatchObject({ dns: { rcode: 'NOERROR' }, traffic: { packetsSent: 2 } });
  });

  it.each<[string, Saying]>([
    ['answerUnreadable', Buffer.concat([Buffer.from([0x81, 0x80]), Buffer.alloc(30, 0x3f)])],
    ['answerTruncated', Buffer.from('81800001000100000000036f6e65076578616d706c650000010001c00c0001', 'hex')],
    ['answerTooLarge', { flags: 0x380, answers: [] }],
    ['answerTooLarge', answeredBy(another, server, true)],
    ['answerUnreadable', stray({ mismatched: Buffer.from('garbage') })],
    ['answerMismatched', stray({ mismatched: another })],
    ['answerFromElsewhere', stray({ elsewhere: '8.8.8.8:53' })],
  ])('fails with %s where that is what came', async (code, saying) => {
    const { measured } = asking(() => saying);
    expect(await measured()).toMatchObject({ dns: null, failure: { code, source: 'target' } });
  });

  it('says what the network says where nobody listens', async () => {
    const refused = reply(9, { type: 'unreachable', reason: 'port', from: server });
    if (refused.type !== 'unreachable') throw new Error('not refused');
    const { measured, asked } = asking(() => ({ ...refused, type: 'unreachable' }));
    expect(await measured()).toMatchObject({
      dns: null,
      failure: null,
      refusal: '1.1.1.1 says port unreachable',
    });
    expect(asked).toHaveLength(1);
  });

  it('fails as the uplink does where nothing can be sent', async () => {
    const { measured } = asking(() => new Failure('sendRefused', 'the kernel refused'));
    expect(await measured()).toMatchObject({ failure: { code: 'sendRefused' } });
  });

  it("is the uplink's fault where nothing left", async () => {
    const { measured } = asking(() => ({ ...silent, left: false }));
    expect(await measured()).toMatchObject({
      failure: { code: 'neighbourUnreachable' },
      traffic: { packetsSent: 0 },
    });
  });

  it('given up has no answer', async () => {
    const { measured } = asking(() => new Failure('cancelled', 'the echo was given up'));
    expect(await measured()).toMatchObject({ failure: { code: 'deadlineExceeded' } });
  });
});
