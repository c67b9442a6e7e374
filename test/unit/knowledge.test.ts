// The sources that the settings name, put together: what is asked, what is kept, and that the token is told to nobody.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pino from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Knowledge, openKnowledge } from '../../agent/knowledge.ts';
import { type Store, openStore } from '../../agent/store/index.ts';
import type { NetworkOfAddress } from '../../shared/result.ts';
import { type IpinfoStub, startIpinfo } from '../fixtures/ipinfo.ts';
import { writeMmdb } from '../fixtures/mmdb.ts';

const token = 's3cr3t-t0ken';
const quad9 = { asn: 'AS19281', as_name: 'Quad9', as_domain: 'quad9.net', country_code: 'CH' };
const google = { ...quad9, asn: 'AS15169', as_name: 'Google LLC' };

let folder = '';
let stub: IpinfoStub;
let printed = '';
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-knowledge-'));
  stub = await startIpinfo({ lite: { '9.9.9.9': quad9, '9.9.0.9': quad9 } });
  printed = '';
});
afterEach(async () => {
  await stub[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

type Settings = Parameters<typeof openKnowledge>[0];

async function open(given: Partial<Settings>): Promise<Knowledge> {
  const settings: Settings = {
    HOP_NAMES: false,
    IPINFO_TOKEN: undefined,
    IPINFO_URL: undefined,
    ASN_DATABASE_FILE: undefined,
    CYMRU_LOOKUP: false,
    ...given,
  };
  const sink = new Writable({
    write(chunk, _encoding, done) {
      printed += String(chunk);
      done();
    },
  });
  const unmetered = {
    avoidsMetered: () => Promise.resolve(true),
    unmeteredServers: (servers: readonly string[]) => Promise.resolve(servers),
  };
  const log = pino({ level: 'trace' }, sink);
  store = await openStore(join(folder, 'state'), log);
  return openKnowledge(settings, unmetered, store, log);
}

async function close(knowledge: Knowledge): Promise<void> {
  knowledge.stop();
  await store.close();
}

async function networksOf({ networks }: Knowledge, ...addresses: string[]): Promise<NetworkOfAddress[]> {
  const { signal } = new AbortController();
  return [...(await networks.networksOf(addresses, { patienceMs: null }, signal)).values()];
}

it('with nothing set knows nothing and asks nobody', async () => {
  const knowledge = await open({});
  expect(await networksOf(knowledge, '9.9.9.9')).toEqual([]);
  await close(knowledge);
  expect(printed).toBe('');
});

it('with a file and IPinfo asks the file first, and keeps what IPinfo says for the next start', async () => {
  const file = join(folder, 'lite.mmdb');
  writeMmdb(file, { '8.8.8.0/24': google });
  const settings = { ASN_DATABASE_FILE: file, IPINFO_TOKEN: token, IPINFO_URL: stub.url };
  for (let start = 1; start <= 2; start += 1) {
    const knowledge = await open(settings);
    expect(await networksOf(knowledge, '8.8.8.8', '9.9.9.9')).toMatchObject([
      { organisation: 'Google LLC', source: 'mmdb' },
      { organisation: 'Quad9', source: 'ipinfo' },
    ]);
    await close(knowledge);
  }
  expect(stub.requests.map(({ path }) => path)).toEqual(['/lite/9.9.9.9']);
});

it('tells the token to IPinfo and to nobody else', async () => {
  const state = join(folder, 'state');
  const heard: unknown[] = [];
  const conducts = ['answer', 401, 403, 429, 500, 'badJson', 'html', 'closes', 'huge'] as const;
  for (const [index, conduct] of conducts.entries()) {
    stub.conduct = Object.assign(stub.conduct, { lite: conduct, legacy: conduct });
    const knowledge = await open({ IPINFO_TOKEN: token, IPINFO_URL: stub.url });
    heard.push(await networksOf(knowledge, `9.9.${index}.9`, `1.1.${index}.1`));
    await close(knowledge);
  }
  expect(new Set(stub.requests.map(({ authorization }) => authorization))).toEqual(
    new Set([`Bearer ${token}`]),
  );
  const files = readdirSync(join(state, 'store')).map((name) => readFileSync(join(state, 'store', name)));
  const everything = [printed, JSON.stringify(heard), ...files.map((bytes) => bytes.toString('latin1'))];
  expect(everything.join()).not.toContain(token);
  expect(printed).toContain('IPinfo');
});
