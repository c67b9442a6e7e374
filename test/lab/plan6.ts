// The lab's IPv6, beside the IPv4 of plan.ts: addresses and `ip` commands, worked out without touching anything.
import type { Uplink } from './plan.ts';

/** The same for IPv6; next hops are link-local addresses, as router advertisements name them. */
export interface Ipv6Uplink {
  readonly address: string;
  /** The gateway's address in the uplink's own network, and the one on the wire that routes name. */
  readonly gateway: string;
  readonly linkLocalGateway: string;
  readonly hops: readonly string[];
}

export const hostAddress6 = '2001:db8::1';
/** As those of IPv4; unreachable is said with no route to destination (1/0), prohibited with 1/1. */
export const silentAddress6 = '2001:db8:0:1::1';
export const unreachableAddress6 = '2001:db8:0:1::2';
export const prohibitedAddress6 = '2001:db8:0:1::3';

/** On each wire the end towards the internet is the first, the end towards the agent the second. */
const [upstream, downstream] = ['fe80::1', 'fe80::2'];

export function planIpv6(net6: string, routers: number): Ipv6Uplink {
  const onward = Array.from({ length: routers - 1 }, (_, index) => `${net6}:0:1::${index + 1}`);
  return {
    address: `${net6}::10`,
    gateway: `${net6}::1`,
    linkLocalGateway: upstream,
    hops: [`${net6}::1`, ...onward, hostAddress6],
  };
}

const net6 = ({ gateway }: Ipv6Uplink) => gateway.replace(/::1$/, '::/64');

/** The agent's end of an uplink. */
export function interface6Commands({ interface: device, ipv6 }: Uplink): string[] {
  if (ipv6 === null) return [];
  return [`${ipv6.address}/64`, `${downstream}/64`].map((own) => `addr add ${own} dev ${device} nodad`);
}

/** As with IPv4, errors come from the one global address, which is on the side of the agent. */
export function router6Commands({ ipv6 }: Uplink, index: number): string[] {
  if (ipv6 === null) return [];
  return [
    `addr add ${ipv6.hops[index]}/${index === 0 ? 64 : 128} dev down nodad`,
    `addr add ${upstream}/64 dev down nodad`,
    `addr add ${downstream}/64 dev up nodad`,
    `route add default via ${upstream} dev up`,
    ...(index === 0 ? [] : [`route add ${net6(ipv6)} via ${downstream} dev down`]),
  ];
}

export function host6Commands(uplinks: readonly Uplink[]): string[] {
  const ways = uplinks.flatMap(({ name, ipv6 }) =>
    ipv6 === null
      ? []
      : [
          `addr add ${upstream}/64 dev ${name} nodad`,
          `route add ${net6(ipv6)} via ${downstream} dev ${name}`,
        ],
  );
  if (ways.length === 0) return [];
  return [
    `addr add ${hostAddress6}/128 dev lo nodad`,
    `route add blackhole ${silentAddress6}`,
    `route add unreachable ${unreachableAddress6}`,
    `route add prohibit ${prohibitedAddress6}`,
    ...ways,
  ];
}
