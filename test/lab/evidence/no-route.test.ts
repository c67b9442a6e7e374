// TCP by an uplink that has no default route: said at once, with the command that mends it, which does.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Evidence, ask, sentDuring, startEvidence } from './kit.ts';

let parts: Evidence;
beforeAll(async () => {
  parts = await startEvidence({ lab: { fibre: { nat: true }, lte: { nat: true, defaultRoute: false } } });
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
});

const fetched = async () =>
  (await ask(parts.agent, 'http', { via: 'lte', target: 'http://1.1.1.1/ok' })).body;

it('has no verdict without a route, sends nothing, and names the command that gives it one', async () => {
  // Without a default route nobody knows the gateway but the file.
  parts.agent.writeConfig(
    'uplinks:\n  lte: { interface: eth1, gateway: 192.168.2.1, dnsServers: [1.1.1.1] }\n',
  );
  parts.agent.child.kill('SIGHUP');
  await parts.agent.until('a reload', () => parts.agent.said('is reloaded') !== undefined);

  let reason = '';
  const sent = await sentDuring(async () => {
    const body = await fetched();
    expect(body.probe).toMatchObject({ verdict: 'error', failure: { code: 'noRoute', source: 'uplink' } });
    reason = body.reason;
  });
  expect([sent.fibre, sent.lte]).toEqual([[], []]);
  const [command] = /ip route add default via 192\.168\.2\.1 dev eth1 metric \d+/.exec(reason) ?? [];
  expect(command, reason).toBeDefined();

  await parts.lab.exec('agent', (command ?? '').split(' '));
  await expect.poll(async () => (await fetched()).verdict).toBe('pass');
  expect((await parts.web.settled()).at(-1)).toMatchObject({ address: parts.lab.uplinks.lte.nat });
});

it('does not keep packets from leaving, which are pinned to the gateway', async () => {
  await parts.lab.exec('agent', ['ip', 'route', 'del', 'default', 'dev', 'eth1']);
  const { status } = await ask(parts.agent, 'ping', { via: 'lte', target: '1.1.1.1', count: 1 });
  expect(status).toBe(200);
});
