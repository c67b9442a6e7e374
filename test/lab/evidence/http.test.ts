// The http probe on real servers: by which uplink it fetches, each expectation met and missed, each fault by its name.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgent } from '../agent.ts';
import { type SecureName, secureNames } from '../authority.ts';
import { hostAddress6, silentAddress, unreachableAddress } from '../topology.ts';
import { oddPorts, pageText } from '../web-server.ts';
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
  ...Object.fromEntries(
    Object.keys(secureNames).map((name) => [name, [{ type: 'A', data: '1.1.1.1' } as const]]),
  ),
  'page.test': [
    { type: 'A', data: '1.1.1.1' },
    { type: 'AAAA', data: hostAddress6 },
  ],
  'inside.test': [{ type: 'A', data: '127.0.0.1' }],
} as const;

let parts: Evidence;
beforeAll(async () => {
  parts = await startEvidence({ zones });
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
});

const http = (target: string, parameters: Record<string, string | number> = {}) =>
  ask(parts.agent, 'http', { via: 'lte', target, ...parameters });

describe.each(['fibre', 'lte'] as const)('by %s', (via) => {
  it('asks for the name and fetches the page through that uplink alone', async () => {
    parts.dns.forget();
    parts.web.forget();
    const sent = await sentDuring(async () => {
      expect((await http('http://page.test/ok', { via })).status).toBe(200);
    });
    expect(via === 'fibre' ? sent.lte : sent.fibre).toEqual([]);
    expect(sent[via].some(({ protocol, port }) => protocol === 6 && port === 80)).toBe(true);
    expect(await parts.web.settled()).toMatchObject([
      { method: 'GET', path: '/ok', address: publicAddresses[via], headers: { host: 'page.test' } },
    ]);
    const asked = await parts.dns.asked('page.test');
    expect(new Set(asked.map(({ address }) => address))).toEqual(new Set([publicAddresses[via]]));
  });
});

it('tells the phases, the addresses and what it cost', async () => {
  const { body } = await http('https://valid.test/body');
  expect(body.probe).toMatchObject({
    kind: 'http',
    address: '1.1.1.1',
    via: { uplink: 'lte', interface: 'eth1', source: '192.168.2.10' },
    verdict: 'pass',
    http: { statusCode: 200, redirectsTo: null, bodyBytes: pageText.length + 1 },
  });
  const { http: figures, traffic } = body.probe ?? {};
  // A round trip by lte takes 20 ms: one for the connection, one at least for TLS, one for the answer.
  for (const ms of [figures?.connectMs, figures?.tlsMs, figures?.firstByteMs]) expect(ms).toBeGreaterThan(15);
  expect(figures?.totalMs).toBeGreaterThan(60);
  expect(figures?.certificateDaysLeft).toBeGreaterThan(80);
  expect(traffic?.bytesReceived).toBeGreaterThan(pageText.length);
  expect(traffic?.packetsSent).toBeGreaterThan(4);
});

it('fetches over IPv6', async () => {
  parts.web.forget();
  const { body } = await http('http://page.test/ok', { family: 6 });
  expect([body.probe?.verdict, body.probe?.address]).toEqual(['pass', hostAddress6]);
  expect(await parts.web.settled()).toMatchObject([{ address: 'fd00:2::10' }]);
});

const page = 'http://1.1.1.1';
const rows: [path: string, parameters: Record<string, string | number>, verdict: string, reason: RegExp][] = [
  ['/status/204', {}, 'pass', /204/],
  ['/status/404', {}, 'fail', /status 404 is not in 200-299/],
  ['/status/404', { statusCodes: '404' }, 'pass', /status 404 is in 404/],
  ['/status/503', { statusCodes: '200-299,404' }, 'fail', /status 503 is not in/],
  ['/portal', {}, 'fail', /status 302 is not in 200-299/],
  ['/portal', { redirectsTo: 'http://portal.test/' }, 'pass', /leads to http:\/\/portal\.test\/login/],
  ['/portal', { redirectsTo: 'https://one.example/' }, 'fail', /portal\.test\/login, not to/],
  ['/ok', { redirectsTo: 'http://portal.test/' }, 'fail', /./],
  ['/body', { bodyIncludes: 'the page of the lab' }, 'pass', /holds "the page of the lab"/],
  ['/body', { bodyIncludes: 'log in' }, 'fail', /does not hold "log in"/],
  ['/body', { bodyExcludes: 'log in' }, 'pass', /does not hold "log in"/],
  ['/body', { bodyExcludes: 'page' }, 'fail', /holds "page"/],
  ['/body', { method: 'HEAD' }, 'pass', /HTTP 200/],
  ['/body', { method: 'HEAD', bodyIncludes: 'page' }, 'error', /HEAD fetches no body/],
  ['/body', { certificateDaysLeft: 1 }, 'error', /http: shows no certificate/],
  ['/body', { maxLatencyMs: 2000 }, 'pass', /at most 2000 ms/],
  ['/body', { maxLatencyMs: 20 }, 'fail', /more than 20 ms/],
  ['/body', { minLatencyMs: 20 }, 'pass', /at least 20 ms/],
  ['/binary', {}, 'pass', /HTTP 200/],
];
it.each(rows)('%s %j: %s', async (path, parameters, verdict, reason) => {
  const { body } = await http(`${page}${path}`, parameters);
  expect(body.reason).toMatch(reason);
  expect(body.probe?.verdict).toBe(verdict);
});

