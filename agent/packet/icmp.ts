// The bytes of IPv4 echoes and of what comes back for them (RFC 791, RFC 792). Pure: no sockets, no clock.

const ipHeaderBytes = 20;
const icmpHeaderBytes = 8;
export const cookieBytes = 8;
export const overheadBytes = ipHeaderBytes + icmpHeaderBytes;

const icmpProtocol = 1;
const fragmentOffsetMask = 0x1fff;
const type = { echoReply: 0, unreachable: 3, echo: 8, timeExceeded: 11 } as const;

export interface EchoFields {
  source: string;
  destination: string;
  hopLimit: number;
  identifier: number;
  sequence: number;
  /** ICMP payload, cookie included. */
  payloadBytes: number;
  cookie: Buffer;
}

/** What a received datagram says, before anyone knows whose it is. */
export type Heard = {
  from: string;
  hopLimit: number;
  totalBytes: number;
  identifier: number;
  sequence: number;
} & (
  | { type: 'reply'; cookie: Buffer }
  | { type: 'timeExceeded' | 'unreachable'; code: number; quotedDestination: string }
);

function writeAddress(packet: Buffer, address: string, offset: number): void {
  for (const [index, octet] of address.split('.').entries()) packet[offset + index] = Number(octet);
}

const readAddress = (packet: Buffer, offset: number): string =>
  `${packet[offset]}.${packet[offset + 1]}.${packet[offset + 2]}.${packet[offset + 3]}`;

/** The Internet checksum (RFC 1071) over bytes [from, to); over a message that holds its own right one it is 0. */
export function internetChecksum(bytes: Buffer, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at + 1 < to; at += 2) sum += bytes.readUInt16BE(at);
  if ((to - from) % 2 === 1) sum += (bytes[to - 1] ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** An ICMP echo request with its own IP header; the kernel fills in length, header checksum and identification. */
export function buildEcho(echo: EchoFields): Buffer {
  const length = overheadBytes + echo.payloadBytes;
  const packet = Buffer.alloc(length, 0x70);
  packet.fill(0, 0, overheadBytes);
  packet[0] = 0x45;
  packet.writeUInt16BE(length, 2);
  packet[8] = echo.hopLimit;
  packet[9] = icmpProtocol;
  writeAddress(packet, echo.source, 12);
  writeAddress(packet, echo.destination, 16);
  packet[20] = type.echo;
  packet.writeUInt16BE(echo.identifier, 24);
  packet.writeUInt16BE(echo.sequence, 26);
  echo.cookie.copy(packet, overheadBytes);
  packet.writeUInt16BE(internetChecksum(packet, ipHeaderBytes, length), 22);
  return packet;
}

/** Length of the IPv4 header at `at`, or null where there is none that fits into `length` bytes. */
function headerLength(packet: Buffer, at: number, length: number): number | null {
  const first = packet[at] ?? 0;
  const bytes = (first & 0x0f) * 4;
  return first >>> 4 === 4 && bytes >= ipHeaderBytes && at + bytes + icmpHeaderBytes <= length ? bytes : null;
}

/** Bytes before the IP header in the kernel's copy of what has left: Ethernet, none, Ethernet with a VLAN tag. */
const linkHeaders = [14, 0, 18];

/** Which echo a copy of a packet that has left is; null where it is none. */
export function readSentEcho(
  packet: Buffer,
  length: number,
): { identifier: number; sequence: number } | null {
  for (const link of linkHeaders) {
    const header = headerLength(packet, link, length);
    const isWhole = header !== null && packet.readUInt16BE(link + 2) === length - link;
    if (!isWhole || packet[link + 9] !== icmpProtocol || packet[link + header] !== type.echo) continue;
    const at = link + header;
    return { identifier: packet.readUInt16BE(at + 4), sequence: packet.readUInt16BE(at + 6) };
  }
  return null;
}

/**
 * Reads one datagram from a raw ICMP socket (IP header included). Null for whatever can't answer an echo: other
 * types, other protocols, cut or lying lengths, a wrong checksum (raw sockets see those too), fragments quoted.
 */
export function readIcmp(packet: Buffer, length: number): Heard | null {
  const header = headerLength(packet, 0, length);
  if (header === null || packet[9] !== icmpProtocol || internetChecksum(packet, header, length) !== 0)
    return null;
  const common = { from: readAddress(packet, 12), hopLimit: packet[8] ?? 0, totalBytes: length };
  const body = header + icmpHeaderBytes;
  switch (packet[header]) {
    case type.echoReply:
      if (length < body + cookieBytes) return null;
      return {
        ...common,
        type: 'reply',
        identifier: packet.readUInt16BE(header + 4),
        sequence: packet.readUInt16BE(header + 6),
        cookie: Buffer.from(packet.subarray(body, body + cookieBytes)),
      };
    case type.timeExceeded:
    case type.unreachable: {
      const quoted = headerLength(packet, body, length);
      if (quoted === null || packet[body + 9] !== icmpProtocol || packet[body + quoted] !== type.echo)
        return null;
      // Behind the header of a later fragment stands payload, not ICMP.
      if ((packet.readUInt16BE(body + 6) & fragmentOffsetMask) !== 0) return null;
      return {
        ...common,
        type: packet[header] === type.timeExceeded ? 'timeExceeded' : 'unreachable',
        code: packet[header + 1] ?? 0,
        quotedDestination: readAddress(packet, body + 16),
        identifier: packet.readUInt16BE(body + quoted + 4),
        sequence: packet.readUInt16BE(body + quoted + 6),
      };
    }
    default:
      return null;
  }
}
