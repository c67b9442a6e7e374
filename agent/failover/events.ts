// The events of uplinks' health and of failover, with what was seen. Pure.
import type { FailoverLink } from '../../shared/failover.ts';
import { type Event, newEvent } from '../../shared/event.ts';
import { familyName } from '../../shared/ip.ts';
import { isUsable } from '../uplink/health/condition.ts';
import type { Transition } from '../uplink/health/condition.ts';
import type { Happening } from '../uplink/deciding.ts';
import type { Measured } from '../uplink/measuring.ts';

/** What was last told of an uplink in a family; null where nothing was. */
export type LastToldHealth = 'up' | 'degraded' | 'down' | null;

const evidenceOf = ({ family, condition, figures, link }: Measured) => ({
  family: familyName(family),
  place: condition.place,
  reason: condition.reason,
  link,
  lossPercent: figures?.lossPercent ?? null,
  rttMs: figures?.rttMs ?? null,
  jitterMs: figures?.jitterMs ?? null,
});

/**
 * The event of a changed health, and what is told by now. That a line is well at the start is no news, and neither is one
 * that has not come back quite.
 */
export function healthEvent(
  measured: Measured,
  { from, to, outageMs }: Transition,
  told: LastToldHealth,
  epochMs: number,
): { event: Event | null; told: LastToldHealth } {
  if (to !== 'up' && to !== 'degraded' && to !== 'down') return { event: null, told };
  const isNews = told === null ? to !== 'up' : to !== told;
  if (!isNews) return { event: null, told: to };
  const evidence = { ...evidenceOf(measured), ...(isUsable(to) ? { outageMs } : {}) };
  return { event: newEvent(`uplink.${to}`, measured.uplink, { from, to, evidence }, epochMs), told: to };
}

const heldOrNot = (isHeld: boolean): [from: string | null, to: string | null] =>
  isHeld ? [null, 'suppressed'] : ['suppressed', null];

/** It begins, or ceases, to be held back for going up and down. */
export function suppressedEvent(measured: Measured, epochMs: number): Event {
  const [from, to] = heldOrNot(measured.suppressed);
  return newEvent(
    'uplink.suppressed',
    measured.uplink,
    { from, to, evidence: evidenceOf(measured) },
    epochMs,
  );
}

/** How each uplink is found at the start. */
export const initialEvent = (
  measured: Measured,
  link: FailoverLink,
  online: boolean,
  epochMs: number,
): Event =>
  newEvent(
    'failover.initial',
    measured.uplink,
    { to: measured.condition.health, evidence: { ...evidenceOf(measured), link: { ...link }, online } },
    epochMs,
  );

/** `links.of` gives an uplink as it is named; null for what is none. */
export function happeningEvent(
  happening: Happening,
  links: { of: (name: string) => FailoverLink | null; all: () => FailoverLink[] },
  epochMs: number,
): Event {
  const family = familyName(happening.family);
  if (happening.kind === 'heldBack') {
    const [from, to] = heldOrNot(happening.isHeld);
    const evidence = { family, reason: happening.why };
    return newEvent('uplink.suppressed', happening.uplink, { from, to, evidence }, epochMs);
  }
  if (happening.kind === 'allDown') {
    const evidence = { family, reason: happening.why, links: links.all().map((link) => ({ ...link })) };
    return newEvent('failover.allDown', null, { evidence }, epochMs);
  }
  const named = links.of(happening.to);
  const link = named === null ? {} : { link: { ...named } };
  if (happening.kind === 'confirmed') {
    const { to, answers } = happening;
    const online = Object.values(answers).every((answered) => answered);
    return newEvent(
      'failover.confirmed',
      to,
      { to, evidence: { family, ...link, online, answers } },
      epochMs,
    );
  }
  const { kind, from, to, why: reason, durationMs } = happening;
  const evidence = { family, ...link, reason, durationMs: Math.round(durationMs) };
  return newEvent(`failover.${kind}`, to, { from, to, evidence }, epochMs);
}
