// Names are asked for through the uplink that the probe leaves by: of whom, for how long they count, and what if nobody
// answers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgent } from '../agent.ts';
import { startNameServer } from '../dns-server.ts';
import { run } from '../programs.ts';
import { hostAddress6, silentAddress } from '../topology.ts';
import { type Evidence, ask, deafAddress, publicAddresses, sentDuring, startEvidence } from './kit.ts';

const zones = {
  'long.test': [{ type: 'A', data: '1.1.1.1', ttl: 600 }],
  'short.test': [{ type: 'A', data: '1.1.1.1', ttl: 1 }],
  'kept.test': [{ type: 'A', data: '1.1.1.1', ttl: 1 }],
  'moves.test': [{ type: 'A', data: silentAddress, ttl: 1 }],
  'alias.test': [{ type: 'CNAME', data: 'long.test' }],
  'six.test': [{ type: 'AAAA', data: hostAddress6 }],
  'here.test': [{ type: 'A', data: '1.1.1.1' }],
} as const;

const folder = mkdtempSync(join(tmpdir(), 'pathproof-resolving-'));
const resolvConf = join(folder, 'resolv.conf');
const systemAsks = (address: string): void => writeFileSync(resolvConf, `nameserver ${address}\n`);

let parts: Evidence;
beforeAll(async () => {
  systemAsks('8.8.8.8');
  // In the mount namespace of the tests alone.
  await run('agent', ['mount', '--bind', resolvConf, '/etc/resolv.conf']);
  parts = await startEvidence({ zones });
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
  await run('agent', ['umount', '/etc/resolv.conf']);
  rmSync(folder, { recursive: true });
});

const ping = async (target: string, parameters: Record<string, string | number> = {}, agent = parts.agent) =>
  (await ask(agent, 'ping', { via: 'lte', target, count: 1, ...parameters })).body;

it.each([
  ['fibre', '8.8.8.8'],
  ['lte', '1.1.1.1'],
] as const)("by %s asks that uplink's server through it", async (via, server) => {
  parts.dns.forget();
  const sent = await sentDuring(async () => {
    expect((await ping('here.test', { via })).probe).toMatchObject({ verdict: 'pass', address: '1.1.1.1' });
  });
  const questions = sent[via].filter(({ port }) => port === 53);
  expect(questions.length).toBeGreaterThanOrEqual(1);
  expect(questions.every(({ destination }) => destination === server)).toBe(true);
  expect(via === 'fibre' ? sent.lte : sent.fibre).toEqual([]);
  const asked = await parts.dns.asked('here.test');
  expect(asked.every(({ address, to }) => address === publicAddresses[via] && to === server)).toBe(true);
});

it('counts what the question cost', async () => {
  const first = await ping('alias.test');
  const second = await ping('alias.test');
  expect([first.probe?.address, second.probe?.traffic.packetsSent]).toEqual(['1.1.1.1', 1]);
  expect(first.probe?.traffic.packetsSent).toBeGreaterThan(1);
});

it('resolves a name of IPv6 alone', async () => {
  expect((await ping('six.test', { family: 6 })).probe).toMatchObject({
    verdict: 'pass',
    address: hostAddress6,
  });
});

const timesAsked = async (name: string): Promise<number> => (await parts.dns.asked(name)).length;

it("asks once within a record's lifetime, and again after it", async () => {
  parts.dns.forget();
  await ping('long.test');
  const first = await timesAsked('long.test');
  await ping('long.test');
  expect(await timesAsked('long.test')).toBe(first);

  await ping('short.test', { via: 'fibre' });
  const before = await timesAsked('short.test');
  const askedAgain = async () => {
    await ping('short.test', { via: 'fibre' });
    return (await timesAsked('short.test')) > before;
  };
  await expect.poll(askedAgain).toBe(true);
});

it('asks by a metered uplink once, until nobody is where the name leads', async () => {
  const addressOf = async () => (await ping('moves.test', { timeoutMs: 1500 })).probe?.address;
  expect(await addressOf()).toBe(silentAddress);
  await parts.dns.set({ 'moves.test': [{ type: 'A', data: '1.1.1.1', ttl: 1 }] });
  expect(await addressOf()).toBe('1.1.1.1');
  parts.dns.forget();
  await parts.dns.set({ 'moves.test': [{ type: 'A', data: '8.8.8.8', ttl: 1 }] });
  expect([await addressOf(), await timesAsked('moves.test')]).toEqual(['1.1.1.1', 0]);
});

it('keeps the last good address when the server goes silent', async () => {
  expect((await ping('kept.test', { via: 'fibre' })).verdict).toBe('pass');
  await parts.dns.set({ 'kept.test': 'silent' });
  parts.dns.forget();
  const probed = async () => {
    const { probe } = await ping('kept.test', { via: 'fibre', timeoutMs: 5000 });
    return { asked: (await timesAsked('kept.test')) > 0, verdict: probe?.verdict, address: probe?.address };
  };
  await expect.poll(probed).toEqual({ asked: true, verdict: 'pass', address: '1.1.1.1' });
});

it.each([
  ['silent.test', 'resolverTimeout'],
  ['nowhere.test', 'nameUnresolved'],
  ['servfail.test', 'nameUnresolved'],
  ['refused.test', 'nameUnresolved'],
])('%s, never known before, is a fault of the resolver: %s', async (name, code) => {
  const { probe, reason } = await ping(name, { timeoutMs: 3000 });
  expect(probe).toMatchObject({ verdict: 'error', failure: { code, source: 'resolver' } });
  expect(reason).toContain(name);
});

describe('whom it asks', () => {
  const lte = (servers: string): string => `uplinks:\n  lte: { interface: eth1${servers} }\n`;

  it('the next of its servers where one is silent or deaf', async () => {
    const config = lte(`, dnsServers: [${silentAddress}, ${deafAddress}, 1.1.1.1]`);
    await using agent = await startAgent({ config });
    expect((await ping('here.test', {}, agent)).verdict).toBe('pass');
  });

  it("the system's, through the uplink, where it has none of its own", async () => {
    await using agent = await startAgent({ config: lte('') });
    parts.dns.forget();
    expect((await ping('here.test', {}, agent)).verdict).toBe('pass');
    expect((await parts.dns.asked('here.test'))[0]).toMatchObject({
      address: publicAddresses.lte,
      to: '8.8.8.8',
    });
  });

  it("the gateway, where the system's is this machine itself", async () => {
    systemAsks('127.0.0.53');
    const options = { node: 'ap', addresses: ['192.168.2.1'] };
    await using gateway = await startNameServer({ 'near.test': [{ type: 'A', data: '1.1.1.1' }] }, options);
    await using agent = await startAgent({ config: lte('') });
    expect((await ping('near.test', {}, agent)).verdict).toBe('pass');
    expect((await gateway.asked('near.test'))[0]).toMatchObject({ address: '192.168.2.10' });
  });
});
