// Every assertion on real packets, once holding and once not, asked with ping-tool's headers where it had one.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import { type Lab, createLab, prohibitedAddress, silentAddress, unreachableAddress } from './topology.ts';

let lab: Lab;
let agent: Agent;

beforeAll(async () => {
  lab = await createLab();
  agent = await startAgent({ config: 'uplinks:\n  lte: { interface: eth1 }\n' });
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await lab.stop();
});

// The lte route: 192.168.2.1, 100.64.0.1, 198.51.100.1, 1.1.1.1; 20 ms.
const rows: [kind: string, headers: Record<string, string>, status: number, reason: RegExp][] = [
  ['ping', { MinLatencyMs: '10' }, 200, /minimum RTT [\d.]+ ms is at least 10 ms/],
  ['ping', { MinLatencyMs: '500' }, 500, /^minimum RTT [\d.]+ ms is less than 500 ms$/],
  ['ping', { MaxLatencyMs: '500' }, 200, /average RTT [\d.]+ ms is at most 500 ms/],
  ['ping', { MaxLatencyMs: '10' }, 500, /^average RTT [\d.]+ ms is more than 10 ms$/],
  ['ping', { MaxLossPercent: '0' }, 200, /0 % of the echoes were lost, at most 0 %/],
  ['ping', { MaxJitterMs: '400' }, 200, /jitter [\d.]+ ms is at most 400 ms/],
  ['ping', { MaxJitterMs: '0' }, 500, /^jitter [\d.]+ ms is more than 0 ms$/],
  ['traceroute', { MinLatencyMs: '10' }, 200, /minimum RTT/],
  ['traceroute', { MinLatencyMs: '500' }, 500, /is less than 500 ms/],
  [
    'traceroute',
    { RouteIncludeCsv: '192.168.2.1, 100.64.0.0/10' },
    200,
    /goes through 192\.168\.2\.1, 100\.64\.0\.0\/10/,
  ],
  ['traceroute', { RouteIncludeCsv: '192.168.0.1' }, 500, /^the route does not go through 192\.168\.0\.1$/],
  ['traceroute', { RouteExcludeCsv: '192.168.0.1' }, 200, /does not go through 192\.168\.0\.1/],
  [
    'traceroute',
    { RouteExcludeCsv: '198.51.100.0/24' },
    500,
    /goes through 198\.51\.100\.0\/24: hop 3 is 198\.51\.100\.1/,
  ],
  ['traceroute', { MinHops: '4', MaxHops: '4' }, 200, /4 hops, at least 4; the route has 4 hops, at most 4/],
  ['traceroute', { MinHops: '5' }, 500, /^the route has 4 hops, fewer than 5$/],
  ['traceroute', { MaxHops: '3' }, 500, /^the route has 4 hops, more than 3$/],
];

it.each(rows)('%s %j gives %d', async (kind, headers, status, reason) => {
  const answer = await agent.get(`/${kind}`, { Host: '1.1.1.1', Source: 'lte', Count: '2', ...headers });
  expect(answer.body.reason).toMatch(reason);
  expect(answer.status).toBe(status);
  expect(answer.body.result).toBe(status === 200 ? 'OK' : 'error');
  expect(answer.body.probe?.verdict).toBe(status === 200 ? 'pass' : 'fail');
});

it.each(['HopsMustIncludeOrg', 'HopsMustExcludeOrg'])(
  '%s is unknown without a source of networks, and nothing unknown passes',
  async (header) => {
    const answer = await agent.get('/traceroute', { Host: '1.1.1.1', Source: 'lte', [header]: 'AS64500' });
    expect(answer.status).toBe(500);
    expect(answer.body.probe).toMatchObject({
      verdict: 'error',
      failure: { code: 'unjudged', source: 'local' },
      findings: [{ status: 'pass' }, { status: 'unknown' }],
    });
    expect(answer.body.reason).toContain('nobody knows the network of hops 3 and 4');
  },
);

it('fails a target that never answers, though nothing was asserted', async () => {
  const answer = await agent.get(`/ping?target=${silentAddress}&via=lte&waitMs=100&count=2`);
  expect(answer.status).toBe(500);
  expect(answer.body.reason).toBe('no reply to 2 echoes');
  expect(answer.body.probe).toMatchObject({
    verdict: 'fail',
    failure: null,
    ping: { sent: 2, received: 0, lossPercent: 100, rttsMs: [], minMs: null },
  });
});

it('fails a silent target of a trace, and shows the hops that answered', async () => {
  const answer = await agent.get(`/traceroute?target=${silentAddress}&via=lte&waitMs=150&count=1`);
  expect(answer.body.probe?.verdict).toBe('fail');
  const route = answer.body.probe?.traceroute;
  expect(route?.reached).toBe(false);
  expect(route?.hops.map(({ address }) => address)).toEqual(['192.168.2.1', '100.64.0.1', '198.51.100.1']);
});

it('says what the network said of a target that is unreachable', async () => {
  const answer = await agent.get(`/ping?target=${unreachableAddress}&via=lte&waitMs=500&count=1`);
  expect(answer.status).toBe(500);
  expect(answer.body.probe).toMatchObject({ verdict: 'fail', failure: null });
  expect(answer.body.reason).toBe('no reply to 1 echoes: 1.1.1.1 says host unreachable');
});

it.each(['ping', 'traceroute'])('has no verdict on a target that a filter forbids a %s to', async (kind) => {
  const query = `target=${prohibitedAddress}&via=lte&waitMs=500&count=1&maxLossPercent=0`;
  const { status, body } = await agent.get(`/${kind}?${query}`);
  expect(status).toBe(500);
  expect(body.reason).toBe(
    '1.1.1.1 says administratively prohibited: a filter there lets no such packet to 192.0.2.3 pass',
  );
  expect(body.probe).toMatchObject({
    verdict: 'error',
    failure: { code: 'prohibited', source: 'target' },
    findings: [],
  });
  expect(body.probe?.traceroute?.hops.map(({ address }) => address)).toEqual(
    kind === 'ping' ? undefined : lab.uplinks.lte.hops,
  );
});

it('reports loss, and judges it', async () => {
  await lab.relay.lte.set({ lossPercent: 100 });
  const lost = await agent.get('/ping?target=1.1.1.1&via=lte&waitMs=100&count=1', { MaxLossPercent: '50' });
  await lab.relay.lte.set({ lossPercent: 0 });
  expect(lost.status).toBe(500);
  expect(lost.body.reason).toContain('100 % of the echoes were lost, more than 50 %');
});

it('counts an answer once that the network delivers twice', async () => {
  await lab.relay.lte.set({ duplicatePercent: 100 });
  const answer = await agent.get('/ping?target=1.1.1.1&via=lte&count=3&intervalMs=50');
  await lab.relay.lte.set({ duplicatePercent: 0 });
  expect(answer.body.probe?.ping).toMatchObject({ sent: 3, received: 3 });
});

it('leaves an exclusion unknown that a silent hop might break, unless silent hops are allowed', async () => {
  await lab.silenceHop('lte', 2);
  const query = '/traceroute?target=1.1.1.1&via=lte&count=1&routeExcludes=192.168.0.1';
  const closed = await agent.get(query);
  expect(closed.body.probe?.verdict).toBe('error');
  expect(closed.body.reason).toContain('hop 2 stayed silent');
  const lenient = await agent.get(`${query}&maxSilentHops=1`);
  expect(lenient.status).toBe(200);
  expect(lenient.body.probe?.traceroute?.hops.map(({ address }) => address)).toEqual([
    '192.168.2.1',
    null,
    '198.51.100.1',
    '1.1.1.1',
  ]);
});
