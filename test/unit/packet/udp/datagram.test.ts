// UDP datagrams byte by byte: what is written is right, and of what is heard only what is whole and ours is taken.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Datagram } from '../../../../agent/packet/icmp.ts';
import { icmp4 } from '../../../../agent/packet/icmp4.ts';
import { icmp6 } from '../../../../agent/packet/icmp6.ts';
import {
  type Ends,
  buildUdp,
  longestQuestionBytes,
  quotedEnds,
  readUdp,
  sentFrom,
} from '../../../../agent/packet/udp/datagram.ts';
import type { Family } from '../../../../shared/ip.ts';
import { asHeard, checksumOf, icmp, ip } from '../datagrams.ts';

const ends: Record<Family, Ends> = {
  4: { source: '192.168.2.10', sourcePort: 40_000, destination: '1.1.1.1', destinationPort: 53 },
  6: { source: 'fd00:2::10', sourcePort: 40_000, destination: '2001:db8::1', destinationPort: 53 },
};
const headerBytes = { 4: 20, 6: 40 } as const;
const families: readonly Family[] = [4, 6];

function built(family: Family, payload: Buffer, of: Ends = ends[family]): Buffer {
  const packet = Buffer.alloc(longestQuestionBytes, 0xee);
  return packet.subarray(0, buildUdp(packet, family, of, payload, 0x1234));
}

/** As the answer to it would be heard: from the destination's port to ours. */
const turned = ({ source, sourcePort, destination, destinationPort }: Ends): Ends => ({
  source: destination,
  sourcePort: destinationPort,
  destination: source,
  destinationPort: sourcePort,
});
const ours = (family: Family) => (port: number) => (port === 40_000 ? ends[family].source : null);

/** IPv6 comes without its header. */
function heardOf(family: Family, packet: Buffer, length = packet.length): Datagram {
  return family === 4
    ? asHeard(packet, length)
    : asHeard(packet.subarray(40), length - 40, ends[6].destination, 61);
}
const answer = (family: Family, payload: Buffer): Buffer => built(family, payload, turned(ends[family]));

/** Over the pseudo-header and the datagram; 0 where it holds its own right checksum. */
function checksumOfUdp(family: Family, packet: Buffer): number {
  const udp = packet.subarray(headerBytes[family]);
  const addresses = family === 4 ? packet.subarray(12, 20) : packet.subarray(8, 40);
  const rest = Buffer.from([0, 17, udp.length >>> 8, udp.length & 0xff]);
  const padding = Buffer.alloc(udp.length % 2);
  return checksumOf(Buffer.concat([addresses, rest, udp, padding]));
}

