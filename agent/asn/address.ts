// The network of a length that an address lies in. Pure.
import { familyOf, fromNumber6 } from '../../shared/ip.ts';
import { ip6Digits } from '../../shared/reverse.ts';

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
  return fromNumber6(first);
}

/** The network of that length that an address lies in, by its first address, in CIDR notation. */
export function networkAround(address: string, prefixLength: number): string {
  const first = familyOf(address) === 4 ? firstOf4 : firstOf6;
  return `${first(address, prefixLength)}/${prefixLength}`;
}
