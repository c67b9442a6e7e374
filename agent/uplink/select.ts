// Which uplink is to have the default route, in one family of addresses. Pure.
import { earliest } from './earliest.ts';
import { going, staying } from './select/choice.ts';
import { byForce, forcedNow } from './select/force.ts';
import { type Situation, areAllBad, judgeAll } from './select/judged.ts';
import { byMerit } from './select/merit.ts';
import { isStartupOver, startingUp } from './select/startup.ts';
import type { Candidate, Choice, Selection, SelectionSettings, Standing } from './select/terms.ts';
import { told } from './select/words.ts';

export { refusalOf } from './select/refusal.ts';
export type * from './select/terms.ts';

/** Of one uplink alone there is nothing to find out; null where there are others, or something else has the default. */
function theOnlyOne(situation: Situation): Choice | null {
  const { judged, active, standing } = situation;
  const [only, other] = judged;
  if (only === undefined || other !== undefined || standing.active !== (active?.name ?? null)) return null;
  const why = `${told(only)}; there is no other uplink`;
  return only.usable && !only.active ? going(only, 'first', why) : staying(situation, why);
}

/**
 * The uplink that is to have the default, of candidates in the file's order; a moment is in ms by a clock that is never
 * set. After a switch `active` and `switchedMs` must say so before it is asked again.
 */
export function select(
  candidates: readonly Candidate[],
  standing: Standing,
  settings: SelectionSettings,
  nowMs: number,
): Selection {
  const judged = judgeAll(candidates, standing.active);
  const active = judged.find((one) => one.active) ?? null;
  const situation: Situation = { judged, active, standing, settings, nowMs };
  const startupOver = isStartupOver(situation);
  const { choice: forced, remark } = byForce(situation);
  const choice =
    forced ?? theOnlyOne(situation) ?? (startupOver ? byMerit(situation) : startingUp(situation));
  const stranger =
    standing.active === null || active !== null
      ? null
      : `the default route leaves by ${standing.active}, which is no configured uplink`;
  return {
    ...choice,
    why: [remark, stranger, choice.why].filter((part) => part !== null).join('; '),
    wakeMs: earliest([choice.wakeMs, forcedNow(standing, nowMs)?.untilMs ?? null]),
    allBad: startupOver && areAllBad(judged),
    startupOver,
  };
}
