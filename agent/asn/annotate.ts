// Adds to each hop what its address says of itself: whose it can be (private, a carrier's, public), and its name.
import { scopeOf } from '../../shared/ip.ts';
import type { Measurement } from '../../shared/measurement.ts';
import type { Names } from './names.ts';

export type Annotate = (measurement: Measurement, signal: AbortSignal) => Promise<Measurement>;

/** Never rejects; takes as long as names may take, and no time where there are no hops. */
export function createAnnotate({ namesOf }: Pick<Names, 'namesOf'>): Annotate {
  return async (measurement, signal) => {
    const { traceroute } = measurement;
    if (traceroute === null) return measurement;
    const addresses = traceroute.hops.flatMap(({ address }) => address ?? []);
    const names = await namesOf(addresses, signal);
    const hops = traceroute.hops.map((hop) =>
      hop.address === null
        ? hop
        : { ...hop, scope: scopeOf(hop.address), name: names.get(hop.address) ?? null },
    );
    return { ...measurement, traceroute: { ...traceroute, hops } };
  };
}
