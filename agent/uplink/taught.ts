// What the kernel's routes teach of the ways out: those of others, not our own, which say what they were taught. Pure.
import type { Family } from '../../shared/ip.ts';
import { type NetworkState, type RouteEntry, byPreference } from './network.ts';

export interface Teaching {
  /** That marks failover's own routes; null where there are none. */
  ownProtocol: string | null;
  /** Routes of others that failover took out: they would stand otherwise. */
  captured: readonly RouteEntry[];
}

export const taught = (network: NetworkState, { ownProtocol, captured }: Teaching): NetworkState =>
  ownProtocol === null && captured.length === 0
    ? network
    : {
        ...network,
        routes: [...network.routes.filter(({ protocol }) => protocol !== ownProtocol), ...captured],
      };

/** The interface that the best default route of the main table leaves by, whoever set it; null without one. */
export function leavesBy({ routes }: NetworkState, family: Family): string | null {
  const [best] = routes
    .filter((route) => route.prefix === null && route.table === 'main' && route.family === family)
    .toSorted(byPreference);
  return best?.interfaceName ?? null;
}
