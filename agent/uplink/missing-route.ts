// What TCP lacks on an uplink that packets can leave by: a route of the kernel's. Pure.
import { Failure } from '../../shared/failure.ts';
import { type Family, familyOf } from '../../shared/ip.ts';
import type { Way } from '../../shared/way.ts';
import type { NetworkState } from './network.ts';

/** Of a further default route in the main table that takes nothing from those there are. */
function lastMetric(network: NetworkState, family: Family): number {
  const taken = network.routes
    .filter((route) => route.family === family && route.prefix === null && route.table === 'main')
    .map(({ metric }) => metric);
  return Math.max(0, ...taken) + 100;
}

/** That a way has no route to an address, and the command that gives it one (ip-route(8)). */
export function missingRoute(network: NetworkState, way: Way, address: string): Failure {
  const family: Family = familyOf(address) ?? 4;
  const { uplink, interfaceName, nextHop } = way;
  const program = family === 6 ? 'ip -6' : 'ip';
  const gateway = nextHop === null ? '' : `via ${nextHop} `;
  const command = `${program} route add default ${gateway}dev ${interfaceName} metric ${lastMetric(network, family)}`;
  const sentence = `${uplink ?? interfaceName} has no route to ${address}; a TCP probe needs one: ${command}`;
  return new Failure('noRoute', sentence);
}
