// Checksums and addresses as they stand in packets.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  balancingWord,
  internetChecksum,
  onesSum,
  readIpv4,
  readIpv6,
  writeIpv4,
  writeIpv6,
} from '../../../agent/packet/bytes.ts';
import { canonicalAddress } from '../../../shared/ip.ts';
import { checksumOf } from './datagrams.ts';

describe('the checksum', () => {
  // prettier-ignore
  it.each([
    ['', 0xffff],
    ['0001f203f4f5f6f7', 0x220d],
    ['ff', 0x00ff],
    ['ffff', 0x0000],
    ['0000', 0xffff],
    ['ffffffff0001', 0xfffe],
  ])('of %j is %d, as RFC 1071 counts', (hex, sum) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(internetChecksum(bytes, 0, bytes.length)).toBe(sum);
  });

  it('of part of the bytes leaves the others out', () => {
    const bytes = Buffer.from('aaaa0001f203f4f5f6f7bbbb', 'hex');
    expect(internetChecksum(bytes, 2, 10)).toBe(0x220d);
  });

  it('is what another way of counting finds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1600 }), (bytes) => {
        expect(internetChecksum(Buffer.from(bytes), 0, bytes.length)).toBe(checksumOf(bytes));
      }),
    );
  });
});

it('a balancing word gives any message the checksum wanted', () => {
  const wanted = fc.integer({ min: 1, max: 0xfffe });
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 64 }), wanted, (rest, checksum) => {
      const message = Buffer.from([8, 0, 0, 0, ...rest]);
      message.writeUInt16BE(0, 4);
      message.writeUInt16BE(balancingWord(onesSum(message, 0, message.length), checksum), 4);
      expect(checksumOf(message)).toBe(checksum);
    }),
  );
});

describe('an address', () => {
  it('of IPv4 is written and read', () => {
    const packet = Buffer.alloc(6);
    writeIpv4(packet, '192.168.2.10', 1);
    expect(packet.toString('hex')).toBe('00c0a8020a00');
    expect(readIpv4(packet, 1)).toBe('192.168.2.10');
  });

  // prettier-ignore
  it.each([
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['fe80::', 'fe800000000000000000000000000000'],
    ['2001:db8::a:0:1', '20010db80000000000000000000a00000001'.slice(0, 16) + '0000000a00000001'],
    ['2001:db8:1:2:3:4:5:6', '20010db8000100020003000400050006'],
    ['fd00:2::10', 'fd000002000000000000000000000010'],
  ])('of IPv6 is written and read: %s', (address, hex) => {
    const packet = Buffer.alloc(18, 0xee);
    writeIpv6(packet, address, 1);
    expect(packet.toString('hex')).toBe(`ee${hex}ee`);
    expect(readIpv6(packet, 1)).toBe(address);
  });

  it('of IPv6 comes back in its one spelling, whatever it is', () => {
    // An address with an IPv4 one in it is spelt with dots, which no echo here bears.
    const address = fc.ipV6().filter((text) => !text.includes('.'));
    fc.assert(
      fc.property(address, (text) => {
        const canonical = canonicalAddress(text) ?? '';
        fc.pre(!canonical.includes('.'));
        const packet = Buffer.alloc(16, 0xee);
        writeIpv6(packet, canonical, 0);
        expect(readIpv6(packet, 0)).toBe(canonical);
      }),
    );
  });
});
