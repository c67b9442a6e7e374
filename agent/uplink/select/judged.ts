// How an uplink compares with the others. Pure.
import type { Health } from '../../../shared/failover.ts';
import type { Candidate, SelectionSettings, Standing } from './terms.ts';

export interface Judged extends Candidate {
  active: boolean;
  /** Its place in the file. */
  order: number;
  /** How well it answers: 3 up, 2 degraded, 1 recovering, 0 not, or nobody knows. */
  answers: number;
  /** The same, but little where it is held back. */
  grade: number;
}

/** All that a selection looks at. */
export interface Situation {
  judged: readonly Judged[];
  /** Null also where the default leaves by what is no uplink. */
  active: Judged | null;
  standing: Standing;
  settings: SelectionSettings;
  nowMs: number;
}

const answering: Partial<Record<Health, number>> = { up: 3, degraded: 2, recovering: 1 };
const suppressedGrade = 0.5;
const distrustedGrade = 0.25;

function answersOf({ usable, health }: Candidate, active: boolean): number {
  if (!usable) return 0;
  // That this machine can't find out is no reason to leave an uplink, and none to go to it.
  if (health === 'unknown') return active ? 3 : 0;
  return answering[health] ?? 0;
}

/** A candidate as it compares; `active` where it has the default. */
export function judge(candidate: Candidate, order: number, active: boolean): Judged {
  const found = answersOf(candidate, active);
  const judged = candidate.health !== 'unknown';
  const distrusted = judged && candidate.distrusted;
  // Its targets answer, and that says little.
  const answers = distrusted ? Math.min(found, 1) : found;
  const most = judged && candidate.suppressed ? suppressedGrade : answers;
  return {
    ...candidate,
    active,
    order,
    answers,
    grade: Math.min(answers, most, distrusted ? distrustedGrade : most),
  };
}

/** All of them, in the file's order. */
export const judgeAll = (candidates: readonly Candidate[], active: string | null): Judged[] =>
  candidates.map((candidate, order) => judge(candidate, order, candidate.name === active));

const byPreference = (a: Judged, b: Judged): number => a.priority - b.priority || a.order - b.order;

/** By priority and order alone. */
export const isPreferred = (one: Judged, other: Judged): boolean => byPreference(one, other) < 0;

/** Those that answer, the best first. */
export const ranked = (judged: readonly Judged[]): Judged[] =>
  judged.filter(({ grade }) => grade > 0).sort((a, b) => b.grade - a.grade || byPreference(a, b));

/** In percent; without a figure it may be all. */
export const lossOf = ({ lossPercent }: Candidate): number => lossPercent ?? 100;

/** Those that can carry something, the one that loses least first. */
export const byLoss = (judged: readonly Judged[]): Judged[] =>
  judged.filter(({ usable }) => usable).sort((a, b) => lossOf(a) - lossOf(b) || byPreference(a, b));

/** Better than one that answers: not held back as that one is, and never by answering worse. */
export const isBetter = (one: Judged, other: Judged): boolean =>
  one.grade > other.grade && one.answers >= other.answers;

/** Another than this one that answers. */
export const worksBeside = (judged: readonly Judged[], uplink: string): Judged | undefined =>
  judged.find(({ name, answers }) => name !== uplink && answers > 0);

/** Where this machine can't find out about one of them, nobody knows. */
export const areAllBad = (judged: readonly Judged[]): boolean =>
  judged.length > 0 &&
  judged.every(({ answers, usable, health }) => answers === 0 && !(usable && health === 'unknown'));
