// Measurements, routes and hops for the judges: everything is well unless a test says otherwise.
import { type Measurement, nothingMeasured } from '../../../shared/measurement.ts';
import type {
  DnsFigures,
  EgressFigures,
  Hop,
  HttpFigures,
  PingFigures,
  Route,
} from '../../../shared/result.ts';

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

export const dnsFigures = (given: Partial<DnsFigures> = {}): DnsFigures => ({
  rcode: 'NOERROR',
  answers: [{ type: 'A', ttlSeconds: 300, data: '203.0.113.5' }],
  rttMs: 12,
  ...given,
});

export const httpFigures = (given: Partial<HttpFigures> = {}): HttpFigures => ({
  statusCode: 200,
  redirectsTo: null,
  certificateDaysLeft: 30,
  bodyBytes: 20,
  resolveMs: 1,
  connectMs: 10,
  tlsMs: 20,
  firstByteMs: 12,
  totalMs: 45,
  ...given,
});

export const egressFigures = (given: Partial<EgressFigures> = {}): EgressFigures => ({
  address: '203.0.113.7',
  behindNat: true,
  network: null,
  server: 'stun:stun.example:3478',
  rttMs: 21,
  ...given,
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
