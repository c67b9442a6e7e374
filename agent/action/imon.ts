// An event as imon tells its action script of it: `INSTANCE NOSYSLOG EVENT [ARGUMENTS]`, by position. Pure.
import * as z from 'zod';
import type { Event } from '../../shared/event.ts';
import { FailureSchema } from '../../shared/result.ts';
import { failoverWords } from './imon/failover.ts';

const known = z.enum(['up', 'down']).nullable();
const ms = z.number().nullable();

const Turned = z.looseObject({ lastKnown: known, target: z.string().nullable(), outageMs: ms.optional() });
const Pinged = z.looseObject({
  kind: z.literal('ping'),
  target: z.string(),
  failure: FailureSchema.nullable(),
  minMs: ms,
  rttMs: ms,
  maxMs: ms,
  jitterMs: ms,
  lossPercent: ms,
});

/** Python's round(): a value just between two goes to the even one. */
function rounded(value: number, digits: number): number {
  const whole = Math.floor(value * 10 ** digits);
  // Odd eighths have a third decimal 5 in binary too, odd sixteenths a fourth.
  const between = Number.isInteger(value * 2 ** (digits + 1)) && !Number.isInteger(value * 2 ** digits);
  return between ? (whole + (whole % 2)) / 10 ** digits : Number(value.toFixed(digits));
}

/** Python's str() of a float, as of 0.001 up. */
const float = (value: number, digits: number): string => {
  const text = String(rounded(value, digits));
  return text.includes('.') ? text : `${text}.0`;
};

/** Days, hours, minutes and seconds, none of them padded. */
function outage(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  const parts = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  return [...parts, seconds % 60].join(':');
}

// imon knows no first state: its script hears only of a change from one known state to the other.
function turned({ kind, subject, evidence }: Event): string[] | null {
  const read = Turned.safeParse(evidence);
  if (!read.success) return null;
  const { lastKnown, target, outageMs } = read.data;
  const name = target ?? subject ?? '';
  if (kind === 'monitor.down') return lastKnown === 'up' ? ['updown-offline', name] : null;
  return lastKnown === 'down' ? ['updown-online', name, outage(outageMs ?? 0)] : null;
}

/** icmplib, by which imon measures, has 0.0 for what no reply gave, three decimals for times and two for the loss. */
function pinged({ evidence }: Event): string[] | null {
  const read = Pinged.safeParse(evidence);
  if (!read.success) return null;
  const { target, failure, minMs, rttMs, maxMs, jitterMs, lossPercent } = read.data;
  const silent = failure !== null && ['uplink', 'resolver', 'target'].includes(failure.source);
  // Where this machine is at fault, nothing is known of the target.
  if (lossPercent === null && !silent) return null;
  // By way of what came back, as icmplib has it, so that the same loss is rounded to the same side.
  const loss = 1 - (100 - (lossPercent ?? 100)) / 100;
  const times = [minMs, rttMs, maxMs].map((value) => float(value ?? 0, 3));
  const alive = loss < 1 ? 'True' : 'False';
  return ['ping-result', [target, alive, ...times, float(loss, 2), float(jitterMs ?? 0, 3)].join(':')];
}

function words(event: Event): string[] | null {
  const { kind, from, to } = event;
  if (kind === 'monitor.up' || kind === 'monitor.down') return turned(event);
  if (kind === 'egress.changed') return to === null ? null : ['ddns-ip-update', to, from ?? 'unknown'];
  if (kind === 'egress.unknown') return ['ddns-no-update'];
  return kind === 'probe.result' ? pinged(event) : failoverWords(event);
}

/** What follows the program's own arguments; null for an event that imon has no word for. */
export function imonArguments(event: Event, instance: string, syslog: boolean): string[] | null {
  const what = words(event);
  return what === null ? null : [instance, syslog ? '0' : '1', ...what];
}
