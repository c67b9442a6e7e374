// Adds to each hop what its address says of itself: whose it can be (private, a carrier's, public).
import { scopeOf } from '../../shared/ip.ts';
import type { Measurement } from '../../shared/measurement.ts';

export function annotate(measurement: Measurement): Measurement {
  const { traceroute } = measurement;
  if (traceroute === null) return measurement;
  const hops = traceroute.hops.map((hop) => ({
    ...hop,
    scope: hop.address === null ? null : scopeOf(hop.address),
  }));
  return { ...measurement, traceroute: { ...traceroute, hops } };
}