describe.each(families)('a datagram of IPv%i', (family) => {
  const at = headerBytes[family];

  it.each(['', 'a', 'ab', 'something of odd length'])('with the payload "%s" is written right', (text) => {
    const packet = built(family, Buffer.from(text));
    expect(packet.length).toBe(at + 8 + text.length);
    expect(packet.readUInt16BE(at)).toBe(40_000);
    expect(packet.readUInt16BE(at + 2)).toBe(53);
    expect(packet.readUInt16BE(at + 4)).toBe(8 + text.length);
    expect(packet.subarray(at + 8).toString()).toBe(text);
    expect(checksumOfUdp(family, packet)).toBe(0);
    expect(family === 4 ? packet.readUInt16BE(2) : packet.readUInt16BE(4) + 40).toBe(packet.length);
  });

  it('whose checksum would be 0 bears 0xffff, for 0 says that there is none', () => {
    const first = built(family, Buffer.from([0, 0]));
    const rest = first.readUInt16BE(at + 6);
    const packet = built(family, Buffer.from([rest >>> 8, rest & 0xff]));
    expect(packet.readUInt16BE(at + 6)).toBe(0xffff);
  });

  it('is read for what it says', () => {
    const heard = readUdp(heardOf(family, answer(family, Buffer.from('hello'))), family, ours(family));
    expect(heard).toMatchObject({
      from: ends[family].destination,
      fromPort: 53,
      toPort: 40_000,
      totalBytes: at + 13,
      cut: false,
    });
    expect(heard?.payload.toString()).toBe('hello');
    expect(heard?.hopLimit).toBe(family === 4 ? 64 : 61);
  });

  it('is nothing where its checksum is wrong, but for the sum that nobody has completed', () => {
    const packet = answer(family, Buffer.from('hello'));
    const right = packet.readUInt16BE(at + 6);
    packet.writeUInt16BE(right ^ 1, at + 6);
    expect(readUdp(heardOf(family, packet), family, ours(family))).toBeNull();
    // The pseudo-header's sum alone: what is left of the whole sum without the datagram's own words.
    const udp = Buffer.from(packet.subarray(at));
    udp.writeUInt16BE(0, 6);
    const own = 0xffff - checksumOf(Buffer.concat([udp, Buffer.alloc(udp.length % 2)]));
    const whole = 0xffff - right;
    packet.writeUInt16BE((whole - own + 0xffff) % 0xffff, at + 6);
    expect(readUdp(heardOf(family, packet), family, ours(family))?.payload.toString()).toBe('hello');
  });

  it('without a checksum counts over IPv4 alone (RFC 8200 §8.1)', () => {
    const packet = answer(family, Buffer.from('hello'));
    packet.writeUInt16BE(0, at + 6);
    expect(readUdp(heardOf(family, packet), family, ours(family)) !== null).toBe(family === 4);
  });

  it("to a port that is not held is nobody's", () => {
    const packet = answer(family, Buffer.from('hello'));
    expect(readUdp(heardOf(family, packet), family, () => null)).toBeNull();
  });

  it('that was longer than what is kept is cut', () => {
    const packet = answer(family, Buffer.alloc(400));
    const heard = readUdp(heardOf(family, packet, at + 8 + 100), family, ours(family));
    expect(heard).toMatchObject({ cut: true, totalBytes: at + 408 });
    expect(heard?.payload.length).toBe(100);
  });

  it('is known again by its copy, behind any link header', () => {
    const packet = built(family, Buffer.from('hello'));
    const heads = [14, 0, 18].map((bytes) => Buffer.concat([Buffer.alloc(bytes), packet]));
    expect(heads.map((copy) => sentFrom(copy, family, copy.length))).toEqual([40_000, 40_000, 40_000]);
  });

  it('is known again in what a router quotes of it, 8 bytes of UDP at least', () => {
    const packet = built(family, Buffer.from('hello'));
    const quoted = Buffer.concat([Buffer.alloc(8), packet]);
    expect(quotedEnds(quoted, family, 8, 8 + at + 8)).toEqual(ends[family]);
    expect(quotedEnds(quoted, family, 8, 8 + at + 7)).toBeNull();
  });

  it('of other bytes is read without a throw, and never taken where one bit of it is wrong', () => {
    const dialect = family === 4 ? icmp4 : icmp6;
    const whole = answer(family, Buffer.from('a question of its own'));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: whole.length }),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
        (length, flips) => {
          const packet = Buffer.from(whole);
          for (const [place, bits] of flips) packet[place] = (packet[place] ?? 0) ^ bits;
          const least = Math.max(length, family === 6 ? 40 : 0);
          const datagram = heardOf(family, packet, least);
          readUdp(datagram, family, ours(family));
          dialect.readError(datagram);
          sentFrom(packet, family, least);
          quotedEnds(packet, family, 0, least);
        },
      ),
      { numRuns: 2000 },
    );
    for (let bit = 0; bit < (whole.length - at) * 8; bit++) {
      const packet = Buffer.from(whole);
      const place = at + (bit >>> 3);
      packet[place] = (packet[place] ?? 0) ^ (1 << (bit & 7));
      const heard = readUdp(heardOf(family, packet), family, ours(family));
      expect([bit, heard === null || heard.cut || heard.payload.length < 21]).toEqual([bit, true]);
    }
  });
});

it('takes no error for one that quotes a later fragment, whose bytes are payload', () => {
  const fragment = ip(
    { from: '192.168.2.10', to: '1.1.1.1', protocol: 17, fragmentOffset: 3 },
    Buffer.alloc(16, 40),
  );
  const error = ip({ from: '100.64.0.1', to: '192.168.2.10' }, icmp(3, 3, [0, 0, 0, 0], fragment));
  const read = icmp4.readError(asHeard(error));
  expect(read).toMatchObject({ type: 'unreachable', reason: 'port', from: '100.64.0.1' });
  expect(quotedEnds(error, 4, read?.quoteAt ?? 0, error.length)).toBeNull();
});
