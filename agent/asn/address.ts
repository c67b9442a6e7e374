// Addresses as digits: for names of questions about them, and for the networks that hold them. Pure.
import { canonicalAddress, familyOf } from '../../shared/ip.ts';

const nothing: readonly string[] = [];

/** All 32 digits of an IPv6 address that ends in no IPv4 address. */
export function ip6Digits(address: string): string {
  const [head = nothing, tail = nothing] = address
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join('');
}

/** Its octets or hexadecimal digits, the last one first (RFC 1035 §3.5, RFC 3596 §2.5). */
export const reversedLabels = (address: string): string =>
  (familyOf(address) === 4 ? address.split('.') : Array.from(ip6Digits(address))).reverse().join('.');

function firstOf4(address: string, prefixLength: number): string {
  const octets = address.split('.').map((octet, index) => {
    const kept = Math.min(Math.max(prefixLength - index * 8, 0), 8);
    return Number(octet) & (0xff00 >> kept) & 0xff;
  });
  return octets.join('.');
}

function firstOf6(address: string, prefixLength: number): string {
  const hostBits = BigInt(128 - prefixLength);
  const first = (BigInt(`0x${ip6Digits(address)}`) >> hostBits) << hostBits;
  const groups = first.toString(16).padStart(32, '0').match(/.{4}/g) ?? [];
  return canonicalAddress(groups.join(':')) ?? address;
}

/** The network of that length that an address lies in, by its first address, in CIDR notation. */
export function networkAround(address: string, prefixLength: number): string {
  const first = familyOf(address) === 4 ? firstOf4 : firstOf6;
  return `${first(address, prefixLength)}/${prefixLength}`;
}
