// Host names: resolved by the system, remembered when it fails, and never a way to probe this machine by accident.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Agent, startAgent } from '../lab/agent.ts';
import { run } from '../lab/programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'pathproof-names-'));
const [hosts, resolver] = [join(folder, 'hosts'), join(folder, 'resolv.conf')];
let agent: Agent;

const setHosts = (...lines: string[]): void => writeFileSync(hosts, `${lines.join('\n')}\n`);

beforeAll(async () => {
  setHosts('127.0.0.1 target.test bridge.test', '255.255.255.255 all.test');
  writeFileSync(resolver, 'nameserver 127.0.0.1\noptions attempts:1 timeout:1\n');
  // In the mount namespace of the tests alone.
  await run('agent', ['mount', '--bind', hosts, '/etc/hosts']);
  await run('agent', ['mount', '--bind', resolver, '/etc/resolv.conf']);
  agent = await startAgent();
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await run('agent', ['umount', '/etc/hosts']);
  await run('agent', ['umount', '/etc/resolv.conf']);
  rmSync(folder, { recursive: true });
});

const ping = (target: string) => agent.get(`/ping?target=${target}&count=1`);

it('resolves a name and says which address it stood for', async () => {
  const { status, body } = await ping('target.test');
  expect(status).toBe(200);
  expect(body.probe).toMatchObject({ target: 'target.test', address: '127.0.0.1' });
});

it('says that a name can not be resolved, as a fault of the resolver', async () => {
  const { status, body } = await ping('nowhere.test');
  expect(status).toBe(500);
  expect(body.probe?.failure).toEqual({ code: 'nameUnresolved', source: 'resolver' });
  expect(body.reason).toMatch(/^nowhere\.test could not be resolved \(E/);
});

it('says that a name has no address of the family that is asked for', async () => {
  const { body } = await agent.get('/ping?target=target.test&count=1&family=6');
  expect(body.probe?.failure).toEqual({ code: 'nameUnresolved', source: 'resolver' });
  expect(body.reason).toMatch(/^target\.test (could not be resolved \(E|has no IPv6 address)/);
});

it('keeps the last good address of a name that can not be resolved any more, and says so', async () => {
  const known = await ping('target.test');
  expect(known.status).toBe(200);
  expect(known.body.reason).not.toContain('last known');
  setHosts('127.0.0.1 bridge.test', '255.255.255.255 all.test');
  const { body } = await ping('target.test');
  expect(body.probe).toMatchObject({ verdict: 'pass', address: '127.0.0.1' });
  expect(body.reason).toMatch(/ \(target\.test's last known address\)$/);
});

it('checks the address that a name stands for', async () => {
  const { status, body } = await ping('all.test');
  expect(status).toBe(403);
  expect(body.reason).toBe('target: all.test stands for 255.255.255.255, which is a broadcast address');
});

it('refuses a Host header that leads to this machine under whatever name, and lets Target name it', async () => {
  const byHost = await agent.get('/ping', { Host: 'bridge.test', Count: '1' });
  expect(byHost.status).toBe(400);
  expect(byHost.body.reason).toContain('bridge.test is this machine itself (127.0.0.1)');
  const byTarget = await agent.get('/ping', { Host: 'bridge.test', Target: 'bridge.test', Count: '1' });
  expect(byTarget.status).toBe(200);
});
