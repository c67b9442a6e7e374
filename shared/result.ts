// What every probe answers with: the same keys whatever the verdict, null where not measured, units in names.
import * as z from 'zod';
import { failureCodes, failureSources } from './failure.ts';
import { kinds } from './request.ts';

const count = z.int().min(0);
const ms = z.number().min(0);

export const verdicts = ['pass', 'fail', 'error'] as const;

/**
 * Echoes to one destination. RTTs stand in the order sent; only answered echoes have one. `stddevMs` is that of the
 * population. `jitterMs` is the mean difference between neighbouring RTTs, as icmplib (and so ping-tool) reports it; not
 * RFC 3550's running estimate, which needs far more packets than a probe sends.
 */
export const PingFigures = z.strictObject({
  sent: count,
  received: count,
  lossPercent: z.number().min(0).max(100),
  rttsMs: z.array(ms),
  minMs: ms.nullable(),
  avgMs: ms.nullable(),
  maxMs: ms.nullable(),
  stddevMs: ms.nullable(),
  jitterMs: ms.nullable(),
  /** Further answers to an echo that had one already. */
  duplicates: count,
  /** Replies that came after the reply to a later echo (RFC 4737). */
  reordered: count,
  /** Replies that came when their wait was over: they count as lost. */
  late: count,
  /** This machine's clock was set meanwhile: the RTTs are not the kernel's, and no latency is judged by them. */
  clockStepped: z.boolean(),
});
export type PingFigures = z.output<typeof PingFigures>;

/** Whose an address is; `source` is who said so. */
export const NetworkOfAddress = z.strictObject({
  asn: count.nullable(),
  organisation: z.string().nullable(),
  /** The organisation's own, such as example.net. */
  domain: z.string().nullable(),
  prefix: z.string().nullable(),
  country: z.string().nullable(),
  source: z.string(),
});
export type NetworkOfAddress = z.output<typeof NetworkOfAddress>;

/** What a router may say that it can't pass a packet to (RFC 792, RFC 4443). */
export const unreachableReasons = [
  'network',
  'host',
  'protocol',
  'port',
  'prohibited',
  'packetTooBig',
  'other',
] as const;

export const Hop = z.strictObject({
  ttl: z.int().min(1).max(255),
  address: z.string().nullable(),
  name: z.string().nullable(),
  rttMs: ms.nullable(),
  /** The other hop limits at which the same address answered. */
  alsoAt: z.array(z.int().min(1).max(255)),
  /** Hop limit left in the hop's answer. */
  replyTtl: z.int().min(0).max(255).nullable(),
  /** Why the hop refused to pass packets on; null where it did not. */
  unreachable: z.strictObject({ reason: z.enum(unreachableReasons), mtuBytes: count.nullable() }).nullable(),
  /** The labels it received the probe with (RFC 4950), outermost first. */
  mpls: z.array(z.strictObject({ label: count, trafficClass: count, ttl: count })),
  network: NetworkOfAddress.nullable(),
  scope: z.enum(['private', 'shared', 'public']).nullable(),
});
export type Hop = z.output<typeof Hop>;

export const Route = z.strictObject({
  reached: z.boolean(),
  /** An address answered again after another one: packets go in a circle. */
  loop: z.boolean(),
  hops: z.array(Hop),
});
export type Route = z.output<typeof Route>;

export const Finding = z.strictObject({
  expectation: z.string(),
  status: z.enum(['pass', 'fail', 'unknown']),
  expected: z.json(),
  measured: z.json(),
  reason: z.string().min(1),
});
export type Finding = z.output<typeof Finding>;

export const DnsFigures = z.strictObject({
  rcode: z.string(),
  answers: z.array(z.strictObject({ type: z.string(), ttlSeconds: count, data: z.string() })),
  rttMs: ms,
});
export type DnsFigures = z.output<typeof DnsFigures>;

/** Each phase by itself; null where it was not come to. */
export const HttpFigures = z.strictObject({
  statusCode: z.int().nullable(),
  /** Where the answer leads to, as a whole URL, of which there are 2048 characters at most; it is not followed. */
  redirectsTo: z.string().nullable(),
  /** Of the server's own certificate; null without TLS, and where curl can't tell (before 7.88). */
  certificateDaysLeft: z.number().nullable(),
  /** As many as were fetched. */
  bodyBytes: count,
  resolveMs: ms.nullable(),
  connectMs: ms.nullable(),
  tlsMs: ms.nullable(),
  /** From the request's end to the answer's first byte. */
  firstByteMs: ms.nullable(),
  /** From the name to the body's end. */
  totalMs: ms.nullable(),
});
export type HttpFigures = z.output<typeof HttpFigures>;

/** The public address as the world sees it through the uplink. */
export const EgressFigures = z.strictObject({
  address: z.string(),
  behindNat: z.boolean().nullable(),
  network: NetworkOfAddress.nullable(),
  /** Who told: stun:HOST:PORT or a URL. */
  server: z.string(),
  rttMs: ms,
});
export type EgressFigures = z.output<typeof EgressFigures>;

/**
 * What the probe put on the uplink, the resolving of its names included: IP packets, headers and all. Where curl carried
 * it (http, and egress by a URL) the interface's own counters tell, so that others' traffic in that time is in it too.
 */
export const Traffic = z.strictObject({
  packetsSent: count,
  packetsReceived: count,
  bytesSent: count,
  bytesReceived: count,
});
export type Traffic = z.output<typeof Traffic>;

export const Via = z.strictObject({
  uplink: z.string().nullable(),
  interface: z.string().nullable(),
  source: z.string().nullable(),
});
export type Via = z.output<typeof Via>;

export const FailureSchema = z.strictObject({
  code: z.enum(failureCodes),
  source: z.enum(failureSources),
});

export const ResultSchema = z.strictObject({
  id: z.string(),
  agent: z.string(),
  kind: z.enum(kinds).nullable(),
  target: z.string().nullable(),
  address: z.string().nullable(),
  via: Via,
  verdict: z.enum(verdicts),
  reason: z.string().min(1),
  failure: FailureSchema.nullable(),
  startedAt: z.iso.datetime(),
  durationMs: ms,
  ping: PingFigures.nullable(),
  traceroute: Route.nullable(),
  dns: DnsFigures.nullable(),
  http: HttpFigures.nullable(),
  egress: EgressFigures.nullable(),
  findings: z.array(Finding),
  traffic: Traffic,
});
export type Result = z.output<typeof ResultSchema>;
