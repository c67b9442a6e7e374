// The bytes of IPv4 echoes and of what comes back for them (RFC 791, RFC 792). Pure: no sockets, no clock.
import type { UnreachableReason } from './echo.ts';
import { internetChecksum, onesSum, readIpv4, writeIpv4 } from './bytes.ts';
import { mplsLabels } from './extensions.ts';
import {
  type Dialect,
  type EchoFields,
  type Heard,
  type IcmpError,
  cookieBytes,
  fillEcho,
  linkHeaders,
} from './icmp.ts';

const ipHeaderBytes = 20;
const icmpHeaderBytes = 8;
const icmpProtocol = 1;
const fragmentOffsetMask = 0x1fff;
const type = { echoReply: 0, unreachable: 3, echo: 8, timeExceeded: 11 } as const;

const reasons: Readonly<Record<number, UnreachableReason>> = {
  0: 'network',
  1: 'host',
  2: 'protocol',
  3: 'port',
  4: 'packetTooBig',
  6: 'network',
  7: 'host',
  9: 'prohibited',
  10: 'prohibited',
  11: 'network',
  12: 'host',
  13: 'prohibited',
};

/** An echo with its own IP header, whose checksum the kernel fills in (and an identification where it is 0). */
function build(echo: EchoFields, packet: Buffer): number {
  const length = ipHeaderBytes + icmpHeaderBytes + echo.payloadBytes;
  packet.fill(0, 0, ipHeaderBytes + icmpHeaderBytes);
  packet[0] = 0x45;
  packet.writeUInt16BE(length, 2);
  packet.writeUInt16BE((echo.cookie % 0xffff) + 1, 4);
  packet[8] = echo.hopLimit;
  packet[9] = icmpProtocol;
  writeIpv4(packet, echo.source, 12);
  writeIpv4(packet, echo.destination, 16);
  packet[ipHeaderBytes] = type.echo;
  fillEcho(packet, ipHeaderBytes, echo, () => onesSum(packet, ipHeaderBytes, length));
  return length;
}

/** Length of the IPv4 header at `at`, or null where there is none that fits into `length` bytes. */
function headerLength(packet: Buffer, at: number, length: number): number | null {
  const first = packet[at] ?? 0;
  const bytes = (first & 0x0f) * 4;
  return first >>> 4 === 4 && bytes >= ipHeaderBytes && at + bytes + icmpHeaderBytes <= length ? bytes : null;
}

/** Where the ICMP header of an intact datagram begins: raw sockets see those with a wrong checksum too. */
function icmpAt(packet: Buffer, length: number): number | null {
  const at = headerLength(packet, 0, length);
  const intact = at !== null && packet[9] === icmpProtocol && internetChecksum(packet, at, length) === 0;
  return intact ? at : null;
}

function errorAt(packet: Buffer, at: number, length: number): IcmpError | null {
  if (packet[at] !== type.timeExceeded && packet[at] !== type.unreachable) return null;
  const exceeded = packet[at] === type.timeExceeded;
  const reason = exceeded ? null : (reasons[packet[at + 1] ?? 0] ?? 'other');
  const mtu = packet.readUInt16BE(at + 6);
  return {
    from: readIpv4(packet, 12),
    hopLimit: packet[8] ?? 0,
    totalBytes: length,
    type: exceeded ? 'timeExceeded' : 'unreachable',
    reason,
    mtuBytes: reason === 'packetTooBig' && mtu > 0 ? mtu : null,
    mpls: mplsLabels(packet, at + icmpHeaderBytes, (packet[at + 5] ?? 0) * 4, length),
    quoteAt: at + icmpHeaderBytes,
  };
}

/** Whose echo an error is about; null where it quotes none of ICMP. */
function quotingEcho(error: IcmpError, packet: Buffer, length: number): Heard | null {
  const { quoteAt: quote, ...said } = error;
  const quoted = headerLength(packet, quote, length);
  if (quoted === null || packet[quote + 9] !== icmpProtocol || packet[quote + quoted] !== type.echo)
    return null;
  // Behind the header of a later fragment stands payload, not ICMP.
  if ((packet.readUInt16BE(quote + 6) & fragmentOffsetMask) !== 0) return null;
  return {
    ...said,
    quotedDestination: readIpv4(packet, quote + 16),
    identifier: packet.readUInt16BE(quote + quoted + 4),
    sequence: packet.readUInt16BE(quote + quoted + 6),
  };
}

/**
 * A datagram from a raw ICMP socket, IP header included. Null for other types and protocols, cut or lying lengths, a
 * wrong checksum, a fragment quoted.
 */
const read: Dialect['read'] = ({ bytes: packet, length }) => {
  const at = icmpAt(packet, length);
  if (at === null) return null;
  const error = errorAt(packet, at, length);
  if (error !== null) return quotingEcho(error, packet, length);
  const body = at + icmpHeaderBytes;
  if (packet[at] !== type.echoReply || length < body + cookieBytes) return null;
  return {
    from: readIpv4(packet, 12),
    hopLimit: packet[8] ?? 0,
    totalBytes: length,
    type: 'reply',
    identifier: packet.readUInt16BE(at + 4),
    sequence: packet.readUInt16BE(at + 6),
    cookie: packet.readUIntBE(body, cookieBytes),
  };
};

const readError: Dialect['readError'] = ({ bytes: packet, length }) => {
  const at = icmpAt(packet, length);
  return at === null ? null : errorAt(packet, at, length);
};

const readSent: Dialect['readSent'] = (packet, length) => {
  for (const link of linkHeaders) {
    const header = headerLength(packet, link, length);
    if (header === null || packet.readUInt16BE(link + 2) !== length - link) continue;
    const at = link + header;
    if (packet[link + 9] !== icmpProtocol || packet[at] !== type.echo) continue;
    return { identifier: packet.readUInt16BE(at + 4), sequence: packet.readUInt16BE(at + 6) };
  }
  return null;
};

export const icmp4: Dialect = {
  overheadBytes: ipHeaderBytes + icmpHeaderBytes,
  build,
  read,
  readError,
  readSent,
};
