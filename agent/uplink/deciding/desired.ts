// The ways out that failover knows in a family, from how the uplinks stand. Pure.
import type { Family } from '../../../shared/ip.ts';
import { isUsable } from '../health/condition.ts';
import type { Measured } from '../measuring.ts';
import type { Active, UplinkWay } from '../routes/kinds.ts';
import type { Selection } from '../select.ts';
import type { Seat } from './seat.ts';

export interface Placed {
  interface: string;
  /** Its place in the file, from 0. */
  index: number;
}

export const placedOf = (uplinks: Readonly<Record<string, { interface: string }>>): Map<string, Placed> =>
  new Map(Object.entries(uplinks).map(([name, one], index) => [name, { interface: one.interface, index }]));

/** By whom the default is to leave. */
export const activeOf = ({ desired, instead }: Selection): Active => {
  if (instead === 'unreachable') return 'unreachable';
  return desired === null ? null : { uplink: desired };
};

/** Nothing presses: the one that has it still carries something. */
export function isVoluntary(seat: Seat): boolean {
  const [active, desired] = [seat.active(), seat.selection()?.desired ?? null];
  const health = seat.candidates().find(({ name }) => name === active)?.health;
  return desired !== null && desired !== active && health !== undefined && isUsable(health);
}

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
