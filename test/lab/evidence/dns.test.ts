// The dns probe on a real server: by which uplink it asks, each expectation met and missed, each bad answer by its name.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Misbehaviour } from '../dns-server.ts';
import { hostAddress6, prohibitedAddress, silentAddress, unreachableAddress } from '../topology.ts';
import { type Evidence, ask, deafAddress, publicAddresses, sentDuring, startEvidence } from './kit.ts';

const zones = {
  'www.test': [{ type: 'CNAME', data: 'web.test', ttl: 30 }],
  'web.test': [
    { type: 'A', data: '192.0.2.10', ttl: 5 },
    { type: 'A', data: '192.0.2.11', ttl: 5 },
    { type: 'AAAA', data: '2001:db8::10' },
    { type: 'MX', data: '10 mail.test' },
    { type: 'TXT', data: 'v=spf1 -all' },
  ],
} as const;

let parts: Evidence;
beforeAll(async () => {
  parts = await startEvidence({ zones });
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
});

const dns = (parameters: Record<string, string | number>) =>
  ask(parts.agent, 'dns', { via: 'lte', target: '1.1.1.1', name: 'web.test', ...parameters });

describe.each(['fibre', 'lte'] as const)('by %s', (via) => {
  it('asks through that uplink alone', async () => {
    parts.dns.forget();
    const sent = await sentDuring(async () => {
      const { status, body } = await dns({ via });
      expect([status, body.reason]).toEqual([200, expect.stringContaining('1.1.1.1 answered in')]);
    });
    const other = via === 'fibre' ? sent.lte : sent.fibre;
    expect(sent[via]).toMatchObject([{ destination: '1.1.1.1', protocol: 17, port: 53 }]);
    expect(other).toEqual([]);
    expect(await parts.dns.asked('web.test')).toMatchObject([
      { address: publicAddresses[via], type: 'A', transport: 'udp', to: '1.1.1.1' },
    ]);
  });
});

it('tells what it was answered, and what it cost', async () => {
  const { body } = await dns({ name: 'www.test' });
  expect(body.probe).toMatchObject({
    kind: 'dns',
    address: '1.1.1.1',
    via: { uplink: 'lte', interface: 'eth1', source: '192.168.2.10' },
    verdict: 'pass',
    dns: {
      rcode: 'NOERROR',
      answers: [
        { type: 'CNAME', ttlSeconds: 30, data: 'web.test' },
        { type: 'A', ttlSeconds: 5, data: '192.0.2.10' },
        { type: 'A', ttlSeconds: 5, data: '192.0.2.11' },
      ],
    },
    traffic: { packetsSent: 1, packetsReceived: 1 },
  });
  // Two crossings of lte's 10 ms.
  expect(body.probe?.dns?.rttMs).toBeGreaterThanOrEqual(20);
});

it('asks with another id from another port each time', async () => {
  parts.dns.forget();
  for (let count = 0; count < 8; count++) await dns({});
  const asked = await parts.dns.asked('web.test');
  expect(asked).toHaveLength(8);
  expect(new Set(asked.map(({ id }) => id)).size).toBeGreaterThan(6);
  expect(new Set(asked.map(({ port }) => port)).size).toBeGreaterThan(6);
});

it('asks over IPv6', async () => {
  const { status, body } = await dns({
    target: hostAddress6,
    recordType: 'AAAA',
    answerIncludes: '2001:db8::10',
  });
  expect([status, body.probe?.address]).toEqual([200, hostAddress6]);
  expect((await parts.dns.settled()).at(-1)).toMatchObject({ address: 'fd00:2::10', type: 'AAAA' });
});

const rows: [parameters: Record<string, string | number>, verdict: string, reason: RegExp][] = [
  [{ answerIncludes: '192.0.2.10' }, 'pass', /holds 192\.0\.2\.10/],
  [{ answerIncludes: '192.0.2.0/24' }, 'pass', /holds 192\.0\.2\.0\/24/],
  [{ answerIncludes: '192.0.2.12' }, 'fail', /does not hold 192\.0\.2\.12/],
  [{ name: 'www.test', answerIncludes: 'web.test' }, 'pass', /holds web\.test/],
  [{ recordType: 'MX', answerIncludes: 'mail.test' }, 'pass', /holds mail\.test/],
  [{ recordType: 'TXT', answerIncludes: 'v=spf1' }, 'pass', /holds v=spf1/],
  [{ minAnswers: 2 }, 'pass', /2 A records, at least 2/],
  [{ minAnswers: 3 }, 'fail', /2 A records, fewer than 3/],
  [{ name: 'www.test', minAnswers: 3 }, 'fail', /2 A records, fewer than 3/],
  [{ minLatencyMs: 10 }, 'pass', /at least 10 ms/],
  [{ minLatencyMs: 500 }, 'fail', /less than 500 ms/],
  [{ maxLatencyMs: 500 }, 'pass', /at most 500 ms/],
  [{ maxLatencyMs: 10 }, 'fail', /more than 10 ms/],
  [{ name: 'slow.test', maxLatencyMs: 500 }, 'fail', /more than 500 ms/],
  [{ name: 'nowhere.test' }, 'fail', /code is NXDOMAIN, not NOERROR/],
  [{ name: 'nowhere.test', rcode: 'NXDOMAIN' }, 'pass', /code is NXDOMAIN/],
  [{ name: 'servfail.test' }, 'fail', /code is SERVFAIL, not NOERROR/],
  [{ name: 'servfail.test', rcode: 'SERVFAIL' }, 'pass', /code is SERVFAIL/],
  [{ name: 'refused.test' }, 'fail', /code is REFUSED, not NOERROR/],
  [{ name: 'notimp.test' }, 'fail', /code is NOTIMP, not NOERROR/],
];
it.each(rows)('%j: %s', async (parameters, verdict, reason) => {
  const { status, body } = await dns(parameters);
  expect([body.probe?.verdict, body.probe?.failure]).toEqual([verdict, null]);
  expect(body.reason).toMatch(reason);
  expect(status).toBe(verdict === 'pass' ? 200 : 500);
});

