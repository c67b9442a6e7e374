// The two common outcomes of a selection, and when a switch that nothing presses for may be made. Pure.
import type { Judged, Situation } from './judged.ts';
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

/** Until when an uplink that answers is not left. */
export const dwellEndMs = ({ standing, settings }: Situation): number =>
  standing.switchedMs === null ? -Infinity : standing.switchedMs + settings.minDwellMs;
