// Addresses, networks and host names: what they are, read strictly. Pure; node:net does the parsing.
import { BlockList, SocketAddress, isIP, isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { remembered } from './remember.ts';

export type Family = 4 | 6;
export type Scope = 'private' | 'shared' | 'public';

/** As it is written in settings and states. */
export const familyName = (family: Family): 'ipv4' | 'ipv6' => (family === 4 ? 'ipv4' : 'ipv6');

/** 4 or 6, or null where the text is no address. A zone (`fe80::1%eth0`) is not part of an address here. */
export function familyOf(text: string): Family | null {
  const family = isIP(text);
  return (family === 4 || family === 6) && !text.includes('%') ? family : null;
}

/** The one spelling of an address: lower case, zeros compressed (RFC 5952). Null where it is none. */
export function canonicalAddress(text: string): string | null {
  // IPv4 has no other spelling that isIP takes.
  if (isIPv4(text)) return text;
  return familyOf(text) === 6 ? new SocketAddress({ address: text, family: 'ipv6' }).address : null;
}

export interface Network {
  family: Family;
  address: string;
  prefixLength: number;
}

/** An address (a network of one) or CIDR notation (RFC 4632); null where it is neither. */
export function parseNetwork(text: string): Network | null {
  const [addressText = '', lengthText, ...rest] = text.split('/');
  const address = canonicalAddress(addressText);
  const family = familyOf(addressText);
  if (address === null || family === null || rest.length > 0) return null;
  const longest = family === 4 ? 32 : 128;
  if (lengthText === undefined) return { family, address, prefixLength: longest };
  if (!/^\d{1,3}$/.test(lengthText) || Number(lengthText) > longest) return null;
  return { family, address, prefixLength: Number(lengthText) };
}

/** Whether the network holds the address; false too where the families differ. */
export function networkContains(network: Network, address: string): boolean {
  const family = familyOf(address);
  if (family !== network.family) return false;
  return holds(subnet(`${network.address}/${network.prefixLength}`), address);
}

/** The address all hosts of an IPv4 network answer to (RFC 919); null for /31, /32 (RFC 3021) and IPv6. */
export function broadcastAddress(network: Network): string | null {
  if (network.family !== 4 || network.prefixLength > 30) return null;
  const hostBits = 2 ** (32 - network.prefixLength) - 1;
  return fromNumber((toNumber(network.address) | hostBits) >>> 0);
}

const toNumber = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
/** The IPv4 address of a number of 32 bits. */
export const fromNumber = (value: number): string =>
  [24, 16, 8, 0].map((bits) => (value >>> bits) & 255).join('.');

/** The IPv6 address of a number of 128 bits. */
export function fromNumber6(value: bigint): string {
  const groups = (value.toString(16).padStart(32, '0').match(/.{4}/g) ?? []).join(':');
  return canonicalAddress(groups) ?? groups;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of networks) {
    const network = parseNetwork(text);
    if (network === null) throw new Error(`not a network: ${text}`);
    list.addSubnet(network.address, network.prefixLength, familyName(network.family));
  }
  return list;
}

// BlockList makes one of these of each text it is asked about: 1.3 µs, where the look-up takes 0.04 µs. And each is an
// object outside of JavaScript's heap, which costs as much again to be rid of.
const parsed = remembered(
  4096,
  (address: string): SocketAddress =>
    new SocketAddress({ address, family: isIPv6(address) ? 'ipv6' : 'ipv4' }),
);

const subnet = remembered(4096, (text) => listOf([text]));

const holds = (list: BlockList, address: string): boolean => list.check(parsed(address));

/** The IPv6 addresses that stand for those of IPv4 networks: by NAT64 (RFC 6052) and by 6to4 (RFC 3056). */
const standIns = (networks: readonly string[]): string[] =>
  networks.flatMap((text) => {
    const [address = '', length = ''] = text.split('/');
    const hex = toNumber(address).toString(16).padStart(8, '0');
    return [
      `64:ff9b::${address}/${96 + Number(length)}`,
      `2002:${hex.slice(0, 4)}:${hex.slice(4)}::/${16 + Number(length)}`,
    ];
  });

