// The two common outcomes of a selection, and when a switch that nothing presses for may be made. Pure.
import { type Judged, type Situation, byLoss } from './judged.ts';
import type { Choice, Kind } from './terms.ts';

/** Nothing changes. */
export const staying = ({ active }: Situation, why: string, wakeMs: number | null = null): Choice => ({
  desired: active?.name ?? null,
  kind: 'keep',
  instead: null,
  why,
  wakeMs,
});

/** Another uplink gets the default. */
export const going = (to: Judged, kind: Kind, why: string): Choice => ({
  desired: to.name,
  kind,
  instead: null,
  why,
  wakeMs: null,
});

/** Where nobody answers: away from one that has no link, to one that may carry something at least. Null where it has one. */
export function linkedAtLeast({ judged, active }: Situation, why: string): Choice | null {
  const best = byLoss(judged).find(({ suspect }) => !suspect);
  if (best === undefined || active === null || active.usable) return null;
  return going(best, 'leave', `${why}; ${best.name} has at least a link`);
}

/** Until when an uplink that answers is not left. */
export const dwellEndMs = ({ standing, settings }: Situation): number =>
  standing.switchedMs === null ? -Infinity : standing.switchedMs + settings.minDwellMs;
