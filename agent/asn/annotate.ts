// Adds to each address that was met what it says of itself: whose it can be (private, a carrier's, public), its name,
// and the network it lies in.
import { scopeOf } from '../../shared/ip.ts';
import type { Measurement } from '../../shared/measurement.ts';
import type { Request } from '../../shared/request.ts';
import type { Hop } from '../../shared/result.ts';
import type { Names } from './names.ts';
import type { Networks } from './networks.ts';

export type Annotate = (
  request: Request,
  measurement: Measurement,
  signal: AbortSignal,
) => Promise<Measurement>;

/** As long as names may take. */
const patienceMs = 200;

const judgedByNetwork = [
  'orgIncludes',
  'orgExcludes',
  'asPathIncludes',
  'countriesExclude',
  'countryIncludes',
] as const;

/** Where nothing is judged by networks, they are not worth more time than names; where it failed, nothing is judged. */
function patienceOf({ expect }: Request, { failure }: Measurement): number | null {
  const wanted = new Set(Object.keys(expect));
  return failure === null && judgedByNetwork.some((name) => wanted.has(name)) ? null : patienceMs;
}

/** Never rejects; takes as long as names and networks may take, and no time where there are no addresses. */
export function createAnnotate(
  { namesOf }: Pick<Names, 'namesOf'>,
  { networksOf }: Pick<Networks, 'networksOf'>,
): Annotate {
  return async (request, measurement, signal) => {
    const { traceroute, egress } = measurement;
    if (traceroute === null && egress === null) return measurement;
    const hopAddresses = (traceroute?.hops ?? []).flatMap(({ address }) => address ?? []);
    const addresses = egress === null ? hopAddresses : [...hopAddresses, egress.address];
    const [names, networks] = await Promise.all([
      namesOf(hopAddresses, signal),
      networksOf(addresses, { patienceMs: patienceOf(request, measurement) }, signal),
    ]);
    const annotated = (hop: Hop): Hop => {
      const { address } = hop;
      if (address === null) return hop;
      const network = networks.get(address) ?? null;
      return { ...hop, scope: scopeOf(address), name: names.get(address) ?? null, network };
    };
    return {
      ...measurement,
      traceroute: traceroute && { ...traceroute, hops: traceroute.hops.map(annotated) },
      egress: egress && { ...egress, network: networks.get(egress.address) ?? null },
    };
  };
}
