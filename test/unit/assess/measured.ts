// Measurements, routes and hops for the judges: everything is well unless a test says otherwise.
import { type Measurement, nothingMeasured } from '../../../shared/measurement.ts';
import type { Hop, PingFigures, Route } from '../../../shared/result.ts';

type Network = NonNullable<Hop['network']>;

export const figures = (wrong: Partial<PingFigures> = {}): PingFigures => ({
  sent: 3,
  received: 3,
  lossPercent: 0,
  rttsMs: [15, 16, 17],
  minMs: 15,
  avgMs: 16,
  maxMs: 17,
  stddevMs: 0.816,
  jitterMs: 1,
  duplicates: 0,
  reordered: 0,
  late: 0,
  clockStepped: false,
  ...wrong,
});

/** Three echoes that nobody answered. */
export const noReplies = figures({
  received: 0,
  lossPercent: 100,
  rttsMs: [],
  minMs: null,
  avgMs: null,
  maxMs: null,
  stddevMs: null,
  jitterMs: null,
  duplicates: 0,
  reordered: 0,
  late: 0,
  clockStepped: false,
});

export const measured = (given: Partial<Measurement> = {}): Measurement => ({
  ...nothingMeasured,
  ping: figures(),
  ...given,
});

export const network = (
  asn: number | null,
  organisation: string | null,
  country: string | null = null,
  domain: string | null = null,
): Network => ({
  asn,
  organisation,
  domain,
  prefix: null,
  country,
  source: 'test',
});

export const hop = (given: Partial<Hop> & { ttl: number }): Hop => ({
  address: null,
  name: null,
  rttMs: null,
  alsoAt: [],
  replyTtl: null,
  unreachable: null,
  mpls: [],
  network: null,
  scope: null,
  ...given,
});

/** Hops in order; a missing address is a silent one. */
export const route = (hops: readonly Partial<Hop>[], reached = true): Route => ({
  reached,
  loop: false,
  hops: hops.map((given, index) => hop({ ttl: index + 1, ...given })),
});

export const silent: Partial<Hop> = {};
export const gateway: Partial<Hop> = { address: '192.168.2.1', scope: 'private' };
export const carrier: Partial<Hop> = { address: '100.64.3.1', scope: 'shared' };
export const at = (address: string, known: Network | null = null): Partial<Hop> => ({
  address,
  scope: 'public',
  network: known,
});
