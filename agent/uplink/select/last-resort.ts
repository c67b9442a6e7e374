// Whom the default is left to while no uplink answers. Pure.
import { dwellEndMs, going, linkedAtLeast, staying } from './choice.ts';
import { type Situation, byLoss, lossOf } from './judged.ts';
import type { Choice } from './terms.ts';
import { told } from './words.ts';

/** Among uplinks that are all bad a switch is a guess: it waits, unless the present one can carry nothing at all. */
function leastLoss(situation: Situation, why: string): Choice {
  const { judged, active, nowMs } = situation;
  const [best] = byLoss(judged);
  if (best === undefined || best.active) return staying(situation, why);
  const reason = `${why}; ${best.name} loses least`;
  if (active === null) return going(best, 'first', reason);
  if (!active.usable) return going(best, 'leave', reason);
  if (lossOf(best) >= lossOf(active)) return staying(situation, why);
  const dueMs = dwellEndMs(situation);
  return nowMs >= dueMs ? going(best, 'leave', reason) : staying(situation, why, dueMs);
}

/** What the settings say for the case that all are bad. */
export function lastResort(situation: Situation): Choice {
  const why = told(...situation.judged);
  const instead = situation.settings.lastResort;
  if (instead === 'hold') return linkedAtLeast(situation, why) ?? staying(situation, why);
  if (instead === 'bestScore') return leastLoss(situation, why);
  return { desired: null, kind: 'withdraw', instead, why, wakeMs: null };
}
