// The bytes of IPv4 echoes, and what is read from the bytes that come back: right ones in full, all others not at all.
import { describe, expect, it } from 'vitest';
import { icmp4 } from '../../../agent/packet/icmp4.ts';
import {
  type Probe,
  asHeard,
  built,
  checksumOf,
  cookieBytesOf,
  icmp,
  ip,
  labelled4,
  quote,
  reply,
  timeExceeded,
  unreachable,
} from './datagrams.ts';

const probe: Probe = {
  source: '192.168.2.10',
  destination: '1.1.1.1',
  identifier: 0xbeef,
  sequence: 0x0102,
  cookie: 0x001122334455,
};
const build = (payloadBytes: number, hopLimit = 64): Buffer =>
  built(icmp4, { ...probe, hopLimit, payloadBytes, flow: 0x2bad });
const read = (datagram: Buffer) => icmp4.read(asHeard(datagram));
const router = '100.64.0.1';

describe('an echo', () => {
  it('is these bytes', () => {
    const message = (checksum: string, balance: string): string =>
      `0800${checksum}beef0102001122334455${balance}7070`;
    const balance = checksumOf(Buffer.from(message('2bad', '0000'), 'hex'));
    const identification = ((probe.cookie % 0xffff) + 1).toString(16).padStart(4, '0');
    expect(build(10, 5).toString('hex')).toBe(
      '45000026' + // version, length 38
        `${identification}0000` +
        '05010000' + // hop limit, ICMP
        'c0a8020a01010101' +
        message('2bad', balance.toString(16).padStart(4, '0')),
    );
  });

  it('is not taken for an answer when it is heard', () => {
    expect(read(build(56))).toBe(null);
  });
});

describe('what comes back', () => {
  const common = { identifier: 0xbeef, sequence: 0x0102, hopLimit: 60 };

  it('as a reply is read in full', () => {
    const heard = { ...common, type: 'reply', from: '1.1.1.1', totalBytes: 84, cookie: probe.cookie };
    expect(read(reply(probe))).toEqual(heard);
  });

  it('with the smallest payload, the cookie alone, is a reply too', () => {
    const least = ip(
      { from: '1.1.1.1', to: probe.source },
      icmp(0, 0, [0xbe, 0xef, 1, 2], cookieBytesOf(probe.cookie)),
    );
    expect(read(least)).toMatchObject({ type: 'reply', sequence: 0x0102, cookie: probe.cookie });
  });

  it.each([4, 20, 40])('with %d bytes of IP options is read past them', (options) => {
    expect(read(reply(probe, { options }))).toMatchObject({ type: 'reply', cookie: probe.cookie });
    const quoted = quote(probe, { options });
    expect(read(timeExceeded(router, probe, quoted))).toMatchObject({
      quotedDestination: '1.1.1.1',
      sequence: 0x0102,
    });
    const message = icmp(11, 0, [0, 0, 0, 0], quoted);
    expect(read(ip({ from: router, to: probe.source, options }, message))).toMatchObject({
      from: router,
      sequence: 0x0102,
    });
  });

  it('as time exceeded says who, for which probe', () => {
    const heard = {
      ...common,
      type: 'timeExceeded',
      from: router,
      reason: null,
      mtuBytes: null,
      mpls: [],
      quotedDestination: '1.1.1.1',
    };
    expect(read(timeExceeded(router, probe))).toEqual({ ...heard, totalBytes: 20 + 8 + 84 });
  });

  it('as time exceeded with the least a router may quote is enough', () => {
    const least = timeExceeded(router, probe, quote(probe, {}, 8));
    expect(read(least)).toMatchObject({ type: 'timeExceeded', identifier: 0xbeef, sequence: 0x0102 });
    expect(read(timeExceeded(router, probe, quote(probe, {}, 7)))).toBe(null);
  });

  // prettier-ignore
  it.each([
    [0, 'network'], [1, 'host'], [2, 'protocol'], [3, 'port'], [4, 'packetTooBig'], [5, 'other'], [6, 'network'],
    [7, 'host'], [8, 'other'], [9, 'prohibited'], [10, 'prohibited'], [11, 'network'], [12, 'host'],
    [13, 'prohibited'], [14, 'other'], [255, 'other'],
  ])('as unreachable with code %d says why: %s', (code, reason) => {
    const heard = { type: 'unreachable', reason, mtuBytes: null, from: router };
    expect(read(unreachable(router, code, probe))).toMatchObject(heard);
  });

  it('as fragmentation needed says which size would have passed, and nothing where none is given', () => {
    const tooBig = (mtu: number[]): Buffer =>
      ip({ from: router, to: probe.source }, icmp(3, 4, [0, 0, ...mtu], quote(probe)));
    expect(read(tooBig([0x05, 0xc8]))).toMatchObject({ reason: 'packetTooBig', mtuBytes: 1480 });
    expect(read(tooBig([0, 0]))).toMatchObject({ reason: 'packetTooBig', mtuBytes: null });
    const host = ip({ from: router, to: probe.source }, icmp(3, 1, [0, 0, 0x05, 0xc8], quote(probe)));
    expect(read(host)).toMatchObject({ reason: 'host', mtuBytes: null });
  });

  it('bears the labels that the router showed', () => {
    expect(read(labelled4(router, probe))).toMatchObject({
      type: 'timeExceeded',
      sequence: 0x0102,
      mpls: [{ label: 24_001, trafficClass: 5, ttl: 1 }],
    });
  });

  it('is copied, for the buffer is filled again', () => {
    const datagram = reply(probe);
    const heard = read(datagram);
    datagram.fill(0);
    expect(heard).toMatchObject({ cookie: probe.cookie });
  });

  it('in a longer buffer is read as far as it goes', () => {
    const datagram = reply(probe);
    const buffer = Buffer.concat([datagram, Buffer.alloc(500, 0xff)]);
    expect(icmp4.read(asHeard(buffer, datagram.length))).toEqual(read(datagram));
    const stale = Buffer.concat([reply(probe).subarray(0, 30), reply(probe).subarray(30)]);
    expect(icmp4.read(asHeard(stale, 30))).toBe(null);
  });
});

