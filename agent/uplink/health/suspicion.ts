// The first answer that is overdue sets off a burst of echoes, and the burst decides. Pure.
import type { Reading } from './reading.ts';
import type { Window } from './window.ts';

/** `unknown` where the burst could not be sent. */
export type BurstOutcome = 'answered' | 'silent' | 'unknown';

export interface Suspicion {
  /** The burst under way. */
  burst: { fromMs: number; targets: readonly string[] } | null;
  /** For each target the last sign of life before a silence that was looked into: each sets off one burst. */
  silences: ReadonlyMap<string, number>;
}

export const noSuspicion: Suspicion = { burst: null, silences: new Map() };

const mostTargets = 2;

/** Those that answered last are the likeliest to answer. */
const burstTargets = ({ voters }: Reading, { lifeMs }: Window): string[] =>
  voters
    .toSorted((a, b) => (lifeMs.get(b) ?? -Infinity) - (lifeMs.get(a) ?? -Infinity))
    .slice(0, mostTargets);

/** The targets of a burst that nothing answered, nor anything else that was sent since it began; else null. */
export function silentBurst(
  { burst }: Suspicion,
  outcome: BurstOutcome | null,
  { lifeMs }: Window,
): readonly string[] | null {
  if (burst === null || outcome !== 'silent') return null;
  return [...lifeMs.values()].some((ms) => ms >= burst.fromMs) ? null : burst.targets;
}

export interface Doubts {
  /** Of the burst under way; null while it isn't known. */
  outcome: BurstOutcome | null;
  reading: Reading;
  window: Window;
  /** Going down would be news. */
  watched: boolean;
}

/** What is suspected by now: a burst that wasn't there before is to be sent. */
export function suspicionAfter(
  before: Suspicion,
  { outcome, reading, window, watched }: Doubts,
  nowMs: number,
): Suspicion {
  if (!watched) return { ...before, burst: null };
  const ongoing = outcome === null ? before.burst : null;
  const begun = reading.overdue.flatMap((target): [string, number][] => {
    const lifeMs = window.lifeMs.get(target);
    return lifeMs === undefined || before.silences.get(target) === lifeMs ? [] : [[target, lifeMs]];
  });
  if (begun.length === 0) return { ...before, burst: ongoing };
  return {
    burst: ongoing ?? { fromMs: nowMs, targets: burstTargets(reading, window) },
    silences: new Map([...before.silences, ...begun]),
  };
}