it('follows no redirection', async () => {
  parts.web.forget();
  const to = encodeURIComponent('http://1.1.1.1/ok');
  const { body } = await http(`${page}/redirect?to=${to}`, { redirectsTo: 'http://1.1.1.1/ok' });
  expect(body.probe?.http).toMatchObject({ statusCode: 302, redirectsTo: 'http://1.1.1.1/ok' });
  expect((await parts.web.settled()).map(({ path }) => path)).toEqual([`/redirect?to=${to}`]);
});

describe('certificates', () => {
  it.each([
    ['valid.test', 30, 'pass'],
    ['soon.test', 2, 'pass'],
    ['soon.test', 30, 'fail'],
  ] as const)('of %s, %i days: %s', async (name, certificateDaysLeft, verdict) => {
    const { body } = await http(`https://${name}/ok`, { certificateDaysLeft });
    expect(body.probe?.verdict).toBe(verdict);
    expect(body.reason).toMatch(/the certificate is valid for [\d.]+ more days/);
  });

  it.each<SecureName>(['expired.test', 'wrong-name.test', 'self-signed.test'])(
    'of %s is not valid, and nothing is asked of it',
    async (name) => {
      parts.web.forget();
      const { body } = await http(`https://${name}/ok`);
      expect(body.probe).toMatchObject({
        verdict: 'error',
        failure: { code: 'certificateInvalid', source: 'target' },
      });
      expect((await parts.web.settled()).filter(({ method }) => method !== 'TLS')).toEqual([]);
    },
  );
});

describe('bad answers', () => {
  it.each([
    [`${page}/garbage`, 'answerUnreadable'],
    [`${page}/cut`, 'answerTruncated'],
    [`${page}/cut-head`, 'answerTruncated'],
    [`${page}/chunked-cut`, 'answerTruncated'],
    [`${page}/close`, 'answerTruncated'],
    [`${page}/slow`, 'answerTooSlow'],
    [`${page}/slow-body`, 'answerTooSlow'],
    [`${page}/endless-head`, 'answerTooLarge'],
    [`http://1.1.1.1:${oddPorts.noise}/`, 'answerUnreadable'],
    [`http://1.1.1.1:${oddPorts.hangUp}/`, 'answerTruncated'],
    [`http://1.1.1.1:${oddPorts.mute}/`, 'answerTooSlow'],
    [`https://1.1.1.1:${oddPorts.noise}/`, 'tlsFailed'],
    [`https://1.1.1.1:${oddPorts.hangUp}/`, 'tlsFailed'],
    ['https://1.1.1.1:80/', 'tlsFailed'],
  ])('%s: %s', async (url, code) => {
    const { body } = await http(url, { timeoutMs: 1500 });
    expect(body.probe).toMatchObject({ verdict: 'error', failure: { code, source: 'target' } });
    expect(body.reason).toContain('1.1.1.1');
  });

  it.each([
    ['/large', 'answerTooLarge'],
    ['/endless', 'answerEndless'],
  ])(
    '%s is fetched no further than it may, and then can not settle what the body holds: %s',
    async (path, code) => {
      const { body } = await http(`${page}${path}`, { bodyExcludes: 'log in' });
      expect(body.probe).toMatchObject({ verdict: 'error', failure: { code, source: 'target' } });
      expect(body.probe?.traffic.bytesReceived).toBeLessThan(8 << 20);
    },
  );

  it.each(['/large', '/endless'])('%s is no fault where nobody asks for the body', async (path) => {
    const { body } = await http(`${page}${path}`);
    expect(body.probe?.verdict).toBe('pass');
    expect(body.probe?.http?.bodyBytes).toBeLessThanOrEqual(64 << 10);
  });
});

describe('nobody there', () => {
  it.each([
    [deafAddress, /refused the connection/],
    [silentAddress, /no connection to 192\.0\.2\.1:80 within/],
    [unreachableAddress, /192\.0\.2\.2:80/],
  ])('at %s fails', async (address, reason) => {
    const { body } = await http(`http://${address}/`, { timeoutMs: 1500 });
    expect(body.probe).toMatchObject({ verdict: 'fail', failure: null });
    expect(body.reason).toMatch(reason);
  });

  it('for a name that does not exist is a fault of the resolver', async () => {
    const { body } = await http('http://nowhere.test/');
    expect(body.probe?.failure).toEqual({ code: 'nameUnresolved', source: 'resolver' });
  });
});

describe('what is refused', () => {
  it.each([
    ['http://127.0.0.1/', 403, 'targetRefused'],
    ['http://192.168.2.10/', 403, 'targetRefused'],
    ['file:///etc/passwd', 400, 'badRequest'],
    ['http://user:word@1.1.1.1/', 400, 'badRequest'],
    ['ftp://1.1.1.1/', 400, 'badRequest'],
    ['no url', 400, 'badRequest'],
  ])('%s', async (url, status, code) => {
    parts.web.forget();
    const answer = await http(url);
    expect([answer.status, answer.body.probe?.failure?.code]).toEqual([status, code]);
    expect(JSON.stringify(answer.body)).not.toContain('word@');
    expect(await parts.web.settled()).toEqual([]);
  });

  it('a name that stands for this machine', async () => {
    const { body } = await http('http://inside.test/');
    expect(body.probe?.failure).toEqual({ code: 'targetRefused', source: 'policy' });
  });
});

it('takes no notice of proxies in its environment', async () => {
  const proxy = `http://1.1.1.1:${oddPorts.noise}/`;
  await using agent = await startAgent({ config: uplinks, env: { http_proxy: proxy, ALL_PROXY: proxy } });
  const { body } = await ask(agent, 'http', { via: 'lte', target: `${page}/ok` });
  expect(body.probe?.verdict).toBe('pass');
});
