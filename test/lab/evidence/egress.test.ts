// The egress probe on real STUN servers and pages: which address the world sees by which uplink, behind a translating
// gateway and not, and what is made of servers that are broken or lie.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgent } from '../agent.ts';
import { type StunMode, stunPort } from '../stun-server.ts';
import { hostAddress6 } from '../topology.ts';
import {
  type Evidence,
  ask,
  deafAddress,
  publicAddresses,
  sentDuring,
  startEvidence,
  uplinks,
} from './kit.ts';

const zones = {
  'stun.test': [{ type: 'A', data: '8.8.8.8' }],
  'valid.test': [{ type: 'A', data: '1.1.1.1' }],
} as const;

let parts: Evidence;
beforeAll(async () => {
  parts = await startEvidence({ zones });
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
});

const stunAt = (mode: StunMode, host = '1.1.1.1'): string => `stun:${host}:${stunPort(mode)}`;
const egress = (target: string, parameters: Record<string, string | number> = {}) =>
  ask(parts.agent, 'egress', { via: 'lte', target, ...parameters });

describe.each(['fibre', 'lte'] as const)('by %s', (via) => {
  it('has a public address of its own, asked for with a packet each way, by that uplink alone', async () => {
    parts.stun.forget();
    const sent = await sentDuring(async () => {
      const { status, body } = await egress(stunAt('usual'), { via });
      expect(status).toBe(200);
      expect(body.probe).toMatchObject({
        address: '1.1.1.1',
        egress: { address: publicAddresses[via], behindNat: true, server: stunAt('usual') },
        traffic: { packetsSent: 1, packetsReceived: 1 },
      });
      const { bytesSent = NaN, bytesReceived = NaN } = body.probe?.traffic ?? {};
      expect(bytesSent + bytesReceived).toBeLessThanOrEqual(200);
    });
    expect(sent[via]).toMatchObject([{ destination: '1.1.1.1', protocol: 17, port: 3478 }]);
    expect(via === 'fibre' ? sent.lte : sent.fibre).toEqual([]);
    expect(await parts.stun.settled()).toMatchObject([{ address: publicAddresses[via] }]);
  });

  it('has the same address in the eyes of a page', async () => {
    const sent = await sentDuring(async () => {
      const { body } = await egress('https://valid.test/ip', { via });
      expect(body.probe).toMatchObject({
        verdict: 'pass',
        egress: { address: publicAddresses[via], behindNat: true, server: 'https://valid.test/ip' },
      });
    });
    expect(via === 'fibre' ? sent.lte : sent.fibre).toEqual([]);
  });
});

it("asks for a server's name through the same uplink", async () => {
  parts.dns.forget();
  const { body } = await egress('stun:stun.test:3478');
  expect([body.probe?.address, body.probe?.egress?.address]).toEqual(['8.8.8.8', publicAddresses.lte]);
  expect(await parts.dns.asked('stun.test')).toMatchObject([{ address: publicAddresses.lte, to: '1.1.1.1' }]);
});

it('is behind no translation over IPv6', async () => {
  const { body } = await egress(stunAt('usual', `[${hostAddress6}]`), { family: 6 });
  expect(body.probe?.egress).toMatchObject({ address: 'fd00:2::10', behindNat: false });
});

const rows: [parameters: Record<string, string | number>, verdict: string, reason: RegExp][] = [
  [{ addressIncludes: '198.51.100.0/24' }, 'pass', /198\.51\.100\.200 is in 198\.51\.100\.0\/24/],
  [{ addressIncludes: '203.0.113.0/24,198.51.100.200' }, 'pass', /is in 198\.51\.100\.200/],
  [{ addressIncludes: '203.0.113.0/24' }, 'fail', /198\.51\.100\.200 is not in 203\.0\.113\.0\/24/],
  [{ addressExcludes: '203.0.113.0/24' }, 'pass', /is not in 203\.0\.113\.0\/24/],
  [{ addressExcludes: '198.51.100.0/24' }, 'fail', /is in 198\.51\.100\.0\/24/],
  [{ orgIncludes: 'AS64500' }, 'error', /nobody knows the network of 198\.51\.100\.200/],
  [{ orgExcludes: 'AS64500' }, 'error', /nobody knows the network of 198\.51\.100\.200/],
  [{ countryIncludes: 'DE' }, 'error', /nobody knows the country of 198\.51\.100\.200/],
  [{ minLatencyMs: 10 }, 'pass', /at least 10 ms/],
  [{ minLatencyMs: 500 }, 'fail', /less than 500 ms/],
  [{ maxLatencyMs: 10 }, 'fail', /more than 10 ms/],
];
it.each(rows)('%j: %s', async (parameters, verdict, reason) => {
  const { body } = await egress(stunAt('usual'), parameters);
  expect(body.reason).toMatch(reason);
  expect(body.probe?.verdict).toBe(verdict);
});