describe('what can be no answer', () => {
  const message = (type: number): Buffer =>
    ip({ from: '1.1.1.1', to: probe.source }, icmp(type, 0, [1, 2, 3, 4], Buffer.alloc(56)));
  const spoilt = (change: (datagram: Buffer) => void, datagram = reply(probe)): Buffer => {
    change(datagram);
    return datagram;
  };
  const short = ip({ from: '1.1.1.1', to: probe.source }, icmp(0, 0, [1, 2, 3, 4], Buffer.alloc(5)));

  // prettier-ignore
  it.each<[what: string, datagram: Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['half a header', reply(probe).subarray(0, 19)],
    ['a header alone', reply(probe).subarray(0, 20)],
    ['half an ICMP header', reply(probe).subarray(0, 27)],
    ['a reply without a whole cookie', short],
    ['IPv6', spoilt((datagram) => datagram.writeUInt8(0x65, 0))],
    ['a header shorter than any', spoilt((datagram) => datagram.writeUInt8(0x44, 0))],
    ['a header longer than all', ip({ from: '1.1.1.1', to: probe.source, options: 40 }, Buffer.alloc(7))],
    ['another protocol', reply(probe, { protocol: 17 })],
    ['a wrong checksum', spoilt((datagram) => datagram.writeUInt8(0x71, 80))],
    ['no checksum', spoilt((datagram) => datagram.writeUInt16BE(0, 22))],
    ['an echo request', message(8)],
    ['a redirect', message(5)],
    ['a timestamp reply', message(14)],
    ['a type nobody knows', message(255)],
    ['time exceeded without a quote', timeExceeded(router, probe, Buffer.alloc(0))],
    ['time exceeded with half a quoted header', timeExceeded(router, probe, quote(probe).subarray(0, 19))],
    ['time exceeded with a quoted header alone', timeExceeded(router, probe, quote(probe).subarray(0, 20))],
    ['time exceeded for UDP', timeExceeded(router, probe, quote(probe, { protocol: 17 }))],
    ['time exceeded for a reply of ours', timeExceeded(router, probe, reply(probe))],
    ['time exceeded for a later fragment', timeExceeded(router, probe, quote(probe, { fragmentOffset: 185 }))],
    ['a quote of IPv6', timeExceeded( router, probe, spoilt((quoted) => quoted.writeUInt8(0x65, 0), quote(probe)), )],
    ['a quote whose header says it is short', timeExceeded( router, probe, spoilt((quoted) => quoted.writeUInt8(0x41, 0), quote(probe)), )],
    ['a quote whose header says it is longer than all', timeExceeded( router, probe, spoilt((quoted) => quoted.writeUInt8(0x4f, 0), quote(probe, {}, 40)), )],
  ])('%s', (_what, datagram) => expect(read(datagram)).toBe(null));

  it('is told from a first fragment, and from one that may not be cut', () => {
    for (const flags of [0x2000, 0x4000]) {
      expect(read(timeExceeded(router, probe, quote(probe, { fragmentOffset: flags })))).toMatchObject({
        sequence: 0x0102,
      });
    }
  });
});

describe('the copy of an echo that has left', () => {
  const packet = build(56, 5);
  const read = (copy: Buffer) => icmp4.readSent(copy, copy.length);
  const ours = { identifier: probe.identifier, sequence: probe.sequence };

  it.each([
    ['an Ethernet header', 14],
    ['no header at all, as on a tunnel', 0],
    ['an Ethernet header with a VLAN tag', 18],
  ])('is known behind %s', (_what, bytes) => {
    expect(read(Buffer.concat([Buffer.alloc(bytes, 0xee), packet]))).toEqual(ours);
  });

  it('is not known by anything else', () => {
    expect(read(Buffer.concat([Buffer.alloc(14), packet.subarray(0, 40)]))).toBeNull();
    expect(read(reply(probe))).toBeNull();
    expect(read(Buffer.alloc(98, 0x45))).toBeNull();
    expect(read(Buffer.alloc(0))).toBeNull();
  });
});
