// The bytes of IPv6 echoes and of what comes back for them (RFC 8200, RFC 4443). Pure: no sockets, no clock.
import type { UnreachableReason } from './echo.ts';
import { onesSum, readIpv6, writeIpv6 } from './bytes.ts';
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

const ipHeaderBytes = 40;
const icmpHeaderBytes = 8;
const icmpNextHeader = 58;
const type = { unreachable: 1, packetTooBig: 2, timeExceeded: 3, echo: 128, echoReply: 129 } as const;

const reasons: Readonly<Record<number, UnreachableReason>> = {
  0: 'network',
  1: 'prohibited',
  2: 'network',
  3: 'host',
  4: 'port',
  5: 'prohibited',
  6: 'prohibited',
};

/** An echo with its own IP header: with IPV6_HDRINCL the kernel fills in nothing, the checksum neither. */
function build(echo: EchoFields, packet: Buffer): number {
  const icmpBytes = icmpHeaderBytes + echo.payloadBytes;
  const length = ipHeaderBytes + icmpBytes;
  packet.fill(0, 0, ipHeaderBytes + icmpHeaderBytes);
  packet.writeUInt32BE((6 << 28) >>> 0, 0);
  packet.writeUInt16BE(echo.flow, 2); // the flow label's low 16 bits (RFC 6437)
  packet.writeUInt16BE(icmpBytes, 4);
  packet[6] = icmpNextHeader;
  packet[7] = echo.hopLimit;
  writeIpv6(packet, echo.source, 8);
  writeIpv6(packet, echo.destination, 24);
  packet[ipHeaderBytes] = type.echo;
  // The pseudo-header (RFC 8200 §8.1): both addresses, the length, the next header.
  fillEcho(packet, ipHeaderBytes, echo, () => onesSum(packet, 8, length, icmpBytes + icmpNextHeader));
  return length;
}

const readError: Dialect['readError'] = ({ bytes: packet, length, from, hopLimit }) => {
  const isError =
    packet[0] === type.unreachable || packet[0] === type.packetTooBig || packet[0] === type.timeExceeded;
  if (!isError || length < icmpHeaderBytes) return null;
  const exceeded = packet[0] === type.timeExceeded;
  const tooBig = packet[0] === type.packetTooBig;
  return {
    from,
    hopLimit,
    totalBytes: ipHeaderBytes + length,
    type: exceeded ? 'timeExceeded' : 'unreachable',
    reason: exceeded ? null : tooBig ? 'packetTooBig' : (reasons[packet[1] ?? 0] ?? 'other'),
    mtuBytes: tooBig ? packet.readUInt32BE(4) : null,
    mpls: tooBig ? [] : mplsLabels(packet, icmpHeaderBytes, (packet[4] ?? 0) * 8, length),
    quoteAt: icmpHeaderBytes,
  };
};

/** Whose echo an error is about; null where it quotes none of ICMPv6. */
function quotingEcho(error: IcmpError, packet: Buffer, length: number): Heard | null {
  const { quoteAt: quote, ...said } = error;
  const icmp = quote + ipHeaderBytes;
  if (length < icmp + icmpHeaderBytes || (packet[quote] ?? 0) >>> 4 !== 6) return null;
  if (packet[quote + 6] !== icmpNextHeader || packet[icmp] !== type.echo) return null;
  return {
    ...said,
    quotedDestination: readIpv6(packet, quote + 24),
    identifier: packet.readUInt16BE(icmp + 4),
    sequence: packet.readUInt16BE(icmp + 6),
  };
}

/** A datagram from a raw ICMPv6 socket: no IP header, and a checksum that the kernel has verified. */
const read: Dialect['read'] = (datagram) => {
  const { bytes: packet, length, from, hopLimit } = datagram;
  if (length < icmpHeaderBytes + cookieBytes) return null;
  if (packet[0] === type.echoReply) {
    return {
      from,
      hopLimit,
      totalBytes: ipHeaderBytes + length,
      type: 'reply',
      identifier: packet.readUInt16BE(4),
      sequence: packet.readUInt16BE(6),
      cookie: packet.readUIntBE(icmpHeaderBytes, cookieBytes),
    };
  }
  const error = readError(datagram);
  return error === null ? null : quotingEcho(error, packet, length);
};

const readSent: Dialect['readSent'] = (packet, length) => {
  for (const link of linkHeaders) {
    const at = link + ipHeaderBytes;
    if (at + icmpHeaderBytes > length || (packet[link] ?? 0) >>> 4 !== 6) continue;
    if (packet.readUInt16BE(link + 4) !== length - at || packet[link + 6] !== icmpNextHeader) continue;
    if (packet[at] !== type.echo) continue;
    return { identifier: packet.readUInt16BE(at + 4), sequence: packet.readUInt16BE(at + 6) };
  }
  return null;
};

export const icmp6: Dialect = {
  overheadBytes: ipHeaderBytes + icmpHeaderBytes,
  build,
  read,
  readError,
  readSent,
};
