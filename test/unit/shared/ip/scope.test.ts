// Whose an address can be, and which addresses can be nobody's: each network at its first and last address.
import { describe, expect, it } from 'vitest';
import { isLocalOnly, scopeOf, unprobeableKind } from '../../../../shared/ip.ts';

describe('the scope of an address', () => {
  it.each([
    ['9.255.255.255', 'public'],
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['11.0.0.0', 'public'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.167.255.255', 'public'],
    ['192.168.0.0', 'private'],
    ['192.168.255.255', 'private'],
    ['192.169.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['100.64.0.0', 'shared'],
    ['100.127.255.255', 'shared'],
    ['100.128.0.0', 'public'],
    ['127.0.0.1', 'private'],
    ['169.254.1.1', 'private'],
    ['198.18.0.1', 'private'],
    ['198.20.0.0', 'public'],
    ['1.1.1.1', 'public'],
    ['::1', 'private'],
    ['fc00::1', 'private'],
    ['fdff::1', 'private'],
    ['fe80::1', 'private'],
    ['febf::1', 'private'],
    ['2606:4700:4700::1111', 'public'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:1.1.1.1', 'public'],
    ['::', 'private'],
    ['::1.1.1.1', 'private'],
    ['0:0:0:0:0:1::', 'public'],
    ['fec0::1', 'private'],
    ['feff:ffff::', 'private'],
    ['100::1', 'private'],
    ['100::1:0:0:0:0', 'public'],
    ['64:ff9b:1::1', 'private'],
    ['64:ff9b:2::1', 'public'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b::100.64.0.1', 'shared'],
    ['64:ff9b::1.1.1.1', 'public'],
    ['2002:a00:1::1', 'private'],
    ['2002:c0a8:1ff:ffff::1', 'private'],
    ['2002:6440:1::1', 'shared'],
    ['2002:101:101::1', 'public'],
    ['192.0.2.1', 'public'],
    ['198.51.100.1', 'public'],
    ['203.0.113.1', 'public'],
    ['2001:db8::1', 'public'],
  ])('%s is %s', (address, scope) => expect(scopeOf(address)).toBe(scope));
});

describe('an address that leads no further than this box or this wire', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.255.255.255', true],
    ['128.0.0.0', false],
    ['169.254.169.254', true],
    ['169.253.255.255', false],
    ['169.255.0.0', false],
    ['::1', true],
    ['::2', false],
    ['fe80::1', true],
    ['fec0::1', false],
    ['::ffff:127.0.0.1', true],
    ['192.168.0.1', false],
  ])('%s: %s', (address, local) => expect(isLocalOnly(address)).toBe(local));
});

describe('an address that nobody can have', () => {
  it.each([
    ['0.0.0.0', 'unspecified'],
    ['0.255.255.255', 'unspecified'],
    ['1.0.0.0', null],
    ['223.255.255.255', null],
    ['224.0.0.0', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.0', 'reserved'],
    ['255.255.255.254', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', null],
    ['ff02::1', 'multicast'],
    ['fe80::1', null],
    ['127.0.0.1', null],
  ])('%s: %s', (address, kind) => expect(unprobeableKind(address)).toBe(kind));
});
