// Default routes by interfaces that are no uplinks (a VPN, say) which would lead all out if failover did not. Pure.
import type { ForeignDefault, RouteSettings } from './kinds.ts';
import { nameOf } from './words.ts';

/** They go before any default route, whatever its metric. */
const halves = { 4: '0.0.0.0/1 and 128.0.0.0/1', 6: '::/1 and 8000::/1' } as const;

/**
 * A sentence for each, by family: behind ours, and before those by the uplinks' interfaces. `foreign` has those that were
 * captured too.
 */
export function overruledOf(
  foreign: readonly ForeignDefault[],
  { metricActive }: Pick<RouteSettings, 'metricActive'>,
  interfaces: readonly string[],
): string[] {
  const isUplinks = ({ interfaceName }: ForeignDefault): boolean =>
    interfaceName !== null && interfaces.includes(interfaceName);
  const goesBefore = (one: ForeignDefault, other: ForeignDefault): boolean =>
    other.family === one.family && other.metric <= one.metric && isUplinks(other);
  return foreign
    .filter((route) => route.interfaceName !== null && !isUplinks(route) && route.metric > metricActive)
    .filter((route) => !foreign.some((other) => goesBefore(route, other)))
    .map(
      (route) =>
        `${nameOf(route)} is overruled by failover's own, metric ${metricActive}: to leave ${route.interfaceName} in ` +
        `charge, give it routes to ${halves[route.family]}, which go before any default route`,
    );
}
