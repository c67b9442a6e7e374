// Addresses and networks: one spelling each, and an arithmetic that a second, slower one agrees with.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Network,
  broadcastAddress,
  canonicalAddress,
  familyOf,
  networkContains,
  parseNetwork,
  unmapped,
} from '../../../shared/ip.ts';

const network = (text: string): Network => {
  const parsed = parseNetwork(text);
  if (parsed === null) throw new Error(`the test itself names no network: ${text}`);
  return parsed;
};

describe('the family of a text', () => {
  it.each([
    ['1.1.1.1', 4],
    ['0.0.0.0', 4],
    ['255.255.255.255', 4],
    ['::1', 6],
    ['2001:DB8::1', 6],
    ['::ffff:1.2.3.4', 6],
    ['fe80::1%eth0', null],
    ['256.1.1.1', null],
    ['1.1.1', null],
    ['01.1.1.1', null],
    ['1.1.1.1/32', null],
    [' 1.1.1.1', null],
    ['[::1]', null],
    ['', null],
    ['one.example', null],
  ])('of %j is %s', (text, family) => expect(familyOf(text)).toBe(family));
});

describe('the one spelling of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:0db8::0001', '2001:db8::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::FFFF:0102:0304', '::ffff:1.2.3.4'],
    ['fe80::1%eth0', null],
    ['one.example', null],
  ])('of %j is %j', (text, spelling) => expect(canonicalAddress(text)).toBe(spelling));

  it('of an IPv4 address in an IPv6 one is the IPv4 address, once taken out', () => {
    expect(unmapped('::ffff:1.2.3.4')).toBe('1.2.3.4');
    expect(unmapped('::FFFF:0102:0304')).toBe('1.2.3.4');
    expect(unmapped('1.2.3.4')).toBe('1.2.3.4');
    expect(unmapped('2001:db8::1')).toBe('2001:db8::1');
    expect(unmapped('one.example')).toBe('one.example');
  });
});

describe('a network', () => {
  it.each([
    ['192.0.2.0/24', { family: 4, address: '192.0.2.0', prefixLength: 24 }],
    ['192.0.2.7', { family: 4, address: '192.0.2.7', prefixLength: 32 }],
    ['0.0.0.0/0', { family: 4, address: '0.0.0.0', prefixLength: 0 }],
    ['2001:DB8::/32', { family: 6, address: '2001:db8::', prefixLength: 32 }],
    ['::1', { family: 6, address: '::1', prefixLength: 128 }],
    ['::/0', { family: 6, address: '::', prefixLength: 0 }],
    ['192.0.2.0/33', null],
    ['2001:db8::/129', null],
    ['192.0.2.0/', null],
    ['192.0.2.0/0024', null],
    ['192.0.2.0/ 24', null],
    ['192.0.2.0/-1', null],
    ['192.0.2.0/24/8', null],
    ['192.0.2.0/2x', null],
    ['192.0.2.0/255.255.255.0', null],
    ['192.0.2/24', null],
    ['one.example/24', null],
    ['/24', null],
    ['', null],
  ])('read from %j is %j', (text, expected) => expect(parseNetwork(text)).toEqual(expected));

  it.each([
    ['192.168.2.0/24', '192.168.2.1', true],
    ['192.168.2.0/24', '192.168.3.1', false],
    ['192.168.2.77/24', '192.168.2.1', true],
    ['100.64.0.0/10', '100.127.255.255', true],
    ['100.64.0.0/10', '100.128.0.0', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.11', false],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '192.0.2.1', false],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['0.0.0.0/0', '::ffff:192.0.2.1', false],
    ['192.0.2.0/24', 'one.example', false],
  ])('%s with %s in it: %s', (text, address, inside) =>
    expect(networkContains(network(text), address)).toBe(inside),
  );

  it('of IPv4 holds what the same bits say, for every length', () => {
    const bits = (address: string): bigint =>
      address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (a, b, length) => {
        const rest = BigInt(32 - length);
        const same = bits(a) >> rest === bits(b) >> rest;
        expect(networkContains(network(`${a}/${length}`), b)).toBe(same);
      }),
    );
  });

  it('of IPv6 holds what the same bits say, for every length', () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    const text = (words: number[]): string => words.map((word) => word.toString(16)).join(':');
    const bits = (words: number[]): bigint => words.reduce((sum, word) => sum * 65536n + BigInt(word), 0n);
    const near = fc.tuple(groups, fc.integer({ min: 0, max: 127 })).map(([words, flipped]) => {
      const other = [...words];
      const at = Math.floor(flipped / 16);
      other[at] = (other[at] ?? 0) ^ (1 << (flipped % 16));
      return { words, other };
    });
    fc.assert(
      fc.property(near, fc.integer({ min: 0, max: 128 }), ({ words, other }, length) => {
        const rest = BigInt(128 - length);
        const same = bits(words) >> rest === bits(other) >> rest;
        expect(networkContains(network(`${text(words)}/${length}`), text(other))).toBe(same);
      }),
    );
  });
});

describe('the broadcast address', () => {
  it.each([
    ['192.168.2.10/24', '192.168.2.255'],
    ['192.168.2.10/30', '192.168.2.11'],
    ['10.1.2.3/8', '10.255.255.255'],
    ['172.16.0.1/12', '172.31.255.255'],
    ['192.0.2.1/0', '255.255.255.255'],
    ['192.168.2.10/31', null],
    ['192.168.2.10/32', null],
    ['2001:db8::1/64', null],
  ])('of %s is %s', (text, address) => expect(broadcastAddress(network(text))).toBe(address));
});
