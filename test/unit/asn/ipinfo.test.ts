// IPinfo over the wire: every way in which it can fail, which endpoint is asked, by which way, and where the token goes.
import { Resolver } from 'node:dns/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createIpinfo } from '../../../agent/asn/ipinfo.ts';
import type { NetworkAnswer } from '../../../agent/asn/source.ts';
import { createUnmeteredAsker } from '../../../agent/asn/unmetered.ts';
import type { Log } from '../../../agent/log.ts';
import { type IpinfoConduct, type IpinfoStub, startIpinfo } from '../../fixtures/ipinfo.ts';
import { startDns } from '../../lab/dns.ts';

const token = 's3cr3t-t0ken.429';
const google = { asn: 'AS15169', as_name: 'Google LLC', as_domain: 'google.com', country_code: 'US' };
const legacyGoogle = { org: 'AS15169 Google LLC', country: 'US' };
const failed: NetworkAnswer = { outcome: 'failed' };

let stub: IpinfoStub;

beforeEach(async () => {
  stub = await startIpinfo({
    lite: { '8.8.8.8': google, '2001:4860:4860::8888': google },
    legacy: { '8.8.8.8': legacyGoogle },
  });
});
afterEach(async () => {
  vi.useRealTimers();
  await stub[Symbol.asyncDispose]();
});

interface Asking {
  lookUp(address: string, signal?: AbortSignal): Promise<NetworkAnswer>;
  told: string[];
  /** Everything that came out: log lines with their fields, and answers. */
  heard: () => string;
}

interface AskOptions {
  baseUrl?: string;
  metered?: readonly string[];
  nameServers?: readonly string[];
  /** What the first questions for a way wait for, in order. */
  before?: Promise<void>[];
  /** How long a server of names may take. */
  resolverMs?: number;
}

function asking({
  baseUrl = stub.url,
  metered = [],
  nameServers = ['127.0.0.1:1'],
  before = [],
  resolverMs = 100,
}: AskOptions = {}): Asking {
  const heard: unknown[] = [];
  const told: string[] = [];
  const note = (fields: object, message: string): void => {
    heard.push(fields, message);
    told.push(message);
  };
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const avoidsMetered = async (to: string): Promise<boolean> => {
    await before.shift();
    return !metered.includes(to);
  };
  const mayAsk = (server: string): boolean => !metered.includes(server.replace(/:\d+$/, ''));
  const unmeteredServers = (servers: readonly string[]): Promise<readonly string[]> =>
    Promise.resolve(servers.filter(mayAsk));
  const askUnmetered = createUnmeteredAsker(unmeteredServers, () => {
    const resolver = new Resolver({ timeout: resolverMs, tries: 1 });
    resolver.setServers([...nameServers]);
    return resolver;
  });
  const ipinfo = createIpinfo({ token, baseUrl, log, askUnmetered, avoidsMetered });
  return {
    told,
    heard: () => JSON.stringify(heard),
    async lookUp(address, signal = new AbortController().signal) {
      const answer = await ipinfo.lookUp(address, signal);
      heard.push(answer);
      return answer;
    },
  };
}

