// Datagrams as raw ICMP sockets hear them, put together byte by byte (RFC 791, RFC 792; RFC 4443) without the agent's
// own code.
import {
  type Datagram,
  type Dialect,
  type EchoFields,
  longestEchoBytes,
} from '../../../agent/packet/icmp.ts';

export interface IpFields {
  from: string;
  to: string;
  hopLimit?: number;
  protocol?: number;
  /** In bytes, a multiple of 4. */
  options?: number;
  /** In units of 8 bytes. */
  fragmentOffset?: number;
  totalLength?: number;
}

const octets = (address: string): number[] => address.split('.').map(Number);

/** RFC 1071, word by word with the carry put back each time. */
export function checksumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return 0xffff - sum;
}

export function ip(fields: IpFields, payload: Buffer): Buffer {
  const { from, to, hopLimit = 60, protocol = 1, options = 0, fragmentOffset = 0 } = fields;
  const header = Buffer.alloc(20 + options, 1);
  header.fill(0, 0, 12);
  header[0] = 0x40 | (header.length / 4);
  header.writeUInt16BE(fields.totalLength ?? header.length + payload.length, 2);
  header.writeUInt16BE(fragmentOffset, 6);
  header[8] = hopLimit;
  header[9] = protocol;
  header.set([...octets(from), ...octets(to)], 12);
  return Buffer.concat([header, payload]);
}

/** An ICMP message with a right checksum. */
export function icmp(type: number, code: number, middle: number[], body: Uint8Array): Buffer {
  const message = Buffer.from([type, code, 0, 0, ...middle, ...body]);
  message.writeUInt16BE(checksumOf(message), 2);
  return message;
}

export interface Probe {
  source: string;
  destination: string;
  identifier: number;
  sequence: number;
  /** Its six bytes as a number. */
  cookie: number;
}

const words = (...values: number[]): number[] => values.flatMap((value) => [value >>> 8, value & 0xff]);
/** An echo by the agent's own code, into a buffer that another packet lay in. */
export function built(dialect: Dialect, fields: EchoFields): Buffer {
  const buffer = Buffer.alloc(longestEchoBytes, 0xee);
  return buffer.subarray(0, dialect.build(fields, buffer));
}

export function cookieBytesOf(cookie: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUIntBE(cookie, 0, 6);
  return bytes;
}

const payload = (cookie: number): Buffer => Buffer.concat([cookieBytesOf(cookie), Buffer.alloc(50, 0x70)]);

const echoMessage = (type: number, { identifier, sequence, cookie }: Probe): Buffer =>
  icmp(type, 0, words(identifier, sequence), payload(cookie));

export const reply = (probe: Probe, fields: Partial<IpFields> = {}): Buffer =>
  ip({ from: probe.destination, to: probe.source, ...fields }, echoMessage(0, probe));

/** What a router quotes of a probe: its header and at least 8 bytes of it. */
export const quote = (probe: Probe, fields: Partial<IpFields> = {}, bytes = 64): Buffer =>
  ip({ from: probe.source, to: probe.destination, ...fields }, echoMessage(8, probe).subarray(0, bytes));

export const timeExceeded = (router: string, probe: Probe, quoted = quote(probe)): Buffer =>
  ip({ from: router, to: probe.source }, icmp(11, 0, [0, 0, 0, 0], quoted));

export const unreachable = (router: string, code: number, probe: Probe, quoted = quote(probe)): Buffer =>
  ip({ from: router, to: probe.source }, icmp(3, code, [0, 0, 0, 0], quoted));

/** As the kernel gives it; `from` and `hopLimit` count for IPv6 alone. */
export const asHeard = (
  bytes: Buffer,
  length = bytes.length,
  from = '',
  hopLimit: number | null = null,
): Datagram => ({ bytes, length, from, hopLimit, realtimeUs: 0, read: { realtimeUs: 0, monotonicUs: 0 } });

