// Expectations on the networks a route crosses. Pure, and closed: a public hop whose network nobody knows may be
// anyone's, so an exclusion is then unknown, and so is an inclusion that the known hops do not meet.
import type { Hop, NetworkOfAddress, Route } from '../../shared/result.ts';
import { type Judgement, fail, pass, unknown } from './finding.ts';
import { isJudgeable, isMetBy, mayBeSame, sayNetwork } from './organisation.ts';
import { gaps, sayHops } from './route.ts';

const isMet = (wanted: string, { network }: Hop): boolean => isMetBy(wanted, network);

const networksOf = ({ hops }: Route): NetworkOfAddress[] => hops.flatMap(({ network }) => network ?? []);

const organisationsOf = (route: Route): string[] => [...new Set(networksOf(route).map(sayNetwork))];

/** A hop that stands in some network of the world's, whether it is known or not. */
const isAnyones = ({ address, scope }: Hop): boolean =>
  address !== null && scope !== 'private' && scope !== 'shared';

/** Why the networks known do not settle where these are; null where they do. */
function networkGaps(all: readonly string[], route: Route, maxSilentHops?: number): string | null {
  const nameless = route.hops
    .filter((hop) => isAnyones(hop) && !all.every((wanted) => isJudgeable(wanted, hop.network)))
    .map(({ ttl }) => ttl);
  if (nameless.length > 0) return `nobody knows the network of ${sayHops(nameless)}`;
  return gaps(route, maxSilentHops);
}

export function orgIncludes(wanted: readonly string[], route: Route): Judgement {
  const measured = organisationsOf(route);
  const missing = wanted.filter((organisation) => !route.hops.some((hop) => isMet(organisation, hop)));
  if (missing.length === 0) return pass(measured, `the route crosses ${wanted.join(', ')}`);
  const gap = networkGaps(missing, route);
  return gap === null
    ? fail(measured, `the route does not cross ${missing.join(', ')}`)
    : unknown(measured, `no known hop belongs to ${missing.join(', ')}, and ${gap}`);
}

export function orgExcludes(banned: readonly string[], route: Route, maxSilentHops?: number): Judgement {
  const measured = organisationsOf(route);
  for (const organisation of banned) {
    const hop = route.hops.find((candidate) => isMet(organisation, candidate));
    if (hop !== undefined) {
      return fail(measured, `the route crosses ${organisation}: hop ${hop.ttl} is ${hop.address}`);
    }
  }
  const gap = networkGaps(banned, route, maxSilentHops);
  return gap === null
    ? pass(measured, `the route does not cross ${banned.join(', ')}`)
    : unknown(measured, `no known hop belongs to ${banned.join(', ')}, but ${gap}`);
}

/** The networks in the order crossed; neighbouring hops whose networks may be one stand together. */
function stretchesOf(route: Route): NetworkOfAddress[][] {
  const stretches: NetworkOfAddress[][] = [];
  for (const network of networksOf(route)) {
    const stretch = stretches.at(-1);
    if (stretch?.every((before) => mayBeSame(before, network)) === true) stretch.push(network);
    else stretches.push([network]);
  }
  return stretches;
}

/** These networks, in this order, each by hops of its own; others may lie between them. */
export function asPathIncludes(wanted: readonly string[], route: Route): Judgement {
  const measured = organisationsOf(route);
  let next = 0;
  for (const stretch of stretchesOf(route)) {
    const organisation = wanted[next];
    if (organisation !== undefined && stretch.some((network) => isMetBy(organisation, network))) next += 1;
  }
  if (next === wanted.length) return pass(measured, `the route crosses ${wanted.join(', then ')}`);
  const gap = networkGaps(wanted, route);
  return gap === null
    ? fail(measured, `the route does not cross ${wanted.join(', then ')}`)
    : unknown(measured, `the known hops do not cross ${wanted.join(', then ')}, and ${gap}`);
}

export function countriesExclude(banned: readonly string[], route: Route, maxSilentHops?: number): Judgement {
  const countries = [...new Set(networksOf(route).flatMap(({ country }) => country ?? []))];
  const crossed = countries.filter((country) => banned.includes(country.toUpperCase()));
  if (crossed.length > 0) return fail(countries, `the route crosses ${crossed.join(', ')}`);
  const placeless = route.hops
    .filter((hop) => isAnyones(hop) && hop.network?.country == null)
    .map(({ ttl }) => ttl);
  const gap =
    placeless.length > 0 ? `nobody knows the country of ${sayHops(placeless)}` : gaps(route, maxSilentHops);
  return gap === null
    ? pass(countries, `the route crosses none of ${banned.join(', ')}`)
    : unknown(countries, `no known hop is in ${banned.join(', ')}, but ${gap}`);
}
