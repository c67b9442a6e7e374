// All that a window says at one moment. Pure.
import { earliest } from '../earliest.ts';
import { type Figures, figuresOf } from './figures.ts';
import { type Ballot, type Rows, rowsOf } from './rounds.ts';
import type { HealthSettings } from './settings.ts';
import { type Slot, type Window, fateOf } from './window.ts';

/** Whether a target answers, by the latest of its echoes that is decided. */
export interface Sign {
  /** How many of its latest echoes in a row are lost; 0 where the latest was answered. */
  silentInRow: number;
  /** When the latest was sent. */
  sentMs: number;
}

export interface Reading extends Ballot, Rows {
  figures: Figures;
  /** Of each target with a decided echo, whether it votes or not. */
  signs: ReadonlyMap<string, Sign>;
  /** Why this machine could not ask, the last time that it could not. */
  localFault: string | null;
  /** Voters that have answered before and owe an answer for longer than usual. */
  overdue: readonly string[];
}

/** The targets that vote, and how many of them must be good. */
export function ballotOf(
  targets: readonly string[],
  excluded: ReadonlySet<string>,
  reliability: number,
): Ballot {
  const remaining = targets.filter((target) => !excluded.has(target));
  const voters = remaining.length > 0 ? remaining : targets;
  return { voters, needed: Math.max(1, Math.min(reliability, voters.length)) };
}

/** Whether each target with a decided echo answers by now. */
export function signsOf(slots: readonly Slot[], nowMs: number): Map<string, Sign> {
  const signs = new Map<string, Sign>();
  for (const slot of slots) {
    const fate = fateOf(slot, nowMs);
    if (fate !== 'answered' && fate !== 'lost') continue;
    const before = signs.get(slot.target)?.silentInRow ?? 0;
    signs.set(slot.target, { silentInRow: fate === 'lost' ? before + 1 : 0, sentMs: slot.sentMs });
  }
  return signs;
}

function isOverdue(slot: Slot, { lifeMs }: Window, nowMs: number): boolean {
  const { target, sentMs, suspicionWaitMs, rttMs, refused, localFault } = slot;
  if (rttMs !== null || localFault !== null || sentMs <= (lifeMs.get(target) ?? Infinity)) return false;
  return refused || nowMs >= sentMs + suspicionWaitMs;
}

/** What the window says by `nowMs`. */
export function readWindow(window: Window, ballot: Ballot, settings: HealthSettings, nowMs: number): Reading {
  const { slots } = window;
  const late = slots.filter((slot) => isOverdue(slot, window, nowMs)).map(({ target }) => target);
  return {
    ...ballot,
    ...rowsOf(window, ballot, settings.timeoutMs, nowMs),
    figures: figuresOf(slots, ballot, settings.window, nowMs),
    signs: signsOf(slots, nowMs),
    localFault: slots.findLast(({ localFault }) => localFault !== null)?.localFault ?? null,
    overdue: ballot.voters.filter((voter) => late.includes(voter)),
  };
}

/** When the window says something new by the mere passing of time; null where it does not. */
export function nextReadingMs({ slots }: Window, nowMs: number): number | null {
  const moments = slots
    .filter((slot) => fateOf(slot, nowMs) === 'open')
    .flatMap(({ sentMs, suspicionWaitMs, waitMs }) => [sentMs + suspicionWaitMs, sentMs + waitMs])
    .filter((ms) => ms > nowMs);
  return earliest(moments);
}
