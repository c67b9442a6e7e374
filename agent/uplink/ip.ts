// What iproute2 says of addresses and routes, read from its JSON.
import * as z from 'zod';
import { Failure } from '../../shared/failure.ts';
import { type Family, familyOf, parseNetwork } from '../../shared/ip.ts';
import { runIp } from './ip/run.ts';
import type { InterfaceState, NetworkState, RouteEntry } from './network.ts';

const AddressRow = z.object({
  ifname: z.string(),
  ifindex: z.number(),
  flags: z.array(z.string()),
  addr_info: z
    .array(z.looseObject({ local: z.string().optional(), prefixlen: z.number().optional() }))
    .default([]),
});
const Hop = z.object({
  gateway: z.string().optional(),
  via: z.object({ host: z.string() }).optional(),
  dev: z.string().optional(),
});
const RouteRow = Hop.extend({
  type: z.string().default('unicast'),
  dst: z.string(),
  metric: z.number().default(0),
  table: z.string().default('main'),
  protocol: z.string().default('boot'),
  nexthops: z.array(Hop).default([]),
});

function readRows<S extends z.ZodType>(row: S, text: string): z.output<S>[] {
  return z.array(row).parse(JSON.parse(text === '' ? '[]' : text));
}

const interfaceOf = (row: z.output<typeof AddressRow>): InterfaceState => ({
  name: row.ifname,
  index: row.ifindex,
  up: row.flags.includes('UP'),
  carrier: row.flags.includes('LOWER_UP') && !row.flags.includes('NO-CARRIER'),
  loopback: row.flags.includes('LOOPBACK'),
  addresses: row.addr_info
    .filter((one) => one['tentative'] !== true && one['dadfailed'] !== true)
    .toSorted((a, b) => Number(a['deprecated'] === true) - Number(b['deprecated'] === true))
    .flatMap(({ local, prefixlen }) => parseNetwork(`${local}/${prefixlen}`) ?? []),
});

/** A default route names no network of its own, so the family is what `ip` was asked for. */
function routesOf(row: z.output<typeof RouteRow>, family: Family): RouteEntry[] {
  if (row.type !== 'unicast') return [];
  const prefix = row.dst === 'default' ? null : parseNetwork(row.dst);
  if (row.dst !== 'default' && prefix?.family !== family) return [];
  const { metric, table, protocol } = row;
  const hops = row.nexthops.length > 0 ? row.nexthops : [row];
  return hops.flatMap(({ dev: interfaceName, gateway: ownFamily, via }) => {
    const gateway = ownFamily ?? via?.host ?? null;
    // A gateway of the other family (RFC 5549) is none an IPv4 packet could be addressed to here.
    const usable = gateway === null || familyOf(gateway) === family;
    return interfaceName === undefined || !usable
      ? []
      : [{ family, prefix, interfaceName, gateway, metric, table, protocol }];
  });
}

/** What `ip -json address show` and `ip -json -4` (and -6) `route show table all` say; throws where it is no such text. */
export function parseNetworkState(addresses: string, routes4: string, routes6: string): NetworkState {
  const routesIn = (text: string, family: Family): RouteEntry[] =>
    readRows(RouteRow, text).flatMap((row) => routesOf(row, family));
  return {
    interfaces: readRows(AddressRow, addresses).map(interfaceOf),
    routes: [...routesIn(routes4, 4), ...routesIn(routes6, 6)],
  };
}

/** All interfaces with their addresses, read now. Rejects with Failure internal. */
export const readInterfaces = async (): Promise<InterfaceState[]> =>
  readRows(AddressRow, await runIp(['-json', 'address', 'show'])).map(interfaceOf);

/** All interfaces and unicast routes of all tables, read now. Rejects with Failure internal. */
export async function readNetwork(): Promise<NetworkState> {
  const texts = await Promise.all([
    runIp(['-json', 'address', 'show']),
    runIp(['-json', '-4', 'route', 'show', 'table', 'all']),
    runIp(['-json', '-6', 'route', 'show', 'table', 'all']),
  ]);
  return parseNetworkState(...texts);
}

/** The kernel's answer that there is no route, or an unreachable, prohibit or blackhole one; all else is our fault. */
const kernelRefusal =
  /RTNETLINK answers: (Network is unreachable|No route to host|Permission denied|Invalid argument)/;

/** The interface the kernel would take to an address (ip-route(8), get). Rejects with Failure: noRoute, internal. */
export async function kernelInterfaceTo(address: string): Promise<string> {
  const answer = await runIp(['-json', 'route', 'get', address]).catch((error: unknown) => {
    if (!kernelRefusal.test(String(error))) throw error;
    throw new Failure('noRoute', `this machine has no route to ${address}`, { cause: error });
  });
  const row = readRows(z.object({ type: z.string().optional(), dev: z.string() }), answer)[0];
  if (row === undefined) throw new Failure('noRoute', `this machine has no route to ${address}`);
  return row.type === 'local' ? 'lo' : row.dev;
}

/**
 * The interfaces of the kernel's route to an address from a local one (several where it has several next hops); none
 * where it has no route. `fibmatch` shows the whole route, not the next hop picked for one packet. Rejects with Failure
 * internal.
 */
export async function kernelInterfacesFrom(source: string, address: string): Promise<string[]> {
  const question = ['-json', 'route', 'get', 'fibmatch', address, 'from', source];
  const answer = await runIp(question).catch((error: unknown) => {
    if (!kernelRefusal.test(String(error))) throw error;
    return '';
  });
  return readRows(Hop.extend({ nexthops: z.array(Hop).default([]) }), answer).flatMap(({ dev, nexthops }) =>
    [dev, ...nexthops.map((hop) => hop.dev)].filter((name) => name !== undefined),
  );
}

/**
 * Whether the kernel has a route to an address by an interface: what is bound to the interface alone leaves by such a
 * one. Without `fibmatch` it says yes to every address, as though each were a neighbour there (measured). Rejects with
 * Failure: interfaceMissing, internal.
 */
export async function kernelRouteBy(interfaceName: string, address: string): Promise<boolean> {
  const question = ['-json', 'route', 'get', 'fibmatch', address, 'oif', interfaceName];
  const answer = await runIp(question).catch((error: unknown) => {
    if (String(error).includes('Cannot find device')) {
      throw new Failure('interfaceMissing', `there is no interface ${interfaceName}`, { cause: error });
    }
    if (!kernelRefusal.test(String(error))) throw error;
    return '';
  });
  return readRows(z.looseObject({}), answer).length > 0;
}

/**
 * Whether the kernel has found a neighbour, by its table (ip-neighbour(8)); null where nobody asked for it yet. Rejects
 * with Failure internal.
 */
export async function kernelKnowsNeighbour(interfaceName: string, address: string): Promise<boolean | null> {
  const answer = await runIp(['-json', 'neighbour', 'show', 'to', address, 'dev', interfaceName]);
  const [row] = readRows(z.looseObject({ state: z.array(z.string()).default([]) }), answer);
  if (row === undefined || row.state.length === 0) return null;
  return !row.state.some((state) => state === 'FAILED' || state === 'INCOMPLETE');
}
