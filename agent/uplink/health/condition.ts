// The state machine of one uplink in one family: what one more look makes of what was known. Pure.
import type { Health, Place } from '../../../shared/failover.ts';
import type { Link } from './link.ts';
import type { Askable } from './place.ts';
import { type Quality, qualityOf } from './quality.ts';
import type { Reading } from './reading.ts';
import { reasonOf } from './reason.ts';
import type { HealthSettings } from './settings.ts';

export interface Condition {
  health: Health;
  /** Null where it isn't known, and while all is well. */
  place: Place | null;
  /** For people. */
  reason: string;
  /** Since when its health is this one. */
  sinceMs: number;
  /** When the outage began that isn't over; null without one. */
  downFromMs: number | null;
}

/** What there is to see at one moment. */
export interface Evidence {
  link: Link;
  askable: Askable;
  reading: Reading;
  /** The targets of a burst that nothing answered; null without one. */
  silentBurst: readonly string[] | null;
  /** Where it lies if something is wrong. */
  place: Place;
}

export interface Transition {
  from: Health;
  to: Health;
  /** The outage that ended by it, from when it went down; null where none did. */
  outageMs: number | null;
}

export const nothingKnown = (nowMs: number): Condition => ({
  health: 'probing',
  place: null,
  reason: 'nothing has answered yet',
  sinceMs: nowMs,
  downFromMs: null,
});

/** It carries traffic, well or badly. */
export const isUsable = (health: Health): boolean => health === 'up' || health === 'degraded';

/** Since when it is up without a break; null while it isn't. */
export const upSinceMs = ({ health, sinceMs }: Condition): number | null =>
  health === 'up' ? sinceMs : null;

function usableAs(before: Health, { failing, lingering }: Quality): Health {
  const stays = before === 'degraded' && lingering.length > 0;
  return failing.length > 0 || stays ? 'degraded' : 'up';
}

function healthAfter(
  before: Health,
  { link, askable, reading, silentBurst }: Evidence,
  quality: Quality,
  { down, up }: HealthSettings,
): Health {
  const { badInRow, goodInRow, localInRow } = reading;
  if (link !== 'ready') return 'down';
  if (askable !== 'ready' || localInRow >= down) return 'unknown';
  if (isUsable(before)) {
    return silentBurst !== null || badInRow >= down ? 'down' : usableAs(before, quality);
  }
  if (goodInRow >= up) return usableAs(before, quality);
  if (goodInRow > 0) return 'recovering';
  if (before === 'recovering') return badInRow > 0 ? 'down' : before;
  return badInRow >= down ? 'down' : before;
}

function placeAfter(health: Health, { askable, place }: Evidence): Place | null {
  return health === 'down' || (health === 'unknown' && askable === 'names unknown') ? place : null;
}

function downFrom(before: Condition, health: Health, nowMs: number): number | null {
  if (isUsable(health)) return null;
  return health === 'down' ? (before.downFromMs ?? nowMs) : before.downFromMs;
}

/** The condition after one more look, and how its health changed by it, or null. */
export function advance(
  before: Condition,
  seen: Evidence,
  settings: HealthSettings,
  nowMs: number,
): { condition: Condition; transition: Transition | null } {
  const quality = qualityOf(seen.reading.figures, settings);
  const health = healthAfter(before.health, seen, quality, settings);
  const changed = health !== before.health;
  const condition = {
    health,
    place: placeAfter(health, seen),
    reason: reasonOf(before, health, seen, quality, settings),
    sinceMs: changed ? nowMs : before.sinceMs,
    downFromMs: downFrom(before, health, nowMs),
  };
  if (!changed) return { condition, transition: null };
  const { downFromMs } = before;
  const transition = {
    from: before.health,
    to: health,
    outageMs: isUsable(health) && downFromMs !== null ? nowMs - downFromMs : null,
  };
  return { condition, transition };
}
