// Addresses as digits, and the names they have in the reverse tree of DNS. Pure.
import { familyOf } from './ip.ts';

const nothing: readonly string[] = [];

/** All 32 hexadecimal digits of an IPv6 address. */
export function ip6Digits(address: string): string {
  // A URL's host has no dotted part: at most one :: and hexadecimal groups (WHATWG URL §3.5).
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = nothing, tail = nothing] = text
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join('');
}

/** Its octets or hexadecimal digits, the last one first. */
export const reversedLabels = (address: string): string =>
  (familyOf(address) === 4 ? address.split('.') : Array.from(ip6Digits(address))).reverse().join('.');

/** The name under which an address stands in the reverse tree (RFC 1035 §3.5, RFC 3596 §2.5). */
export const reverseName = (address: string): string =>
  `${reversedLabels(address)}.${familyOf(address) === 4 ? 'in-addr' : 'ip6'}.arpa`;
