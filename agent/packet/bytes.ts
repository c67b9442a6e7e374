// Addresses and checksums as they stand in packets. Pure.
import { canonicalAddress } from '../../shared/ip.ts';

const zero = 0x30;
const dot = 0x2e;

/** Digit by digit: split() would be a tenth of an echo's garbage. */
export function writeIpv4(packet: Buffer, address: string, offset: number): void {
  let at = offset;
  packet[at] = 0;
  for (let index = 0; index < address.length; index++) {
    const code = address.charCodeAt(index);
    if (code === dot) packet[++at] = 0;
    else packet[at] = (packet[at] ?? 0) * 10 + code - zero;
  }
}

export const readIpv4 = (packet: Buffer, offset: number): string =>
  `${packet[offset]}.${packet[offset + 1]}.${packet[offset + 2]}.${packet[offset + 3]}`;

const groupsOf = (text: string): number[] =>
  text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));

/** Writes an address without embedded dots or zone, `::` wherever it stands. */
export function writeIpv6(packet: Buffer, address: string, offset: number): void {
  const [head = '', tail] = address.split('::');
  const [first, last] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  const groups = [...first, ...new Array<number>(zeros).fill(0), ...last];
  for (const [index, group] of groups.entries()) packet.writeUInt16BE(group, offset + 2 * index);
}

export function readIpv6(packet: Buffer, offset: number): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    packet.readUInt16BE(offset + 2 * index).toString(16),
  ).join(':');
  return canonicalAddress(groups) ?? groups;
}

/** Ones' complement sum of the 16-bit words in [from, to), an odd last byte padded (RFC 1071). */
export function onesSum(bytes: Buffer, from: number, to: number, start = 0): number {
  let sum = start;
  for (let at = from; at + 1 < to; at += 2) sum += bytes.readUInt16BE(at);
  if ((to - from) % 2 === 1) sum += (bytes[to - 1] ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** The Internet checksum; over a message that holds its own right one it is 0. */
export const internetChecksum = (bytes: Buffer, from: number, to: number): number =>
  ~onesSum(bytes, from, to) & 0xffff;

/** The word that makes a message's checksum what is wanted, given the sum of all else in it. */
export const balancingWord = (sumOfRest: number, checksum: number): number =>
  ((~checksum & 0xffff) + (~sumOfRest & 0xffff)) % 0xffff;
