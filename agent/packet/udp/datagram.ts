// The bytes of UDP datagrams, of their copies and of what routers quote of them (RFC 768, RFC 8200 §8.1). Pure.
import type { Family } from '../../../shared/ip.ts';
import { onesSum, readIpv4, readIpv6, writeIpv4, writeIpv6 } from '../bytes.ts';
import { type Datagram, linkHeaders } from '../icmp.ts';

const udpProtocol = 17;
const udpHeaderBytes = 8;
const hopLimit = 64;

/** Where an IP header of a family holds what; lengths in bytes. */
const layouts = {
  4: { headerBytes: 20, sourceAt: 12, destinationAt: 16, addressBytes: 4, protocolAt: 9 },
  6: { headerBytes: 40, sourceAt: 8, destinationAt: 24, addressBytes: 16, protocolAt: 6 },
} as const;

export const longestQuestionBytes = 40 + udpHeaderBytes + 1232;

export interface Ends {
  source: string;
  sourcePort: number;
  destination: string;
  destinationPort: number;
}

const read = { 4: readIpv4, 6: readIpv6 } as const;
const write = { 4: writeIpv4, 6: writeIpv6 } as const;

function writeHeader(packet: Buffer, family: Family, length: number, identification: number): void {
  packet.fill(0, 0, layouts[family].headerBytes);
  if (family === 4) {
    packet[0] = 0x45;
    packet.writeUInt16BE(length, 2);
    packet.writeUInt16BE(identification, 4);
    packet[8] = hopLimit;
  } else {
    packet[0] = 0x60;
    packet.writeUInt16BE(length - 40, 4);
    packet[7] = hopLimit;
  }
  packet[layouts[family].protocolAt] = udpProtocol;
}

/** The sum of the pseudo-header: both addresses, the length, the protocol. */
const pseudoSum = (packet: Buffer, family: Family, udpBytes: number): number => {
  const { sourceAt, addressBytes } = layouts[family];
  return onesSum(packet, sourceAt, sourceAt + 2 * addressBytes, udpBytes + udpProtocol);
};

/** Writes a datagram with its own IP header to the front of a buffer of `longestQuestionBytes`; returns its length. */
export function buildUdp(
  packet: Buffer,
  family: Family,
  ends: Ends,
  payload: Buffer,
  identification: number,
) {
  const { headerBytes, sourceAt, destinationAt } = layouts[family];
  const udpBytes = udpHeaderBytes + payload.length;
  const length = headerBytes + udpBytes;
  writeHeader(packet, family, length, identification);
  write[family](packet, ends.source, sourceAt);
  write[family](packet, ends.destination, destinationAt);
  packet.writeUInt16BE(ends.sourcePort, headerBytes);
  packet.writeUInt16BE(ends.destinationPort, headerBytes + 2);
  packet.writeUInt16BE(udpBytes, headerBytes + 4);
  packet.writeUInt16BE(0, headerBytes + 6);
  payload.copy(packet, headerBytes + udpHeaderBytes);
  const sum = onesSum(packet, headerBytes, length, pseudoSum(packet, family, udpBytes));
  // 0 would say that there is none.
  packet.writeUInt16BE(~sum & 0xffff || 0xffff, headerBytes + 6);
  return length;
}

/** Where the header behind an IPv4 or IPv6 header begins, if the packet at `at` is a whole one of UDP; else null. */
function udpAt(packet: Buffer, family: Family, at: number, length: number): number | null {
  const first = packet[at] ?? 0;
  const { headerBytes, protocolAt } = layouts[family];
  const bytes = family === 4 ? (first & 0x0f) * 4 : headerBytes;
  if (first >>> 4 !== family || bytes < headerBytes || at + bytes + udpHeaderBytes > length) return null;
  if (packet[at + protocolAt] !== udpProtocol) return null;
  // Behind the header of a later fragment stands payload.
  if (family === 4 && (packet.readUInt16BE(at + 6) & 0x1fff) !== 0) return null;
  return at + bytes;
}

