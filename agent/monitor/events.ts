// The events of a monitor's changes, with what was seen. Pure.
import { type Event, newEvent } from '../../shared/event.ts';
import type { Instant } from '../../shared/instant.ts';
import type { Finding, Result } from '../../shared/result.ts';
import type { Condition, Transition } from './condition.ts';
import type { EgressChange } from './egress.ts';
import { figuresOf } from './figures.ts';
import { type Settings, textOf } from './settings.ts';

/** What a run left, with the monitor that it was of. */
export interface Seen {
  monitor: string;
  settings: Settings;
  result: Result;
  at: Instant;
}

const evidenceOf = ({ settings, result }: Seen) => ({
  kind: settings.probe.kind,
  target: result.target,
  via: textOf(settings.probe, 'via'),
  verdict: result.verdict,
  reason: result.reason,
  failure: result.failure,
  address: result.address,
  uplink: result.via.uplink,
  interface: result.via.interface,
  figures: figuresOf(result),
});

/** Of a change to up or down; that nothing is known is a state and no event. */
export function transitionEvent(
  seen: Seen,
  { from, to, outageMs }: Transition,
  { lastKnown }: Condition,
  refutedBy: string | null,
): Event | null {
  if (to === 'unknown') return null;
  const evidence = {
    ...evidenceOf(seen),
    lastKnown,
    ...(to === 'up' ? { outageMs } : {}),
    ...(refutedBy === null ? {} : { refutedBy }),
  };
  return newEvent(`monitor.${to}`, seen.monitor, { from, to, evidence }, seen.at.epochMs);
}

export function degradedEvent(seen: Seen, degraded: boolean, warnings: readonly Finding[]): Event {
  const failed = warnings.filter(({ status }) => status === 'fail');
  const evidence = { ...evidenceOf(seen), warnings: failed };
  const [from, to] = degraded ? ['normal', 'degraded'] : ['degraded', 'normal'];
  return newEvent('monitor.degraded', seen.monitor, { from, to, evidence }, seen.at.epochMs);
}

export function egressEvent(seen: Seen, { kind, from, to, evidence }: EgressChange): Event {
  const all = { ...evidenceOf(seen), ...evidence };
  return newEvent(kind, seen.monitor, { from, to, evidence: all }, seen.at.epochMs);
}
