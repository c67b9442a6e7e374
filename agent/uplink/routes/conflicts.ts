// Default routes of others that would make ours useless, and what to do about each. Pure.
import { isCapturable } from './capture.ts';
import type { ForeignDefault, RouteSettings } from './kinds.ts';
import { nameOf } from './words.ts';

/** The interfaces whose default routes are taken out (capture mode); none in the other modes. */
export type Captures = readonly string[];

/** A sentence for each route of others that goes before the one in force, or has its metric or the spare one. */
export function conflictsOf(
  foreign: readonly ForeignDefault[],
  { metricActive }: Pick<RouteSettings, 'metricActive'>,
  captures: Captures,
): string[] {
  return (
    foreign
      .filter(({ metric }) => metric <= metricActive)
      // One before ours goes when ours stands; one in its place lets ours not come.
      .filter((route) => !isCapturable(route, captures) || route.metric >= metricActive - 1)
      .map(
        (route) =>
          `${nameOf(route)} is not behind failover's own, metric ${metricActive}: give it a greater metric where it ` +
          'is set (DHCP client, network configuration), or set failover.metricActive lower',
      )
  );
}
