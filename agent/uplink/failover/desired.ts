// The ways out that failover knows in a family, from how the uplinks stand. Pure.
import type { Family } from '../../../shared/ip.ts';
import { isUsable } from '../health/condition.ts';
import type { Measured } from '../measuring.ts';
import type { Active, UplinkWay } from '../routes/kinds.ts';
import type { Selection } from '../select.ts';

export interface Placed {
  interface: string;
  /** Its place in the file, from 0. */
  index: number;
}

/** By whom the default is to leave. */
export const activeOf = ({ desired, instead }: Selection): Active => {
  if (instead === 'unreachable') return 'unreachable';
  return desired === null ? null : { uplink: desired };
};

const carries = (health: Measured['condition']['health']): boolean =>
  isUsable(health) || health === 'recovering';

/**
 * Those that something can be sent by. One that lacks its carrier or its gateway for now stays as it was before: it may be
 * the last one there is.
 */
export function waysOf(
  measured: readonly Measured[],
  family: Family,
  placed: ReadonlyMap<string, Placed>,
  before: readonly UplinkWay[],
): UplinkWay[] {
  return measured.flatMap((one): UplinkWay[] => {
    const { uplink, link, gateway, sources, condition } = one;
    const place = placed.get(uplink);
    if (one.family !== family || place === undefined) return [];
    const { interface: interfaceName, index } = place;
    if (link === 'ready') {
      const healthy = carries(condition.health);
      const way = { uplink, interfaceName, index, gateway, onlink: false, source: null };
      return [{ ...way, addresses: sources, healthy }];
    }
    const last = before.find((way) => way.uplink === uplink && way.interfaceName === interfaceName);
    const isLeft = link === 'no carrier' || link === 'no gateway';
    return last !== undefined && isLeft ? [{ ...last, index, healthy: false }] : [];
  });
}
