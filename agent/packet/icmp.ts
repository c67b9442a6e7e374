// What both families' echoes have in common: their payload, their flow, and what a heard message says.
import type { MplsLabel, UnreachableReason } from './echo.ts';
import { balancingWord } from './bytes.ts';
import type { Instant } from './clock.ts';

/** A random number of as many bytes at the head of the payload; the whole payload comes back in a reply. */
export const cookieBytes = 6;
/** An echo's IP header, ICMP header and largest payload (1472 by IPv4, 1452 and more by IPv6). */
export const longestEchoBytes = 1520;
const balanceOffset = 6;
const filler = 0x70;

export interface EchoFields {
  source: string;
  destination: string;
  hopLimit: number;
  identifier: number;
  sequence: number;
  /** ICMP payload, cookie included; at least 8. */
  payloadBytes: number;
  cookie: number;
  /** The checksum that all echoes of a flow bear, and the IPv6 flow label: routers then send them the same way. */
  flow: number;
}

/** What a received datagram says, before anyone knows whose it is. */
export type Heard = {
  from: string;
  hopLimit: number | null;
  totalBytes: number;
  identifier: number;
  sequence: number;
} & (
  | { type: 'reply'; cookie: number }
  | {
      type: 'timeExceeded' | 'unreachable';
      reason: UnreachableReason | null;
      mtuBytes: number | null;
      mpls: MplsLabel[];
      quotedDestination: string;
    }
);

/** An ICMP error, before anyone knows whose packet it quotes. */
export interface IcmpError {
  type: 'timeExceeded' | 'unreachable';
  from: string;
  hopLimit: number | null;
  totalBytes: number;
  reason: UnreachableReason | null;
  mtuBytes: number | null;
  mpls: MplsLabel[];
  /** Where in the datagram the IP header of the quoted packet begins. */
  quoteAt: number;
}

/** Which of our echoes a copy of a packet that has left is. */
export interface SentEcho {
  identifier: number;
  sequence: number;
}

/** Bytes before the IP header in such a copy: Ethernet, none, Ethernet with a VLAN tag. */
export const linkHeaders = [14, 0, 18];

/** A datagram as the kernel gave it. `from` and `hopLimit` stand beside it where it has no IP header (IPv6). */
export interface Datagram {
  /** Valid until the next one is read. */
  bytes: Buffer;
  length: number;
  from: string;
  hopLimit: number | null;
  /** When it arrived or left, by the kernel; 0 where it gave no time. */
  realtimeUs: number;
  /** When it was taken from the kernel. */
  read: Instant;
}

/** How one family writes and reads echoes. */
export interface Dialect {
  /** Bytes of an echo beside its payload. */
  overheadBytes: number;
  /** Writes an echo to the front of a buffer of `longestEchoBytes`; returns its length. */
  build(echo: EchoFields, packet: Buffer): number;
  /** Null for whatever can't answer an echo. */
  read(datagram: Datagram): Heard | null;
  /** Null for whatever is no error. */
  readError(datagram: Datagram): IcmpError | null;
  /** Null for a copy of anything else. */
  readSent(packet: Buffer, length: number): SentEcho | null;
}

/**
 * Fills an echo's ICMP part (type and code stand): identifier, sequence, cookie, and the word that lets the checksum be
 * the flow's (Paris traceroute, RFC 2992 routers hash the first words). `sumOf` sums all of it, pseudo-header included.
 */
export function fillEcho(packet: Buffer, at: number, echo: EchoFields, sumOf: () => number): void {
  packet.writeUInt16BE(echo.identifier, at + 4);
  packet.writeUInt16BE(echo.sequence, at + 6);
  packet.writeUIntBE(echo.cookie, at + 8, cookieBytes);
  packet.writeUInt16BE(0, at + 8 + balanceOffset);
  packet.fill(filler, at + 8 + balanceOffset + 2, at + 8 + echo.payloadBytes);
  packet.writeUInt16BE(balancingWord(sumOf(), echo.flow), at + 8 + balanceOffset);
  packet.writeUInt16BE(echo.flow, at + 2);
}
