// What is told and asked about health and failover: the words for an uplink's health, failover's state, its commands.
import * as z from 'zod';
import { type Family } from './ip.ts';
import { FailureSchema } from './result.ts';

/** Of an uplink in one family. `probing`: nothing has answered yet; `unknown`: this machine could not find out. */
export const healths = ['up', 'degraded', 'recovering', 'probing', 'down', 'unknown'] as const;
export type Health = (typeof healths)[number];

/** Where an outage lies, from near to far. `dhcp`: no address, or nobody to send by. */
export const places = ['carrier', 'dhcp', 'gateway', 'isp', 'target', 'dns'] as const;
export type Place = (typeof places)[number];

/** `observe` decides and tells, and touches nothing. */
export const modes = ['observe', 'overlay', 'capture'] as const;
export type Mode = (typeof modes)[number];

export const familyNames = ['ipv4', 'ipv6'] as const;
export type FamilyName = (typeof familyNames)[number];
export const familyNamed = (name: FamilyName): Family => (name === 'ipv4' ? 4 : 6);

const figure = z.number().min(0).nullable();
const epochMs = z.number().nullable();

/** One family of an uplink whose health is measured. */
export const FamilyHealth = z.strictObject({
  health: z.enum(healths),
  /** Null while all is well, and where nobody knows. */
  place: z.enum(places).nullable(),
  reason: z.string(),
  /** Held back for going up and down too often. */
  suppressed: z.boolean(),
  /** The kernel's default route leaves by it. */
  active: z.boolean(),
  lossPercent: figure,
  rttMs: figure,
  jitterMs: figure,
  /** Since when its health is this one, in ms since 1970. */
  since: epochMs,
});
export type FamilyHealth = z.output<typeof FamilyHealth>;

const uplinkName = z.string().nullable();
const Choice = z.strictObject({ active: uplinkName, desired: uplinkName, reason: z.string() });

/** As the broker keeps it: all keys always there. `active` and `desired` are IPv4's where that is judged, else IPv6's. */
export const FailoverState = z.strictObject({
  mode: z.enum(modes),
  /** The mode of the file, where a command lets it only observe for a while. */
  observeUntil: epochMs,
  active: uplinkName,
  desired: uplinkName,
  forced: z.strictObject({ uplink: z.string(), until: z.number() }).nullable(),
  /** When the active one became so, in ms since 1970. */
  since: epochMs,
  reason: z.string(),
  /** Why it can't act though it should; null where it can. */
  problem: z.string().nullable(),
  families: z.strictObject({ ipv4: Choice.nullable(), ipv6: Choice.nullable() }),
  uplinks: z.record(
    z.string(),
    z.strictObject({
      health: z.enum(healths).nullable(),
      place: z.enum(places).nullable(),
      suppressed: z.boolean(),
      priority: z.number(),
    }),
  ),
});
export type FailoverState = z.output<typeof FailoverState>;

const longestSeconds = 7 * 86_400;
const ttlSeconds = z.int().min(1).max(longestSeconds).default(3600);

export const FailoverCommand = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('force'), uplink: z.string().min(1).max(32), ttlSeconds }),
  z.strictObject({ action: z.literal('observe'), ttlSeconds }),
  z.strictObject({ action: z.literal('release') }),
]);
export type FailoverCommand = z.output<typeof FailoverCommand>;

/** One that is obeyed is answered by failover's state, any other by this. All keys always there. */
export const FailoverRefusal = z.strictObject({
  ok: z.literal(false),
  reason: z.string(),
  failure: FailureSchema,
});
export type FailoverRefusal = z.output<typeof FailoverRefusal>;

/** The uplink that is preferred is the primary one, all others are standbys. */
export const roles = ['Primary', 'Standby'] as const;

/** An uplink as failover's events name it. */
const FailoverLink = z.object({
  /** For people: its title, where it has one. */
  name: z.string(),
  role: z.enum(roles),
  interface: z.string(),
  /** Its own; IPv4's where it has one. */
  address: z.string().nullable(),
});
export type FailoverLink = z.output<typeof FailoverLink>;

const ofLink = z.looseObject({ link: FailoverLink });
const ofAnswer = z.looseObject({ link: FailoverLink, online: z.boolean() });

/** The evidence of failover's events. `online`: of the first state the link's; of a confirmation, that its targets answered. */
export const failoverEvidence = {
  'failover.initial': ofAnswer,
  'failover.switched': ofLink,
  'failover.confirmed': ofAnswer,
  'failover.rolledBack': ofLink,
  /** All of them, the primary first. */
  'failover.allDown': z.looseObject({ links: z.array(FailoverLink) }),
};