const failures: [how: Misbehaviour, code: string][] = [
  ['garbage', 'answerUnreadable'],
  ['empty', 'answerUnreadable'],
  ['short', 'answerUnreadable'],
  ['pointer-loop', 'answerUnreadable'],
  ['cut', 'answerTruncated'],
  ['other-id', 'answerMismatched'],
  ['wrong-question', 'answerMismatched'],
  ['query-back', 'answerMismatched'],
  ['tc', 'answerTooLarge'],
  ['huge', 'answerTooLarge'],
];

async function failsWith(how: Misbehaviour, code: string): Promise<void> {
  const { status, body } = await dns({ name: `${how}.test`, timeoutMs: 1500 });
  expect(body.probe).toMatchObject({ verdict: 'error', failure: { code, source: 'target' } });
  expect([status, body.reason]).toEqual([500, expect.stringContaining('1.1.1.1')]);
}

it.each(failures)('an answer that is %s fails with %s', failsWith);

describe('without translation, which lets no stranger answer', () => {
  beforeAll(() => parts.lab.nat('lte', 'off'));
  afterAll(() => parts.lab.nat('lte', 'on'));

  it.each(['other-address', 'other-port'] as const)('an answer from %s is told as such', async (how) => {
    await failsWith(how, 'answerFromElsewhere');
  });
});

it.each(['other-id-first', 'twice'])('is not led astray by %s', async (how) => {
  const { status, body } = await dns({ name: `${how}.test`, answerIncludes: '192.0.2.80' });
  expect([status, body.probe?.verdict]).toEqual([200, 'pass']);
});

describe('no answer at all', () => {
  it.each([
    ['silent.test', '1.1.1.1', /^no answer from 1\.1\.1\.1/],
    ['web.test', silentAddress, /^no answer from 192\.0\.2\.1/],
    ['web.test', unreachableAddress, /1\.1\.1\.1 says host unreachable/],
    ['web.test', deafAddress, /9\.9\.9\.9 says port unreachable/],
  ])('to %s from %s fails', async (name, target, reason) => {
    const { body } = await dns({ name, target, timeoutMs: 1000 });
    expect(body.probe).toMatchObject({ verdict: 'fail', failure: null, dns: null });
    expect(body.reason).toMatch(reason);
  });

  it('from behind a filter has no verdict', async () => {
    const { body } = await dns({ target: prohibitedAddress, timeoutMs: 1000 });
    expect(body.probe).toMatchObject({ verdict: 'error', failure: { code: 'prohibited', source: 'target' } });
  });

  it('comes while the line is cut, and one comes again after', async () => {
    await parts.lab.relay.lte.set({ lossPercent: 100 });
    const lost = await dns({ timeoutMs: 1000 });
    await parts.lab.relay.lte.set({ lossPercent: 0 });
    expect([lost.body.probe?.verdict, lost.body.probe?.traffic.packetsReceived]).toEqual(['fail', 0]);
    expect((await dns({})).status).toBe(200);
  });
});

it('is the same over the bridge when the server is a name, asked for through the same uplink', async () => {
  await parts.dns.set({ 'ns.test': [{ type: 'A', data: '1.1.1.1' }] });
  parts.dns.forget();
  const sent = await sentDuring(async () => {
    const { status, body } = await dns({ target: 'ns.test' });
    expect([status, body.probe?.address]).toEqual([200, '1.1.1.1']);
  });
  expect(sent.fibre).toEqual([]);
  expect((await parts.dns.settled()).map(({ name, address }) => [name, address])).toEqual(
    expect.arrayContaining([
      ['ns.test', publicAddresses.lte],
      ['web.test', publicAddresses.lte],
    ]),
  );
});

it.each(['127.0.0.1', '192.168.2.10'])('does not ask this machine itself (%s)', async (target) => {
  const { status, body } = await dns({ target });
  expect([status, body.probe?.failure?.code]).toEqual([403, 'targetRefused']);
});
