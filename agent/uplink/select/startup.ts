// The first seconds, in which the uplinks are still being found out about and nothing is switched. Pure.
import { staying } from './choice.ts';
import { type Judged, type Situation, judge, ranked } from './judged.ts';
import type { Choice } from './terms.ts';
import { told } from './words.ts';

const endMs = ({ standing, settings }: Situation): number => standing.startedMs + settings.startupHoldMs;

/** Good answers are counted before it is up: those of the first seconds say nothing against it. */
const isOpen = ({ usable, health }: Judged): boolean =>
  usable && (health === 'probing' || health === 'recovering');

/** Over when its time is, or as soon as nobody who is still being found out about could change the choice. */
export function isStartupOver(situation: Situation): boolean {
  const { standing, active, judged, nowMs } = situation;
  if (standing.startupOver || nowMs >= endMs(situation)) return true;
  if (active !== null && isOpen(active)) return false;
  const atBest = judged.map((one) =>
    isOpen(one) ? judge({ ...one, health: 'up' }, one.order, one.active) : one,
  );
  return ranked(atBest)[0]?.name === ranked(judged)[0]?.name;
}

/** What is asked for until then. */
export const startingUp = (situation: Situation): Choice =>
  staying(
    situation,
    `nothing is switched at start-up: ${told(...situation.judged.filter(isOpen))}`,
    endMs(situation),
  );