/** An extension of one MPLS object (RFC 4950) with these label stack entries, behind the objects given. */
export function mplsExtension(entries: readonly number[], before: readonly number[] = []): Buffer {
  const object = [...words(4 + 4 * entries.length), 1, 1];
  const stack = entries.flatMap((entry) => words(Math.floor(entry / 65_536), entry % 65_536));
  const extension = Buffer.from([0x20, 0, 0, 0, ...before, ...object, ...stack]);
  extension.writeUInt16BE(checksumOf(extension), 2);
  return extension;
}

/** A label stack entry: label, traffic class, bottom of stack, TTL (RFC 3032). */
export const labelEntry = (label: number, trafficClass: number, bottom: 0 | 1, ttl: number): number =>
  label * 4096 + trafficClass * 512 + bottom * 256 + ttl;

const oneLabel = mplsExtension([labelEntry(24_001, 5, 1, 1)]);

/** The quote filled up to 128 bytes, and an extension behind it (RFC 4884). */
const extended = (quoted: Buffer): Buffer =>
  Buffer.concat([quoted, Buffer.alloc(128 - quoted.length), oneLabel]);

/** Time exceeded by a router that shows one label; its length field counts words of four bytes. */
export const labelled4 = (router: string, probe: Probe): Buffer =>
  ip({ from: router, to: probe.source }, icmp(11, 0, [0, 32, 0, 0], extended(quote(probe))));

const groups = (address: string): number[] => {
  const [head = '', tail = ''] = address.split('::');
  const numbers = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [numbers(head), numbers(tail)];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
};

/** With `nextHeader` other than ICMPv6's on demand. */
export function ip6(from: string, to: string, payload: Buffer, nextHeader = 58): Buffer {
  const ends = words(...groups(from), ...groups(to));
  return Buffer.concat([
    Buffer.from([0x60, 0, 0, 0, ...words(payload.length), nextHeader, 1, ...ends]),
    payload,
  ]);
}

/** Over an ICMPv6 message and its pseudo-header (RFC 8200 §8.1); 0 where the message holds its own right one. */
export function checksum6(from: string, to: string, message: Buffer): number {
  const pseudoHeader = words(...groups(from), ...groups(to), 0, message.length, 0, 58);
  return checksumOf(Buffer.from([...pseudoHeader, ...message]));
}

function icmp6(from: string, to: string, head: readonly number[], body: Uint8Array): Buffer {
  const message = Buffer.from([...head.slice(0, 2), 0, 0, ...head.slice(2), ...body]);
  message.writeUInt16BE(checksum6(from, to, message), 2);
  return message;
}

const echo6 = (type: number, from: string, to: string, { identifier, sequence, cookie }: Probe): Buffer =>
  icmp6(from, to, [type, 0, ...words(identifier, sequence)], payload(cookie));

/** Messages from here on have no IP header: raw ICMPv6 sockets give none (RFC 3542 §3). */
export const reply6 = (probe: Probe): Buffer => echo6(129, probe.destination, probe.source, probe);

export function quote6(probe: Probe, bytes = 64, nextHeader = 58): Buffer {
  const { source, destination } = probe;
  return ip6(source, destination, echo6(128, source, destination, probe).subarray(0, bytes), nextHeader);
}

/** An error of a type and code; `middle` is the word between the checksum and the quote. */
export const error6 = (
  router: string,
  type: number,
  code: number,
  probe: Probe,
  quoted = quote6(probe),
  middle: readonly number[] = [0, 0, 0, 0],
): Buffer => icmp6(router, probe.source, [type, code, ...middle], quoted);

/** Time exceeded by a router that shows one label; its length field counts words of eight bytes. */
export const labelled6 = (router: string, probe: Probe): Buffer =>
  error6(router, 3, 0, probe, extended(quote6(probe)), [16, 0, 0, 0]);

/** Puts the ICMP checksum right again after a change. */
export function mended(datagram: Buffer): Buffer {
  const copy = Buffer.from(datagram);
  const header = ((copy[0] ?? 0) & 0x0f) * 4;
  if (header + 4 > copy.length) return copy;
  copy.writeUInt16BE(0, header + 2);
  copy.writeUInt16BE(checksumOf(copy.subarray(header)), header + 2);
  return copy;
}
