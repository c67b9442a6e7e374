// The bytes of IPv6 echoes, and what is read from the bytes that come back: right ones in full, all others not at all.
import { describe, expect, it } from 'vitest';
import { icmp6 } from '../../../agent/packet/icmp6.ts';
import {
  type Probe,
  asHeard,
  built,
  checksum6,
  error6,
  ip6,
  labelled6,
  quote6,
  reply6,
} from './datagrams.ts';

const probe: Probe = {
  source: 'fd00:2::10',
  destination: '2001:db8::1',
  identifier: 0xbeef,
  sequence: 0x0102,
  cookie: 0x001122334455,
};
const router = 'fd00:3::1';
const read = (message: Buffer, from = router, hopLimit: number | null = 61) =>
  icmp6.read(asHeard(message, message.length, from, hopLimit));
const build = (payloadBytes: number, hopLimit = 64): Buffer =>
  built(icmp6, { ...probe, hopLimit, payloadBytes, flow: 0x2bad });
const named = { identifier: 0xbeef, sequence: 0x0102 };

describe('an echo', () => {
  it('is these bytes', () => {
    const message = (checksum: string, balance: string): string =>
      `8000${checksum}beef0102001122334455${balance}7070`;
    const unbalanced = Buffer.from(message('2bad', '0000'), 'hex');
    const balance = checksum6(probe.source, probe.destination, unbalanced);
    expect(build(10, 5).toString('hex')).toBe(
      '60002bad' + // version, flow label
        '00123a05' + // length 18, ICMPv6, hop limit
        'fd000002000000000000000000000010' +
        '20010db8000000000000000000000001' +
        message('2bad', balance.toString(16).padStart(4, '0')),
    );
  });

  it('is not taken for an answer when it is heard', () => {
    expect(read(build(56).subarray(40))).toBe(null);
  });
});

describe('what comes back', () => {
  it('as a reply is read in full, its sender and hop limit as the kernel says', () => {
    const heard = { ...named, type: 'reply', from: '2001:db8::1', hopLimit: 61, cookie: probe.cookie };
    expect(read(reply6(probe), '2001:db8::1')).toEqual({ ...heard, totalBytes: 104 });
    expect(read(reply6(probe), '2001:db8::1', null)).toMatchObject({ hopLimit: null });
  });

  it('as time exceeded says who, for which probe', () => {
    expect(read(error6(router, 3, 0, probe))).toEqual({
      ...named,
      type: 'timeExceeded',
      from: router,
      hopLimit: 61,
      totalBytes: 40 + 8 + 104,
      reason: null,
      mtuBytes: null,
      mpls: [],
      quotedDestination: '2001:db8::1',
    });
  });

  // prettier-ignore
  it.each([
    [0, 'network'], [1, 'prohibited'], [2, 'network'], [3, 'host'], [4, 'port'], [5, 'prohibited'],
    [6, 'prohibited'], [7, 'other'], [255, 'other'],
  ])('as unreachable with code %d says why: %s', (code, reason) => {
    const heard = { type: 'unreachable', reason, mtuBytes: null, quotedDestination: '2001:db8::1' };
    expect(read(error6(router, 1, code, probe))).toMatchObject(heard);
  });

  it('as packet too big says which size would have passed', () => {
    const tooBig = error6(router, 2, 0, probe, quote6(probe), [0, 0, 0x05, 0x00]);
    expect(read(tooBig)).toMatchObject({ type: 'unreachable', reason: 'packetTooBig', mtuBytes: 1280 });
  });

  it('bears the labels that the router showed', () => {
    const mpls = [{ label: 24_001, trafficClass: 5, ttl: 1 }];
    expect(read(labelled6(router, probe))).toMatchObject({ ...named, type: 'timeExceeded', mpls });
  });

  it('with the least of the probe that names it is enough', () => {
    expect(read(error6(router, 3, 0, probe, quote6(probe, 8)))).toMatchObject(named);
    expect(read(error6(router, 3, 0, probe, quote6(probe, 7)))).toBe(null);
  });

  it('is copied, for the buffer is filled again', () => {
    const message = reply6(probe);
    const heard = read(message);
    message.fill(0);
    expect(heard).toMatchObject({ cookie: probe.cookie });
  });

  it('in a longer buffer is read as far as it goes', () => {
    const message = error6(router, 3, 0, probe);
    const buffer = Buffer.concat([message, Buffer.alloc(500, 0xff)]);
    expect(icmp6.read(asHeard(buffer, message.length, router, 61))).toEqual(read(message));
    expect(icmp6.read(asHeard(buffer, 55, router, 61))).toBe(null);
    expect(icmp6.read(asHeard(reply6(probe), 13, router, 61))).toBe(null);
  });
});

describe('what can be no answer', () => {
  const typed = (type: number): Buffer => {
    const message = reply6(probe);
    message[0] = type;
    return message;
  };
  const inner = (change: (quoted: Buffer) => void): Buffer => {
    const quoted = quote6(probe);
    change(quoted);
    return error6(router, 3, 0, probe, quoted);
  };

  // prettier-ignore
  it.each<[what: string, message: Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['half a header', reply6(probe).subarray(0, 7)],
    ['a reply without a whole cookie', reply6(probe).subarray(0, 13)],
    ['an echo request', typed(128)],
    ['a router advertisement', typed(134)],
    ['a neighbour advertisement', typed(136)],
    ['a parameter problem', error6(router, 4, 0, probe)],
    ['time exceeded without a quote', error6(router, 3, 0, probe, Buffer.alloc(0))],
    ['time exceeded with a quoted header alone', error6(router, 3, 0, probe, quote6(probe, 0))],
    ['time exceeded for UDP', error6(router, 3, 0, probe, quote6(probe, 64, 17))],
    ['time exceeded for a fragment', error6(router, 3, 0, probe, quote6(probe, 64, 44))],
    ['time exceeded for a reply of ours', error6(router, 3, 0, probe, ip6(probe.source, router, reply6(probe)))],
    ['a quote of IPv4', inner((quoted) => quoted.writeUInt8(0x45, 0))],
  ])('%s', (_what, message) => expect(read(message)).toBe(null));
});

describe('the copy of an echo that has left', () => {
  const packet = build(56, 5);
  const readSent = (copy: Buffer) => icmp6.readSent(copy, copy.length);

  it.each([
    ['an Ethernet header', 14],
    ['no header at all, as on a tunnel', 0],
    ['an Ethernet header with a VLAN tag', 18],
  ])('is known behind %s', (_what, bytes) => {
    expect(readSent(Buffer.concat([Buffer.alloc(bytes, 0xee), packet]))).toEqual(named);
  });

  it('is not known by anything else', () => {
    expect(readSent(Buffer.concat([Buffer.alloc(14), packet.subarray(0, 60)]))).toBeNull();
    expect(readSent(ip6(probe.source, probe.destination, reply6(probe)))).toBeNull();
    expect(readSent(Buffer.alloc(118, 0x60))).toBeNull();
    expect(readSent(Buffer.alloc(0))).toBeNull();
  });
});