it.each<StunMode>(['old', 'both', 'software-first', 'other-id-first', 'twice', 'slow'])(
  'sees through a server that is %s',
  async (mode) => {
    const { body } = await egress(stunAt(mode));
    expect([body.probe?.verdict, body.probe?.egress?.address]).toEqual(['pass', publicAddresses.lte]);
  },
);

const stunFailures: [mode: StunMode, code: string][] = [
  ['garbage', 'answerUnreadable'],
  ['empty', 'answerUnreadable'],
  ['short', 'answerUnreadable'],
  ['no-address', 'answerUnreadable'],
  ['error-420', 'answerUnreadable'],
  ['error-500', 'answerUnreadable'],
  ['cut', 'answerTruncated'],
  ['cut-attribute', 'answerTruncated'],
  ['long-attribute', 'answerTruncated'],
  ['other-id', 'answerMismatched'],
  ['request-back', 'answerMismatched'],
  ['other-family', 'answerMismatched'],
];

async function failsWith(target: string, code: string): Promise<void> {
  const { body } = await egress(target, { timeoutMs: 1500 });
  expect(body.probe).toMatchObject({ verdict: 'error', failure: { code, source: 'target' }, egress: null });
}

it.each(stunFailures)('a STUN answer that is %s fails with %s', async (mode, code) => {
  await failsWith(stunAt(mode), code);
});

it.each([
  ['not-an-ip', 'answerUnreadable'],
  ['garbage', 'answerUnreadable'],
  ['ip6-lie', 'answerMismatched'],
  ['cut', 'answerTruncated'],
  ['slow-body', 'answerTooSlow'],
])('a page that is %s fails with %s', async (path, code) => {
  await failsWith(`http://1.1.1.1/${path}`, code);
});

it.each([stunAt('lie'), 'http://1.1.1.1/ip-lie'])(
  'a private address told by %s proves nothing',
  async (target) => {
    const { body } = await egress(target, { orgExcludes: 'AS64500' });
    expect(body.probe?.verdict).toBe('error');
  },
);

describe('without translation', () => {
  beforeAll(() => parts.lab.nat('lte', 'off'));
  afterAll(() => parts.lab.nat('lte', 'on'));

  it.each([stunAt('usual'), 'http://1.1.1.1/ip'])('says so, asked %s', async (target) => {
    const { body } = await egress(target);
    expect(body.probe?.egress).toMatchObject({ address: '192.168.2.10', behindNat: false });
  });

  it.each(['other-address', 'other-port'] as const)('an answer from %s is told as such', async (mode) => {
    await failsWith(stunAt(mode), 'answerFromElsewhere');
  });
});

it.each([
  [stunAt('silent'), /./],
  [`stun:${deafAddress}:3478`, /9\.9\.9\.9 says port unreachable/],
])('no answer from %s fails', async (target, reason) => {
  const { body } = await egress(target, { timeoutMs: 1500 });
  expect(body.probe).toMatchObject({ verdict: 'fail', failure: null, egress: null });
  expect(body.reason).toMatch(reason);
});

describe('without a target', () => {
  const asking = (servers: readonly string[]) =>
    startAgent({ config: `${uplinks}egress:\n  servers: ${JSON.stringify(servers)}\n` });

  it.each([
    ['a page after a silent STUN server', [stunAt('silent'), 'http://1.1.1.1/ip'], 1],
    ['the next STUN server after one that is broken', [stunAt('garbage'), stunAt('usual')], 1],
    ['the next page after one of the other family', ['http://1.1.1.1/ip6-lie', 'http://8.8.8.8/ip'], 1],
    ['the first that answers', [stunAt('usual', '8.8.8.8'), 'http://1.1.1.1/ip'], 0],
  ])('asks %s', async (_what, servers, answering) => {
    await using agent = await asking(servers);
    const { body } = await ask(agent, 'egress', { via: 'lte' });
    expect(body.probe).toMatchObject({
      verdict: 'pass',
      target: null,
      egress: { address: publicAddresses.lte, server: servers[answering] },
    });
  });

  it('fails where none answers', async () => {
    await using agent = await asking([stunAt('silent'), `stun:${deafAddress}:3478`]);
    const { body } = await ask(agent, 'egress', { via: 'lte', timeoutMs: 3000 });
    expect(body.probe).toMatchObject({ verdict: 'fail', egress: null });
    expect(body.reason).toMatch(/no server told the public address/);
  });
});

it.each([
  ['stun:127.0.0.1:3478', 403, 'targetRefused'],
  ['http://127.0.0.1/ip', 403, 'targetRefused'],
  ['stun:1.1.1.1', 400, 'badRequest'],
  ['stun:1.1.1.1:70000', 400, 'badRequest'],
  ['turn:1.1.1.1:3478', 400, 'badRequest'],
  ['http://user:word@1.1.1.1/', 400, 'badRequest'],
])('%s is refused', async (target, status, code) => {
  const answer = await egress(target);
  expect([answer.status, answer.body.probe?.failure?.code]).toEqual([status, code]);
});
