// Which uplink has the default by how they all answer, where nobody says otherwise. Pure.
import { dwellEndMs, going, linkedAtLeast, staying } from './choice.ts';
import { type Judged, type Situation, areAllBad, isBetter, isPreferred, ranked } from './judged.ts';
import { lastResort } from './last-resort.ts';
import type { Choice } from './terms.ts';
import { named, seconds, told } from './words.ts';

interface Move {
  to: Judged;
  kind: 'leave' | 'return';
  dueMs: number;
  /** What it waits for. */
  condition: string;
}

/** Where an uplink that answers could be left for, and when. */
function movesFrom(active: Judged, others: readonly Judged[], situation: Situation): Move[] {
  const { preferPrimary, failbackDelayMs, minDwellMs } = situation.settings;
  const dwellMs = dwellEndMs(situation);
  const dwell = `the last switch must be ${seconds(minDwellMs)} back`;
  return others.flatMap((to): Move[] => {
    if (isBetter(to, active)) return [{ to, kind: 'leave', dueMs: dwellMs, condition: dwell }];
    const bothUp = to.grade === 3 && active.grade === 3;
    if (!preferPrimary || !bothUp || to.upSinceMs === null || !isPreferred(to, active)) return [];
    const provenMs = to.upSinceMs + failbackDelayMs;
    const condition =
      provenMs < dwellMs ? dwell : `${to.name} must have been up for ${seconds(failbackDelayMs)}`;
    return [{ to, kind: 'return', dueMs: Math.max(provenMs, dwellMs), condition }];
  });
}

/** Why an uplink that answers is kept where nothing better is in sight. */
function whyKept(active: Judged, { judged, settings }: Situation): string {
  const others = judged.filter((one) => !one.active && (active.grade < 3 || isPreferred(one, active)));
  const passedOver = !settings.preferPrimary && active.grade === 3 && others.some(({ grade }) => grade === 3);
  return `${told(active, ...others)}${passedOver ? '; preferPrimary is false' : ''}`;
}

function fromWorking(active: Judged, others: readonly Judged[], situation: Situation): Choice {
  const moves = movesFrom(active, others, situation);
  const due = moves.find(({ dueMs }) => situation.nowMs >= dueMs);
  if (due !== undefined) return going(due.to, due.kind, told(due.to, active));
  const [next] = moves.sort((a, b) => a.dueMs - b.dueMs);
  if (next === undefined) return staying(situation, whyKept(active, situation));
  return staying(situation, `${told(active, next.to)}; ${next.condition}`, next.dueMs);
}

/** Whom the default goes to where nothing that has it works. */
function fromNothing(others: readonly Judged[], situation: Situation): Choice {
  const { judged, active } = situation;
  const [best] = others;
  if (best !== undefined) {
    return active === null ? going(best, 'first', told(best)) : going(best, 'leave', told(best, active));
  }
  if (areAllBad(judged)) return lastResort(situation);
  const suspects = judged.filter(({ suspect, answers }) => suspect && answers > 0);
  const why = told(...judged);
  if (suspects.length > 0)
    return staying(situation, `${why}; it must first answer again: ${named(suspects)}`);
  return linkedAtLeast(situation, why) ?? staying(situation, why);
}

/** The choice by how they answer, by preference and by the times between switches. */
export function byMerit(situation: Situation): Choice {
  const { judged, active } = situation;
  const others = ranked(judged).filter((one) => !one.active && !one.suspect);
  return active !== null && active.answers > 0
    ? fromWorking(active, others, situation)
    : fromNothing(others, situation);
}