describe('IPinfo', () => {
  it('is asked as its client asks, with the token in a header and nowhere else', async () => {
    const { lookUp, heard, told } = asking();
    expect(await lookUp('8.8.8.8')).toMatchObject({ outcome: 'known', network: { asn: 15169 } });
    expect(await lookUp('2001:4860:4860::8888')).toMatchObject({ outcome: 'known' });
    expect(stub.requests).toEqual([
      { path: '/lite/8.8.8.8', authorization: `Bearer ${token}` },
      { path: '/lite/2001:4860:4860::8888', authorization: `Bearer ${token}` },
    ]);
    expect(told).toEqual([]);
    expect(heard()).not.toContain(token);
  });

  it('is asked again for what it did not know: nothing is kept by its client', async () => {
    const { lookUp } = asking();
    expect(await lookUp('203.0.113.1')).toEqual({ outcome: 'unknown' });
    await lookUp('203.0.113.1');
    expect(stub.requests).toHaveLength(2);
  });

  it.each<[conduct: IpinfoConduct, sentence: string]>([
    [401, 'IPinfo refuses the token in IPINFO_TOKEN; it is not asked again for 10 minutes'],
    [403, 'IPinfo refuses the token in IPINFO_TOKEN; it is not asked again for 10 minutes'],
    [404, 'IPinfo has no such service (404); is IPINFO_URL right?'],
    [429, "IPinfo's limit for this token is reached; it is not asked again for 10 minutes"],
    [500, 'IPinfo answers with an error of its own'],
    [503, 'IPinfo answers with an error of its own'],
    ['closes', "IPinfo can't be reached"],
    [400, "IPinfo's answer can't be read as one; is IPINFO_URL right?"],
    ['badJson', "IPinfo's answer can't be read as one; is IPINFO_URL right?"],
    ['empty', "IPinfo's answer can't be read as one; is IPINFO_URL right?"],
    ['array', "IPinfo's answer can't be read as one; is IPINFO_URL right?"],
    ['html', "IPinfo's answer can't be read as one; is IPINFO_URL right?"],
    ['otherAddress', "IPinfo's answer can't be read as one; is IPINFO_URL right?"],
    ['huge', "IPinfo's answer can't be read as one; is IPINFO_URL right?"],
  ])('that fails as in %j is told once, without the token', async (conduct, sentence) => {
    stub.conduct = Object.assign(stub.conduct, { lite: conduct, legacy: conduct });
    const { lookUp, told, heard } = asking();
    expect([await lookUp('8.8.8.8'), await lookUp('8.8.8.8')]).toEqual([failed, failed]);
    expect(told).toEqual([sentence]);
    expect(heard()).not.toContain(token);
  });

  // Its client does not notice that an answer ends before its end.
  it.each<IpinfoConduct>(['silent', 'neverEnds', 'closesMidway'])(
    'that does not answer to the end (%s) is given up after 2 s',
    async (conduct) => {
      stub.conduct.lite = conduct;
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { lookUp, told, heard } = asking();
      const asked = lookUp('8.8.8.8');
      while (stub.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(2000);
      expect(await asked).toEqual(failed);
      expect(told).toEqual(['IPinfo does not answer within 2 s']);
      expect(heard()).not.toContain(token);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('is given up when its asker has enough, which is no trouble to tell', async () => {
    stub.conduct.lite = 'silent';
    const { lookUp, told } = asking();
    const asker = new AbortController();
    const asked = lookUp('8.8.8.8', asker.signal);
    while (stub.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    asker.abort();
    expect([await asked, told]).toEqual([failed, []]);
  });

  it('that nobody can reach is told, and not with the place', async () => {
    const { lookUp, told } = asking({ baseUrl: 'http://127.0.0.1:1' });
    expect(await lookUp('8.8.8.8')).toEqual(failed);
    expect(told).toEqual(["IPinfo can't be reached"]);
  });

  it('is not followed to another place, where the token would go along', async () => {
    const other = await startIpinfo({ lite: { '8.8.8.8': google } });
    stub.conduct.lite = { redirectTo: `${other.url}/lite/8.8.8.8` };
    const { lookUp, told } = asking();
    expect(await lookUp('8.8.8.8')).toEqual(failed);
    expect(told).toEqual([
      'IPinfo answers with a redirection, which is not followed: the token would go along',
    ]);
    expect(other.requests).toEqual([]);
    await other[Symbol.asyncDispose]();
  });

  it.each<IpinfoConduct>([401, 429])('that says %j is left alone for ten minutes', async (conduct) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    stub.conduct.lite = conduct;
    const { lookUp } = asking();
    await lookUp('8.8.8.8');
    stub.conduct.lite = 'answer';
    vi.advanceTimersByTime(599_999);
    expect(await lookUp('8.8.8.8')).toEqual(failed);
    expect(stub.requests).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(await lookUp('8.8.8.8')).toMatchObject({ outcome: 'known' });
  });

  it('that fails the same way an hour later is told again', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    stub.conduct.lite = 500;
    const { lookUp, told } = asking();
    await lookUp('8.8.8.8');
    vi.advanceTimersByTime(3_600_000);
    await lookUp('8.8.8.8');
    expect(told).toHaveLength(2);
  });
});

describe('the legacy endpoint', () => {
  it.each<IpinfoConduct>([403, 404])(
    'is asked where Lite says %j, and first from then on',
    async (conduct) => {
      stub.conduct.lite = conduct;
      const { lookUp, told } = asking();
      expect(await lookUp('8.8.8.8')).toMatchObject({ network: { asn: 15169, organisation: 'Google LLC' } });
      await lookUp('8.8.8.8');
      expect(stub.requests.map(({ path }) => path)).toEqual([
        '/lite/8.8.8.8',
        '/8.8.8.8/json',
        '/8.8.8.8/json',
      ]);
      expect(told).toEqual([]);
    },
  );

  it('is asked by a look-up that Lite refuses, though another came to prefer it meanwhile', async () => {
    stub.conduct.lite = 403;
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const { lookUp } = asking({ before: [held] });
    const first = lookUp('8.8.8.8');
    expect(await lookUp('8.8.8.8')).toMatchObject({ outcome: 'known' });
    release();
    expect(await first).toMatchObject({ outcome: 'known' });
  });

  it('is left again where it refuses and Lite does not', async () => {
    stub.conduct.lite = 403;
    const { lookUp } = asking();
    await lookUp('8.8.8.8');
    stub.conduct = Object.assign(stub.conduct, { lite: 'answer', legacy: 403 });
    expect(await lookUp('8.8.8.8')).toMatchObject({ network: { domain: 'google.com' } });
  });

  it('that is not there leaves it at the refusal by Lite', async () => {
    stub.conduct = Object.assign(stub.conduct, { lite: 403, legacy: 404 });
    const { lookUp, told } = asking();
    await lookUp('8.8.8.8');
    expect(told).toEqual(['IPinfo refuses the token in IPINFO_TOKEN; it is not asked again for 10 minutes']);
  });

  it.each(['', '/', '/lite', '/lite/'])('and Lite are found below a base that ends in %j', async (end) => {
    const { lookUp } = asking({ baseUrl: `${stub.url}${end}` });
    await lookUp('8.8.8.8');
    expect(stub.requests.map(({ path }) => path)).toEqual(['/lite/8.8.8.8']);
  });
});

describe('the way to it', () => {
  const unresolved = "IPinfo's name can't be resolved: the system's name servers give no address of it";
  const notAsked: NetworkAnswer = { outcome: 'notAsked' };

  it('by a metered uplink is not taken', async () => {
    const { lookUp, told } = asking({ metered: ['127.0.0.1'] });
    expect(await lookUp('8.8.8.8')).toEqual(notAsked);
    expect([stub.requests, told]).toEqual([[], []]);
  });

  it('is asked for anew each time', async () => {
    const metered: string[] = [];
    const { lookUp } = asking({ metered });
    expect(await lookUp('8.8.8.8')).toMatchObject({ outcome: 'known' });
    metered.push('127.0.0.1');
    expect(await lookUp('8.8.8.8')).toEqual(notAsked);
    expect(stub.requests).toHaveLength(1);
  });

  it('is not resolved where no server of names may be asked', async () => {
    const options = {
      baseUrl: 'http://ipinfo.example',
      nameServers: ['192.0.2.53'],
      metered: ['192.0.2.53'],
    };
    const { lookUp, told } = asking(options);
    expect(await lookUp('8.8.8.8')).toEqual(notAsked);
    expect(told).toEqual([]);
  });

  it('is by the address that was asked for and allowed, whatever else its name may stand for', async () => {
    await using dns = await startDns({ 'ipinfo.example': [{ address: '127.0.0.1' }] });
    const options = { baseUrl: `http://ipinfo.example:${stub.port}`, nameServers: [`127.0.0.1:${dns.port}`] };
    const { lookUp } = asking(options);
    expect(await lookUp('8.8.8.8')).toMatchObject({ outcome: 'known' });
    expect(await lookUp('8.8.8.8')).toMatchObject({ outcome: 'known' });
    // For both families, once: it is remembered.
    expect(dns.questions).toEqual(['ipinfo.example', 'ipinfo.example']);
    await using elsewhere = await startDns({ 'ipinfo.example': [{ address: '127.0.0.2' }] });
    const nameServers = [`127.0.0.1:${elsewhere.port}`];
    const metered = asking({ ...options, nameServers, metered: ['127.0.0.2'] });
    expect(await metered.lookUp('8.8.8.8')).toEqual(notAsked);
    expect(stub.requests).toHaveLength(2);
  });

  it('whose name can not be resolved is told', async () => {
    const { lookUp, told } = asking({ baseUrl: 'http://ipinfo.example' });
    expect(await lookUp('8.8.8.8')).toEqual(failed);
    expect(told).toEqual([unresolved]);
  });

  it('whose name nobody tells for 2 s is told as that', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await using dns = await startDns({ 'ipinfo.example': 'silence' });
    const options = { baseUrl: 'http://ipinfo.example', nameServers: [`127.0.0.1:${dns.port}`] };
    const { lookUp, told } = asking({ ...options, resolverMs: 60_000 });
    const asked = lookUp('8.8.8.8');
    while (dns.questions.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(2000);
    expect([await asked, told]).toEqual([failed, [unresolved]]);
  });
});