// IANA's special-purpose registries (RFC 6890), by what they mean to a route. The networks of documentation (RFC 5737,
// RFC 3849) are left public: examples and tests build whole internets of them, and nobody else has them on a route.
const private4 = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '0.0.0.0/8',
  '192.0.0.0/24',
  '198.18.0.0/15',
  '224.0.0.0/3',
];
const private6 = [
  '::/96',
  '64:ff9b:1::/48',
  '100::/64',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10', // site-local, which old equipment still has (RFC 3879)
  'ff00::/8',
];
const shared4 = ['100.64.0.0/10'];
const privateNetworks = listOf([...private4, ...private6, ...standIns(private4)]);
const sharedNetworks = listOf([...shared4, ...standIns(shared4)]);
const reachableOnlyHere = listOf(['127.0.0.0/8', '169.254.0.0/16', '::1/128', 'fe80::/10']);

/** Who may use an address: one household (RFC 1918 and kin), one carrier (RFC 6598) or the world. */
export function scopeOf(address: string): Scope {
  if (holds(sharedNetworks, address)) return 'shared';
  return holds(privateNetworks, address) ? 'private' : 'public';
}

/** Loopback and link-local: never beyond this box or this wire. */
export const isLocalOnly = (address: string): boolean => holds(reachableOnlyHere, address);

const linkLocalNetworks = listOf(['fe80::/10']);
/** IPv6 alone: there, an address's reach rules what it may talk to (RFC 6724). */
export const isLinkLocal = (address: string): boolean => holds(linkLocalNetworks, address);

const loopbackNetworks = listOf(['127.0.0.0/8', '::1/128']);
export const isLoopback = (address: string): boolean => holds(loopbackNetworks, address);

const unprobeable = [
  { kind: 'unspecified', list: listOf(['0.0.0.0/8', '::/128']) },
  { kind: 'multicast', list: listOf(['224.0.0.0/4', 'ff00::/8']) },
  { kind: 'broadcast', list: listOf(['255.255.255.255/32']) },
  { kind: 'reserved', list: listOf(['240.0.0.0/4']) },
] as const;

/** Why an address can be nobody's: `unspecified`, `multicast`, `broadcast` or `reserved`; null for the others. */
export function unprobeableKind(address: string): string | null {
  const one = parsed(address);
  return unprobeable.find(({ list }) => list.check(one))?.kind ?? null;
}

/** An IPv4-mapped IPv6 address (`::ffff:1.2.3.4`) is the IPv4 address in disguise; others come back as they are. */
export function unmapped(address: string): string {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(canonicalAddress(address) ?? address)?.[1];
  return dotted ?? address;
}

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/**
 * A host as users write one: an address in its canonical spelling (brackets around IPv6 taken off) or a name in
 * ASCII (RFC 1123, underscores allowed; international names by UTS 46). Null for all else: `256.1.1.1`, `127.1`
 * and `0x7f.1` are mistyped addresses, not names (a name's last label is never a number, RFC 3696 §2).
 */
export function canonicalHost(text: string): string | null {
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  const address = canonicalAddress(bare);
  if (address !== null) return bare === text || familyOf(bare) === 6 ? unmapped(address) : null;
  if (bare !== text || /[^\p{L}\p{M}\p{N}._-]/u.test(text)) return null;
  // Node's versions differ on whether an ASCII name that begins with xn-- must decode; the resolver will tell.
  const name = (/^\p{ASCII}*$/u.test(text) ? text : domainToASCII(text)).replace(/\.$/, '');
  const labels = name.split('.');
  const last = labels.at(-1) ?? '';
  if (name.length === 0 || name.length > 253 || !labels.every((part) => label.test(part))) return null;
  return /^(\d+|0x[0-9a-f]*)$/i.test(last) ? null : name.toLowerCase();
}

/** An address or a name as it stands before a port, in a URL and elsewhere (RFC 3986 §3.2.2). */
export const bracketed = (host: string): string => (familyOf(host) === 6 ? `[${host}]` : host);

/** A URL's host as names and addresses are written elsewhere: IPv6 without its brackets, no dot at the end. */
export const hostOfUrl = ({ hostname }: URL): string => canonicalHost(hostname) ?? hostname;
