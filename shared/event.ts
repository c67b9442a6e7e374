// What the agent tells of: each a change of state, told once and never lost.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';

export const eventKinds = [
  'monitor.up',
  'monitor.down',
  'monitor.degraded',
  'egress.changed',
  'egress.unknown',
  'probe.result',
  'uplink.up',
  'uplink.down',
  'uplink.degraded',
  'uplink.suppressed',
  'failover.initial',
  'failover.switched',
  'failover.confirmed',
  'failover.rolledBack',
  'failover.allDown',
  'budget.warning',
  'budget.exhausted',
  'outbox.dropped',
  'store.failed',
] as const;
export type EventKind = (typeof eventKinds)[number];

export const Event = z.strictObject({
  /** By it a reader knows an event that comes twice. */
  id: z.uuid(),
  at: z.iso.datetime(),
  kind: z.enum(eventKinds),
  /** The monitor's or the uplink's name, or the agent's; null where all uplinks are meant. */
  subject: z.string().nullable(),
  /** What was before and what is now: states, uplinks' healths and names, or public addresses; null where there is none. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** What was seen, by kind of event; of failover's kinds as `failoverEvidence` has it, and more. */
  evidence: z.record(z.string(), z.json()),
});
export type Event = z.output<typeof Event>;

/** `epochMs` is when it happened. */
export const newEvent = (
  kind: EventKind,
  subject: string | null,
  { from = null, to = null, evidence = {} }: Partial<Pick<Event, 'from' | 'to' | 'evidence'>>,
  epochMs: number,
): Event => ({ id: randomUUID(), at: new Date(epochMs).toISOString(), kind, subject, from, to, evidence });
