// Whose networks a route crosses and a public address lies in: from a file, and over the network but never by an uplink
// that is metered.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeMmdb } from '../../fixtures/mmdb.ts';
import { startAgent } from '../agent.ts';
import { type Evidence, ask, sentDuring, startEvidence, uplinks } from './kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'pathproof-networks-'));
const database = join(folder, 'networks.mmdb');

const network = (asn: string, as_name: string, as_domain: string, country_code: string) => ({
  ...{ asn, as_name, as_domain, country_code },
  ...{ country: 'Somewhere', continent: 'Somewhere', continent_code: 'EU' },
});
const carrier = network('AS64500', 'Example Mobile', 'carrier.example', 'DE');
const resolver = network('AS64501', 'Example Resolver, Inc.', 'resolver.example', 'US');

let parts: Evidence;
beforeAll(async () => {
  // Neither fibre's network nor that of 8.8.8.8 is in it.
  writeMmdb(database, { '198.51.100.0/24': carrier, '1.1.1.0/24': resolver });
  const env = { ASN_DATABASE_FILE: database, STATE_DIR: join(folder, 'state') };
  parts = await startEvidence({ agent: { config: uplinks, env } });
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

type Row = [target: string, parameters: Record<string, string>, verdict: string, reason: RegExp];

// The route by lte: two private hops, the carrier's, and the target's.
const ofRoutes: Row[] = [
  ['1.1.1.1', { orgIncludes: 'AS64500' }, 'pass', /crosses AS64500/],
  ['1.1.1.1', { orgIncludes: 'example mobile,resolver.example' }, 'pass', /crosses example mobile/],
  ['1.1.1.1', { orgIncludes: 'AS6450' }, 'fail', /does not cross AS6450/],
  ['1.1.1.1', { orgExcludes: 'AS64502,somebody else' }, 'pass', /does not cross AS64502/],
  ['1.1.1.1', { orgExcludes: 'EXAMPLE RESOLVER' }, 'fail', /hop 4 is 1\.1\.1\.1/],
  ['1.1.1.1', { asPathIncludes: 'AS64500,AS64501' }, 'pass', /AS64500, then AS64501/],
  ['1.1.1.1', { asPathIncludes: 'AS64501,AS64500' }, 'fail', /does not cross AS64501, then AS64500/],
  ['1.1.1.1', { countriesExclude: 'FR,NL' }, 'pass', /none of FR, NL/],
  ['1.1.1.1', { countriesExclude: 'us' }, 'fail', /crosses US/],
  ['8.8.8.8', { orgIncludes: 'AS64500' }, 'pass', /crosses AS64500/],
  ['8.8.8.8', { orgIncludes: 'AS64501' }, 'error', /nobody knows the network of hop 4/],
  ['8.8.8.8', { orgExcludes: 'AS64501' }, 'error', /nobody knows the network of hop 4/],
  ['8.8.8.8', { orgExcludes: 'AS64500' }, 'fail', /hop 3 is 198\.51\.100\.1/],
  ['8.8.8.8', { asPathIncludes: 'AS64500,AS64501' }, 'error', /nobody knows the network of hop 4/],
  ['8.8.8.8', { countriesExclude: 'FR' }, 'error', /nobody knows the country of hop 4/],
  ['8.8.8.8', { countriesExclude: 'DE' }, 'fail', /crosses DE/],
];
it.each(ofRoutes)('a route to %s, %j: %s', async (target, parameters, verdict, reason) => {
  const { body } = await ask(parts.agent, 'traceroute', { via: 'lte', target, count: 1, ...parameters });
  expect(body.reason).toMatch(reason);
  expect(body.probe?.verdict).toBe(verdict);
});

it('tells of each hop whose it is, and of private ones that they are', async () => {
  const { body } = await ask(parts.agent, 'traceroute', { via: 'lte', target: '1.1.1.1', count: 1 });
  expect(body.probe?.traceroute?.hops).toMatchObject([
    { scope: 'private', network: null },
    { scope: 'shared', network: null },
    {
      scope: 'public',
      network: {
        asn: 64500,
        organisation: 'Example Mobile',
        domain: 'carrier.example',
        prefix: '198.51.100.0/24',
        country: 'DE',
      },
    },
    { scope: 'public', network: { asn: 64501 } },
  ]);
});

const ofEgress: Row[] = [
  ['lte', { orgIncludes: 'AS64500' }, 'pass', /belongs to/],
  ['lte', { orgIncludes: 'AS64501' }, 'fail', /not to AS64501/],
  ['lte', { orgExcludes: 'AS64501' }, 'pass', /not to AS64501/],
  ['lte', { orgExcludes: 'example mobile' }, 'fail', /belongs to/],
  ['lte', { countryIncludes: 'DE,FR' }, 'pass', /is in DE/],
  ['lte', { countryIncludes: 'FR' }, 'fail', /is in DE, not in FR/],
  ['fibre', { orgIncludes: 'AS64500' }, 'error', /nobody knows the network of 203\.0\.113\.200/],
  ['fibre', { orgExcludes: 'AS64500' }, 'error', /nobody knows the network of 203\.0\.113\.200/],
  ['fibre', { countryIncludes: 'DE' }, 'error', /nobody knows the country of 203\.0\.113\.200/],
];
it.each(ofEgress)('a public address by %s, %j: %s', async (via, parameters, verdict, reason) => {
  const { body } = await ask(parts.agent, 'egress', { via, target: 'stun:1.1.1.1:3478', ...parameters });
  expect(body.reason).toMatch(reason);
  expect(body.probe?.verdict).toBe(verdict);
});

it('reads the file anew when it is replaced', async () => {
  const asked = { via: 'lte', target: '8.8.8.8', count: 1, orgIncludes: 'AS64503' };
  const verdict = async () => (await ask(parts.agent, 'traceroute', asked)).body.verdict;
  expect(await verdict()).toBe('error');
  const added = network('AS64503', 'Example Added', 'added.example', 'SE');
  writeMmdb(database, { '198.51.100.0/24': carrier, '1.1.1.0/24': resolver, '8.8.8.0/24': added });
  await expect.poll(verdict, { timeout: 15_000, interval: 500 }).toBe('pass');
});

describe('asked over the network', () => {
  const server = '8.8.8.8';
  const env = (state: string) => ({
    IPINFO_TOKEN: 'lab-token-of-networks',
    IPINFO_URL: `https://${server}`,
    // Where the lab's authority stands in for everybody's.
    NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt',
    STATE_DIR: join(folder, state),
  });
  const trace = { via: 'lte', target: '1.1.1.1', count: 1, orgIncludes: 'AS64510' };
  /** By whichever uplink packets went to the server. */
  const lookedUpBy = async (work: () => Promise<unknown>): Promise<string[]> => {
    const sent = await sentDuring(work);
    return (['fibre', 'lte'] as const).filter((name) =>
      sent[name].some(({ destination }) => destination === server),
    );
  };

  it('asks by the uplink that is not metered', async () => {
    await using agent = await startAgent({ config: uplinks, env: env('unmetered') });
    parts.web.forget();
    const by = await lookedUpBy(async () => {
      expect((await ask(agent, 'traceroute', trace)).body.verdict).toBe('pass');
    });
    expect(by).toEqual(['fibre']);
    // Nobody is told of private addresses.
    const asked = (await parts.web.settled()).map(({ path }) => path).join(' ');
    expect(asked).toContain('198.51.100.1');
    expect(asked).not.toMatch(/192\.168\.|100\.64\./);
  });

  it('asks nobody where the metered one leads there', async () => {
    const route = [server, 'via', '192.168.2.1', 'dev', 'eth1'];
    await parts.lab.exec('agent', ['ip', 'route', 'add', ...route]);
    await using agent = await startAgent({ config: uplinks, env: env('metered') });
    const by = await lookedUpBy(async () => {
      const { body } = await ask(agent, 'traceroute', trace);
      expect([body.verdict, body.probe?.failure?.code]).toEqual(['error', 'unjudged']);
    });
    await parts.lab.exec('agent', ['ip', 'route', 'del', ...route]);
    expect(by).toEqual([]);
  });

  it('asks once for what it knows by then', async () => {
    await using agent = await startAgent({ config: uplinks, env: env('unmetered') });
    expect((await ask(agent, 'traceroute', trace)).body.verdict).toBe('pass');
    parts.web.forget();
    expect((await ask(agent, 'traceroute', trace)).body.verdict).toBe('pass');
    expect(await parts.web.settled()).toEqual([]);
  });
});

it('starts with a warning where the file can not be used, and knows nothing by it', async () => {
  const env = { ASN_DATABASE_FILE: join(folder, 'missing.mmdb'), STATE_DIR: join(folder, 'missing') };
  await using agent = await startAgent({ config: uplinks, env });
  const asked = { via: 'lte', target: '1.1.1.1', count: 1, orgExcludes: 'AS64500' };
  const { body } = await ask(agent, 'traceroute', asked);
  expect(body.probe).toMatchObject({ verdict: 'error', failure: { code: 'unjudged' } });
  expect(agent.log.filter(({ msg }) => msg.includes('ASN_DATABASE_FILE'))).toHaveLength(1);
});
