// Team Cymru's answers over DNS, as a server gives them.
import { Resolver } from 'node:dns/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createCymru, nameIn, originIn } from '../../../agent/asn/cymru.ts';
import type { NetworkAnswer } from '../../../agent/asn/source.ts';
import { createUnmeteredAsker } from '../../../agent/asn/unmetered.ts';
import { type DnsServer, type DnsTable, startDns } from '../../lab/dns.ts';

const question = (address: string): string =>
  `${address.split('.').reverse().join('.')}.origin.asn.cymru.com`;
const texts = (...all: string[]): { text: string }[] => all.map((text) => ({ text }));

const table: DnsTable = {
  [question('8.8.8.8')]: texts('15169 | 8.8.8.0/24 | US | arin | 2023-12-28'),
  [question('8.8.8.9')]: texts('15169 | 8.8.8.0/24 | US | arin | 2023-12-28'),
  'as15169.asn.cymru.com': texts('15169 | US | arin | 2000-03-30 | GOOGLE, US'),
  [question('9.1.1.1')]: texts(
    '64496 64497 | 9.0.0.0/8 | US | arin | 1988-12-16',
    '64498 | 9.1.0.0/16 | DE | ripencc | 2001-01-01',
  ),
  'as64498.asn.cymru.com': [],
  [question('9.2.1.1')]: texts('64496 64497 | 9.0.0.0/8 | US | arin | 1988-12-16'),
  [question('9.2.1.2')]: texts(
    '64496 | 9.0.0.0/8 | US | arin | 1988-12-16',
    '64497 | 9.0.0.0/8 | DE | arin | 1988-12-16',
    '15169 | 0.0.0.0/0 | US | arin | 1988-12-16',
  ),
  [question('9.2.1.3')]: texts('64496 64496 | 9.0.0.0/8 |  | arin | 1988-12-16'),
  'as64496.asn.cymru.com': texts('64496 | US | arin | 1988-12-16 | ONE, Inc., US'),
  [question('9.3.1.1')]: texts('64499 | 9.3.0.0/16 | US | arin | 1988-12-16'),
  'as64499.asn.cymru.com': 'garbage',
  [question('9.4.1.1')]: texts('hello'),
  [question('9.5.1.1')]: 'garbage',
  [question('9.6.1.1')]: [],
  [`1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.origin6.asn.cymru.com`]: texts(
    '15169 | 2001:DB8::/32 | us | arin | 2023-12-28',
  ),
};

let dns: DnsServer;
beforeAll(async () => {
  dns = await startDns(table);
});
afterAll(() => dns[Symbol.asyncDispose]());

function cymru(mayAsk = true) {
  const ask = createUnmeteredAsker(
    (servers) => Promise.resolve(mayAsk ? servers : []),
    () => {
      const resolver = new Resolver({ timeout: 500, tries: 1 });
      resolver.setServers([`127.0.0.1:${dns.port}`]);
      return resolver;
    },
  );
  const { lookUp } = createCymru(ask);
  return (address: string): Promise<NetworkAnswer> => lookUp(address, new AbortController().signal);
}

const google = { asn: 15169, organisation: 'GOOGLE', domain: null, country: 'US', source: 'cymru' };

describe("Team Cymru's answer", () => {
  it('has number, network and country, and the name of the network by another question', async () => {
    const lookUp = cymru();
    const network = { ...google, prefix: '8.8.8.0/24' };
    expect(await lookUp('8.8.8.8')).toEqual({ outcome: 'known', network });
    const before = dns.questions.length;
    expect(await lookUp('8.8.8.9')).toEqual({ outcome: 'known', network });
    expect(dns.questions.slice(before)).toEqual([question('8.8.8.9')]);
  });

  it('has the name as it is a day later', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const lookUp = cymru();
    await lookUp('8.8.8.8');
    vi.advanceTimersByTime(86_400_000);
    const before = dns.questions.length;
    await lookUp('8.8.8.9');
    expect(dns.questions.slice(before)).toEqual([question('8.8.8.9'), 'as15169.asn.cymru.com']);
  });

  it('without a name does not hinder asking for it again', async () => {
    const lookUp = cymru();
    await lookUp('9.1.1.1');
    const before = dns.questions.length;
    await lookUp('9.1.1.1');
    expect(dns.questions.slice(before)).toEqual([question('9.1.1.1'), 'as64498.asn.cymru.com']);
  });

  it('for an IPv6 address is asked for nibble by nibble', async () => {
    expect(await cymru()('2001:db8::1')).toEqual({
      outcome: 'known',
      network: { ...google, prefix: '2001:db8::/32' },
    });
  });

  it('of several is that of the narrowest network', async () => {
    expect(await cymru()('9.1.1.1')).toMatchObject({
      network: { asn: 64498, prefix: '9.1.0.0/16', organisation: null },
    });
  });

  it('that tells of several networks at one place tells of none', async () => {
    const lookUp = cymru();
    const nobodys = { asn: null, organisation: null, domain: null, prefix: '9.0.0.0/8', source: 'cymru' };
    expect(await lookUp('9.2.1.1')).toEqual({ outcome: 'known', network: { ...nobodys, country: 'US' } });
    expect(await lookUp('9.2.1.2')).toEqual({ outcome: 'unknown' });
    expect(await lookUp('9.2.1.3')).toMatchObject({
      network: { asn: 64496, organisation: 'ONE, Inc.', country: null },
    });
  });

  it.each<[what: string, address: string, outcome: NetworkAnswer['outcome']]>([
    ['that there is no such name', '9.9.9.9', 'unknown'],
    ['that there is no such data', '9.6.1.1', 'unknown'],
    ['of other words', '9.4.1.1', 'failed'],
    ['that is no DNS', '9.5.1.1', 'failed'],
    ['whose name could not be told', '9.3.1.1', 'failed'],
  ])('%s (%s) is %s', async (_what, address, outcome) => {
    expect(await cymru()(address)).toEqual({ outcome });
  });

  it('is not asked for where no server may be asked', async () => {
    const before = dns.questions.length;
    expect(await cymru(false)('8.8.8.8')).toEqual({ outcome: 'notAsked' });
    expect(dns.questions).toHaveLength(before);
  });
});

it.each([
  '',
  '|',
  'NA | 8.8.8.0/24 | US | arin | 2023-12-28',
  '15169 NA | 8.8.8.0/24 | US | arin | 2023-12-28',
  '15169 | 8.8.8.0/33 | US | arin | 2023-12-28',
  '15169 | 9.9.9.0/24 | US | arin | 2023-12-28',
  '15169 | 8.8.8.0/24 | US',
  '4294967296 | 8.8.8.0/24 | US | arin | 2023-12-28',
])('%j says nothing of 8.8.8.8', (text) => {
  expect(originIn([text], '8.8.8.8')).toBe(null);
});

it.each([
  ['15169 | US | arin | 2000-03-30 | GOOGLE, US', 'GOOGLE'],
  ['1 | US | arin | 2000-03-30 | A | B, C', 'A | B, C'],
  ['1 | US | arin | 2000-03-30 | ', null],
  ['1 | US', null],
])('%j names %j', (text, name) => {
  expect(nameIn(text)).toBe(name);
});
