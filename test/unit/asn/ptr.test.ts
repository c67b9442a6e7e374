// Reverse questions as they go over the wire: what servers answer, and which servers are asked at all.
import { Resolver } from 'node:dns/promises';
import { getEventListeners } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPtrAsker } from '../../../agent/asn/ptr.ts';
import { type DnsServer, type DnsTable, startDns } from '../../lab/dns.ts';

const longest = ['a', 'b', 'c'].map((letter) => letter.repeat(63)).join('.') + `.${'d'.repeat(61)}`;

const answers: [what: string, answer: DnsTable[string], outcome: string, name: string | null][] = [
  ['a name', ['r1.isp.example'], 'named', 'r1.isp.example'],
  ['a name in capitals', ['R1.ISP.Example'], 'named', 'r1.isp.example'],
  ['a name without dots', ['my_router-1'], 'named', 'my_router-1'],
  ['a name as long as they get', [longest], 'named', longest],
  ['several names, in turns', ['b.example', 'a.example'], 'named', 'a.example'],
  [
    'an alias and what it stands for',
    [{ alias: '8.0-25.2.0.192.in-addr.arpa' }, 'c.example'],
    'named',
    'c.example',
  ],
  [
    'a name that may be shown beside one that may not',
    ['<b>.example', 'good.example'],
    'named',
    'good.example',
  ],
  ['no name', [], 'nameless', null],
  ['markup', ['<script>alert(1)</script>.example'], 'nameless', null],
  ['control characters', ['\u001b[31mred.example'], 'nameless', null],
  ['a zero byte', ['a\0b.example'], 'nameless', null],
  ['a blank', ['a b.example'], 'nameless', null],
  ['bytes beyond ASCII', ['m\u00fcller.example'], 'nameless', null],
  ['an address', ['10.0.0.1'], 'nameless', null],
  ['the root', [''], 'nameless', null],
  ['what is no DNS', 'garbage', 'failed', null],
  ['nothing', 'silence', 'failed', null],
];
const hopOf = (index: number): string => `192.0.2.${index + 1}`;
const questionOf = (address: string): string => `${address.split('.').reverse().join('.')}.in-addr.arpa`;
const [firstHop, unknownHop, silentHop] = [hopOf(0), '192.0.2.200', '192.0.2.201'];

// The address and its name are RFC 3596's own example (§2.5).
const ip6Question = 'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa';
const ip6Hop = '4321:0:1:2:3:4:567:89ab';

let dns: DnsServer;

beforeAll(async () => {
  const table = answers.map(([, answer], index): [string, DnsTable[string]] => [
    questionOf(hopOf(index)),
    answer,
  ]);
  dns = await startDns({
    ...Object.fromEntries(table),
    [ip6Question]: ['six.example'],
    [`1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`]: ['zeros.example'],
    [questionOf(silentHop)]: 'silence',
  });
});

afterAll(() => dns[Symbol.asyncDispose]());

interface Asked {
  /** The servers it was given in place of the system's, if it was. */
  serversSet: unknown[];
  answer: object;
}

interface AskOptions {
  servers?: string[];
  /** All where it is not given. */
  mayAsk?: string[];
  timeoutMs?: number;
  tries?: number;
}

// No try takes longer than 5 s in c-ares, whatever it is told.
const forEver: AskOptions = { timeoutMs: 5000, tries: 1000 };

/** Asks where the system has these servers. */
async function ask(
  address: string,
  { servers = [`127.0.0.1:${dns.port}`], mayAsk, timeoutMs = 5000, tries = 1 }: AskOptions = {},
  signal = new AbortController().signal,
): Promise<Asked> {
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  resolver.setServers(servers);
  const setServers = vi.spyOn(resolver, 'setServers');
  const asker = createPtrAsker(
    (all) => Promise.resolve(mayAsk ?? all),
    () => resolver,
  );
  const answer = await asker(address, signal);
  return { serversSet: setServers.mock.calls.flat(), answer };
}

describe('the answer', () => {
  it.each(answers.map((row, index) => [...row, index] as const))(
    '%s (%j) comes out as %s, %j',
    async (_what, _answer, outcome, name, index) => {
      expect((await ask(hopOf(index), { timeoutMs: 100 })).answer).toEqual({ outcome, name });
    },
  );

  it('that the name does not exist is no failure', async () => {
    expect((await ask(unknownHop)).answer).toEqual({ outcome: 'nameless', name: null });
  });

  it('for an IPv6 address is asked for nibble by nibble', async () => {
    expect((await ask(ip6Hop)).answer).toEqual({ outcome: 'named', name: 'six.example' });
    expect((await ask('2001:db8::1')).answer).toEqual({ outcome: 'named', name: 'zeros.example' });
  });

  it('fails where nobody listens', async () => {
    expect((await ask(firstHop, { servers: ['127.0.0.1:1'] })).answer).toMatchObject({ outcome: 'failed' });
  });
});

describe('a question', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  it('that is not answered is given up after two seconds, however long the resolver would go on', async () => {
    const asked = ask(silentHop, forEver);
    await vi.advanceTimersByTimeAsync(2000);
    expect((await asked).answer).toEqual({ outcome: 'failed', name: null });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is given up when the agent stops, and not begun after that', async () => {
    const stopping = new AbortController();
    const asked = ask(silentHop, forEver, stopping.signal);
    const already = dns.questions.length;
    while (dns.questions.length === already) await new Promise((resolve) => setImmediate(resolve));
    stopping.abort();
    expect((await asked).answer).toMatchObject({ outcome: 'failed' });
    expect((await ask(firstHop, {}, stopping.signal)).answer).toEqual({ outcome: 'notAsked', name: null });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves nothing behind at a signal that outlives it', async () => {
    const { signal } = new AbortController();
    await ask(firstHop, {}, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('the servers', () => {
  it('are those that may be asked, and not the others', async () => {
    const servers = ['192.0.2.53', `127.0.0.1:${dns.port}`];
    const asked = await ask(firstHop, { servers, mayAsk: servers.slice(1) });
    expect(asked.answer).toEqual({ outcome: 'named', name: 'r1.isp.example' });
    expect(asked.serversSet).toEqual([servers.slice(1)]);
  });

  it('may be others than the system has', async () => {
    const mayAsk = [`127.0.0.1:${dns.port}`];
    const asked = await ask(firstHop, { servers: ['127.0.0.53'], mayAsk });
    expect(asked.answer).toEqual({ outcome: 'named', name: 'r1.isp.example' });
  });

  it('stay as the system names them where all may be asked: their zones can not be given back', async () => {
    expect((await ask(firstHop)).serversSet).toEqual([]);
  });

  it('may be none, and then nobody is asked', async () => {
    const before = dns.questions.length;
    expect((await ask(firstHop, { mayAsk: [] })).answer).toEqual({ outcome: 'notAsked', name: null });
    expect(dns.questions).toHaveLength(before);
  });
});
