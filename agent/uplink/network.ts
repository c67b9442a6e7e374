// What this box's network looks like at one moment: interfaces, addresses, routes. Plain data.

import type { Family, Network as Prefix } from '../../shared/ip.ts';

export interface InterfaceState {
  name: string;
  index: number;
  /** Administratively up. */
  up: boolean;
  carrier: boolean;
  loopback: boolean;
  /** With the length of the network each stands in. */
  addresses: Prefix[];
}

export interface RouteEntry {
  family: Family;
  /** Null for a default route. */
  prefix: Prefix | null;
  interfaceName: string;
  /** Null where the destination itself is the neighbour. */
  gateway: string | null;
  metric: number;
  table: string;
  /** Who set it: a name of /etc/iproute2/rt_protos, or a number. */
  protocol: string;
}

export interface NetworkState {
  interfaces: InterfaceState[];
  routes: RouteEntry[];
}

export const emptyNetwork: NetworkState = { interfaces: [], routes: [] };

/** Which of two like routes is taken: the main table's (another's counts only by a rule, unseen here), the nearer one. */
export const byPreference = (a: RouteEntry, b: RouteEntry): number =>
  Number(a.table !== 'main') - Number(b.table !== 'main') || a.metric - b.metric;

/** The best default route's gateway on an interface; null where it has none. */
export function defaultGateway(network: NetworkState, interfaceName: string, family: Family): string | null {
  const candidates = network.routes
    .filter(
      (route) => route.prefix === null && route.interfaceName === interfaceName && route.family === family,
    )
    .sort(byPreference);
  return candidates.find(({ gateway }) => gateway !== null)?.gateway ?? null;
}

export const isLoopbackInterface = ({ interfaces }: NetworkState, name: string): boolean =>
  interfaces.some((iface) => iface.name === name && iface.loopback);
