// Expectations on a route's addresses and length. Pure. What a silent hop might have been, nobody knows: an inclusion
// that no answering hop meets is then unknown, and so is an exclusion, unless the request bears with silent hops.
import { networkContains, parseNetwork } from '../../shared/ip.ts';
import type { Hop, Route } from '../../shared/result.ts';
import { type Judgement, fail, pass, unknown } from './finding.ts';

const within = (networkText: string, hop: Hop): boolean => {
  const network = parseNetwork(networkText);
  return network !== null && hop.address !== null && networkContains(network, hop.address);
};

/** Hop limits of the hops that did not answer. */
export const silentTtls = (route: Route): number[] =>
  route.hops.filter(({ address }) => address === null).map(({ ttl }) => ttl);

export const addressesOf = (route: Route): string[] => route.hops.flatMap(({ address }) => address ?? []);

/** "hop 2", "hops 2 and 3", "hops 2, 3 and 5" */
export function sayHops(ttls: readonly number[]): string {
  const last = ttls.at(-1);
  const others = ttls.slice(0, -1);
  return others.length === 0 ? `hop ${last}` : `hops ${others.join(', ')} and ${last}`;
}

/** Why the hops that answered are not the whole route; null where they are, or where the request bears with it. */
export function gaps(route: Route, maxSilentHops: number | undefined): string | null {
  const silent = silentTtls(route);
  if (addressesOf(route).length === 0) return 'no hop answered';
  if (!route.reached) return 'the trace did not reach its target';
  if (length(route) === null) return 'where the route ends is not known';
  if (silent.length === 0 || silent.length <= (maxSilentHops ?? 0)) return null;
  return `${sayHops(silent)} stayed silent`;
}

/** Each network must hold the address of some hop. */
export function routeIncludes(wanted: readonly string[], route: Route): Judgement {
  const measured = addressesOf(route);
  const missing = wanted.filter((network) => !route.hops.some((hop) => within(network, hop)));
  if (missing.length === 0) return pass(measured, `the route goes through ${wanted.join(', ')}`);
  const gap = gaps(route, undefined);
  const sentence = `the route does not go through ${missing.join(', ')}`;
  return gap === null
    ? fail(measured, sentence)
    : unknown(measured, `no answering hop is in ${missing.join(', ')}, and ${gap}`);
}

/** No hop may lie in any of the networks. */
export function routeExcludes(banned: readonly string[], route: Route, maxSilentHops?: number): Judgement {
  const measured = addressesOf(route);
  for (const network of banned) {
    const hop = route.hops.find((candidate) => within(network, candidate));
    if (hop !== undefined)
      return fail(measured, `the route goes through ${network}: hop ${hop.ttl} is ${hop.address}`);
  }
  const gap = gaps(route, maxSilentHops);
  return gap === null
    ? pass(measured, `the route does not go through ${banned.join(', ')}`)
    : unknown(measured, `no answering hop is in ${banned.join(', ')}, but ${gap}`);
}

/** How many hops the route has, the target being the last; null where its end is not known. */
function length(route: Route): number | null {
  return route.reached && route.hops.at(-1)?.address != null ? route.hops.length : null;
}

export function minHops(limit: number, route: Route): Judgement {
  const hops = length(route);
  if (hops === null) return unknown(null, 'the length of the route is not known');
  const sentence = `the route has ${hops} hop${hops === 1 ? '' : 's'}`;
  return hops < limit
    ? fail(hops, `${sentence}, fewer than ${limit}`)
    : pass(hops, `${sentence}, at least ${limit}`);
}

export function maxHops(limit: number, route: Route): Judgement {
  const hops = length(route);
  if (hops === null) return unknown(null, 'the length of the route is not known');
  const sentence = `the route has ${hops} hop${hops === 1 ? '' : 's'}`;
  return hops > limit
    ? fail(hops, `${sentence}, more than ${limit}`)
    : pass(hops, `${sentence}, at most ${limit}`);
}

export function maxSilentHops(limit: number, route: Route): Judgement {
  if (!route.reached) return unknown(null, 'the trace did not reach its target');
  const silent = silentTtls(route);
  const sentence = silent.length === 0 ? 'every hop answered' : `${sayHops(silent)} stayed silent`;
  if (silent.length > limit) return fail(silent.length, `${sentence}, more than ${limit}`);
  if (length(route) === null) return unknown(silent.length, 'where the route ends is not known');
  return pass(silent.length, sentence);
}