function endsAt(packet: Buffer, family: Family, at: number, udp: number): Ends {
  const { sourceAt, destinationAt } = layouts[family];
  return {
    source: read[family](packet, at + sourceAt),
    destination: read[family](packet, at + destinationAt),
    sourcePort: packet.readUInt16BE(udp),
    destinationPort: packet.readUInt16BE(udp + 2),
  };
}

export interface HeardUdp {
  from: string;
  fromPort: number;
  toPort: number;
  hopLimit: number | null;
  totalBytes: number;
  /** Part of what was read: valid until the next datagram is. */
  payload: Buffer;
  cut: boolean;
}

/**
 * Whether the checksum stands for what was read. A packet of this very machine's (over loopback, or from another
 * namespace) may bear the pseudo-header's sum alone: nobody has completed it, for it was on no wire.
 */
function isIntact(packet: Buffer, at: number, end: number, pseudo: number, family: Family): boolean {
  const checksum = packet.readUInt16BE(at + 6);
  if (checksum === 0) return family === 4;
  return checksum === pseudo || onesSum(packet, at, end, pseudo) === 0xffff;
}

/**
 * A datagram from a raw UDP socket. `addressOf` says which of our addresses a port of ours is held on; null of others'.
 * Null where it is not for one of those, its lengths lie or its checksum is wrong; of one that was longer than what is
 * kept the checksum can't be known.
 */
export function readUdp(
  { bytes, length, from, hopLimit: left }: Datagram,
  family: Family,
  addressOf: (port: number) => string | null,
): HeardUdp | null {
  const at = family === 4 ? udpAt(bytes, 4, 0, length) : 0;
  if (at === null || at + udpHeaderBytes > length) return null;
  const toPort = bytes.readUInt16BE(at + 2);
  const to = addressOf(toPort);
  const udpBytes = bytes.readUInt16BE(at + 4);
  if (to === null || udpBytes < udpHeaderBytes || (family === 4 && readIpv4(bytes, 16) !== to)) return null;
  const cut = at + udpBytes > length;
  const end = Math.min(length, at + udpBytes);
  const source = family === 4 ? readIpv4(bytes, 12) : from;
  const pseudo = family === 4 ? pseudoSum(bytes, 4, udpBytes) : pseudoSumOf(source, to, udpBytes);
  if (!cut && !isIntact(bytes, at, end, pseudo, family)) return null;
  return {
    from: source,
    fromPort: bytes.readUInt16BE(at),
    toPort,
    hopLimit: family === 4 ? (bytes[8] ?? 0) : left,
    totalBytes: udpBytes + (family === 4 ? at : layouts[6].headerBytes),
    payload: bytes.subarray(at + udpHeaderBytes, end),
    cut,
  };
}

const scratch = Buffer.alloc(layouts[6].headerBytes);

/** The kernel gives IPv6 datagrams without their header. */
function pseudoSumOf(source: string, destination: string, udpBytes: number): number {
  writeIpv6(scratch, source, layouts[6].sourceAt);
  writeIpv6(scratch, destination, layouts[6].destinationAt);
  return pseudoSum(scratch, 6, udpBytes);
}

/** Whose datagram an ICMP error quotes, its IP header at `at`; null where it quotes none of UDP. */
export function quotedEnds(packet: Buffer, family: Family, at: number, length: number): Ends | null {
  const udp = udpAt(packet, family, at, length);
  return udp === null ? null : endsAt(packet, family, at, udp);
}

/** The port that a copy of a packet of ours left from (link header first); null for a copy of anything else. */
export function sentFrom(packet: Buffer, family: Family, length: number): number | null {
  for (const link of linkHeaders) {
    const udp = udpAt(packet, family, link, length);
    const whole = udp !== null && udp + packet.readUInt16BE(udp + 4) === length;
    if (whole) return packet.readUInt16BE(udp);
  }
  return null;
}
