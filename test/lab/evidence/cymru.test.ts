// Networks by Team Cymru's DNS, asked of the system's name servers and never by an uplink that is metered.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAgent } from '../agent.ts';
import type { Zones } from '../dns-server.ts';
import { run } from '../programs.ts';
import { type Evidence, ask, sentDuring, startEvidence, uplinks } from './kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'pathproof-cymru-'));
const resolvConf = join(folder, 'resolv.conf');
const server = '8.8.8.8';

const texts = (data: string): Zones[string] => [{ type: 'TXT', data }];
const zones: Zones = {
  '1.100.51.198.origin.asn.cymru.com': texts('64500 | 198.51.100.0/24 | DE | ripencc | 2001-01-01'),
  '1.1.1.1.origin.asn.cymru.com': texts('64501 64502 | 1.1.1.0/24 | US | arin | 2001-01-01'),
  'as64500.asn.cymru.com': texts('64500 | DE | ripencc | 2001-01-01 | Example Mobile, DE'),
};

let parts: Evidence;
beforeAll(async () => {
  writeFileSync(resolvConf, `nameserver ${server}\n`);
  // In the mount namespace of the tests alone.
  await run('agent', ['mount', '--bind', resolvConf, '/etc/resolv.conf']);
  parts = await startEvidence({ zones });
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
  await run('agent', ['umount', '/etc/resolv.conf']);
  rmSync(folder, { recursive: true });
});

/** An agent that knows nothing yet. */
const startAsking = (state: string) =>
  startAgent({ config: uplinks, env: { CYMRU_LOOKUP: 'true', STATE_DIR: join(folder, state) } });
const trace = { via: 'lte', target: '1.1.1.1', count: 1 };

/** How many questions for names left by each uplink. */
async function questionsDuring(work: () => Promise<unknown>): Promise<{ fibre: number; lte: number }> {
  const { fibre, lte } = await sentDuring(work);
  const questions = (sent: typeof fibre): number => sent.filter(({ port }) => port === 53).length;
  return { fibre: questions(fibre), lte: questions(lte) };
}

it('tells whose a hop is, asked by the uplink that is not metered', async () => {
  await using agent = await startAsking('told');
  const sent = await questionsDuring(async () => {
    const { body } = await ask(agent, 'traceroute', { ...trace, orgIncludes: 'AS64500' });
    expect(body.reason).toMatch(/the route crosses AS64500$/);
    expect(body.verdict).toBe('pass');
    const network = { asn: 64500, organisation: 'Example Mobile', prefix: '198.51.100.0/24', country: 'DE' };
    expect(body.probe?.traceroute?.hops[2]).toMatchObject({ network: { ...network, source: 'cymru' } });
  });
  expect(sent.lte).toBe(0);
  expect(sent.fibre).toBeGreaterThanOrEqual(3);
});

it('leaves an exclusion open where several networks announce an address', async () => {
  await using agent = await startAsking('several');
  const { body } = await ask(agent, 'traceroute', { ...trace, orgExcludes: 'AS64502' });
  expect(body.reason).toMatch(/nobody knows the network of hop 4/);
  expect(body.probe?.failure?.code).toBe('unjudged');
});

it('is not asked where the metered uplink leads to the name server', async () => {
  const route = [server, 'via', '192.168.2.1', 'dev', 'eth1'];
  await parts.lab.exec('agent', ['ip', 'route', 'add', ...route]);
  await using agent = await startAsking('metered');
  const sent = await questionsDuring(async () => {
    const { body } = await ask(agent, 'traceroute', { ...trace, orgIncludes: 'AS64500' });
    expect(body.probe?.failure?.code).toBe('unjudged');
  });
  await parts.lab.exec('agent', ['ip', 'route', 'del', ...route]);
  expect(sent).toEqual({ fibre: 0, lte: 0 });
});
