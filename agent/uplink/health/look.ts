// One look at an uplink in one family: what its health is by now, and what is to be done about it. Pure.
import { earliest } from '../earliest.ts';
import { type Condition, type Transition, advance, isUsable } from './condition.ts';
import type { Figures } from './figures.ts';
import { isSuppressed, penalised } from './flap.ts';
import type { Link } from './link.ts';
import { type Askable, type GatewaySigns, placeOf } from './place.ts';
import { type Reading, ballotOf, nextReadingMs, readWindow, signsOf } from './reading.ts';
import type { FlapSettings, HealthSettings } from './settings.ts';
import { type BurstOutcome, silentBurst, suspicionAfter } from './suspicion.ts';
import type { Track } from './track.ts';
import type { Seen, Votes } from './votes.ts';
import { type Window, fromRound } from './window.ts';

/** What is known beside the echoes. */
export interface Facts {
  link: Link;
  askable: Askable;
  gateway: GatewaySigns;
  votes: Votes;
  /** Of the burst that was asked for, once it is over; else null. One of an uplink that is suspect no more has none. */
  burst: BurstOutcome | null;
}

export interface Outcome {
  track: Track;
  figures: Figures;
  transition: Transition | null;
  /** A burst is under way: no uplink to be switched to. */
  suspect: boolean;
  /** The targets that a burst is to be sent to now; null without one. */
  burst: readonly string[] | null;
  /** When the next look is due, if nothing comes before; null where time alone changes nothing. */
  lookAgainMs: number | null;
}

/** What an uplink sees of its targets, for `votesOf`. */
export const seenBy = ({ window }: Track, link: Link, nowMs: number): Seen => ({
  working: link === 'ready',
  signs: signsOf(window.slots, nowMs),
});

/** What went before speaks not against an uplink that rises: where it does, its figures begin with its first good round. */
function windowNow(window: Window, { health }: Condition, { goodFromRound }: Reading): Window {
  const rises = !isUsable(health) && health !== 'recovering' && goodFromRound !== null;
  return rises ? fromRound(window, goodFromRound) : window;
}

/** Nor for one that has fallen. */
function windowAfter(before: Window, now: Window, transition: Transition | null, nowMs: number): Window {
  if (transition === null) return before;
  const { to } = transition;
  if (to === 'down' || to === 'unknown') return { ...before, provingFromMs: nowMs };
  return isUsable(to) ? { ...now, provingFromMs: null } : now;
}

/** A line that is good and bad in turns moves the default route as one does that comes and goes. */
function outageShare({ from, to }: Transition): number {
  if (to === 'down' && isUsable(from)) return 1;
  return from === 'up' && to === 'degraded' ? 0.5 : 0;
}

/** One look: due after anything was told of it, when its facts are others, and at `lookAgainMs`. */
export function look(
  track: Track,
  facts: Facts,
  settings: HealthSettings,
  flapSettings: FlapSettings,
  nowMs: number,
): Outcome {
  const { targets, window, suspicion } = track;
  const { link, askable, gateway, votes } = facts;
  const ballot = ballotOf(targets, votes.excluded, settings.reliability);
  const whole = readWindow(window, ballot, settings, nowMs);
  const risen = windowNow(window, track.condition, whole);
  const reading = risen === window ? whole : readWindow(risen, ballot, settings, nowMs);
  const targetsAtFault = targets.every((target) => votes.atFault.has(target));
  const { condition, transition } = advance(
    track.condition,
    {
      link,
      askable,
      reading,
      silentBurst: silentBurst(suspicion, facts.burst, window),
      place: placeOf({ link, askable, gateway, targetsAtFault }),
    },
    settings,
    nowMs,
  );
  const share = transition === null ? 0 : outageShare(transition);
  const flap = share > 0 ? penalised(track.flap, flapSettings, nowMs, share) : track.flap;
  const suppressed = isSuppressed(flap, nowMs);
  const watched = isUsable(condition.health);
  const after = suspicionAfter(suspicion, { outcome: facts.burst, reading, window, watched }, nowMs);
  const kept = windowAfter(window, risen, transition, nowMs);
  return {
    track: { ...track, window: kept, condition, suspicion: after, flap, suppressed },
    figures: reading.figures,
    transition,
    suspect: after.burst !== null,
    burst: after.burst === suspicion.burst ? null : (after.burst?.targets ?? null),
    lookAgainMs: earliest([nextReadingMs(kept, nowMs), suppressed ? flap.untilMs : null]),
  };
}
