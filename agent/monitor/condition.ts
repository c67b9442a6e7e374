// A monitor's state machine: what one more result makes of what was known. Pure; it can be kept as JSON.
import * as z from 'zod';
import { type Instant, elapsedMs, stepped as steppedInstant } from '../../shared/instant.ts';
import { type MonitorCondition, monitorStates } from '../../shared/monitor.ts';
import type { Finding, Result } from '../../shared/result.ts';

const count = z.int().min(0);
const Moment = z.object({ epochMs: z.number(), upMs: z.number(), boot: z.string() });

export const Condition = z.object({
  state: z.enum(monitorStates),
  /** When it came to its state; null while it never changed. */
  since: Moment.nullable(),
  /** The last state that was no `unknown`. */
  lastKnown: z.enum(['up', 'down']).nullable(),
  goodInARow: count,
  badInARow: count,
  /** Results in a row that say nothing of the line. */
  neutralInARow: count,
  /** When the first of the bad results in a row came. */
  badFrom: Moment.nullable(),
  /** When the last outage began. */
  outageFrom: Moment.nullable(),
  /** How long it was; null while it lasts. */
  outageMs: z.number().min(0).nullable(),
  degraded: z.boolean(),
});
export type Condition = z.output<typeof Condition>;

export const nothingKnown: Condition = {
  state: 'unknown',
  since: null,
  lastKnown: null,
  goodInARow: 0,
  badInARow: 0,
  neutralInARow: 0,
  badFrom: null,
  outageFrom: null,
  outageMs: null,
  degraded: false,
};

export type Outcome = 'good' | 'bad' | 'neutral';

/** How many results in a row change the state. */
export interface Limits {
  down: number;
  up: number;
}

export interface Transition {
  from: MonitorCondition;
  to: MonitorCondition;
  /** The outage that ended by it; null where none did. */
  outageMs: number | null;
}

const linesFault = ['uplink', 'target', 'resolver'];

/** What a result says of the line: faults of the agent, of who asked and of its rules say nothing. */
export function outcomeOf({ verdict, failure }: Pick<Result, 'verdict' | 'failure'>): Outcome {
  if (verdict === 'pass') return 'good';
  if (verdict === 'fail') return 'bad';
  return failure !== null && linesFault.includes(failure.source) ? 'bad' : 'neutral';
}

// Of a silent target nothing else can be said; a hop in an excluded network has answered.
const failedBySilence = ['reached', 'maxLossPercent'];

/** Whether a bad result says that nothing answers; where something did, another answer by the same line says nothing new. */
export function isOutage(result: Pick<Result, 'verdict' | 'failure' | 'findings'>): boolean {
  if (result.verdict !== 'fail') return outcomeOf(result) === 'bad';
  const failed = result.findings.filter(({ status }) => status === 'fail');
  return (
    failed.some(({ expectation }) => expectation === 'reached') &&
    failed.every(({ expectation }) => failedBySilence.includes(expectation))
  );
}

const still = (condition: Condition) => ({ condition, transition: null });

function becameUp(before: Condition, at: Instant): { condition: Condition; transition: Transition } {
  const { outageFrom, lastKnown } = before;
  const endedMs = lastKnown === 'down' && outageFrom !== null ? Math.round(elapsedMs(outageFrom, at)) : null;
  return {
    condition: { ...before, state: 'up', since: at, lastKnown: 'up', outageMs: endedMs ?? before.outageMs },
    transition: { from: before.state, to: 'up', outageMs: endedMs },
  };
}

/** An outage that was lost sight of and is seen again is the same. */
function becameDown(before: Condition, at: Instant): { condition: Condition; transition: Transition } {
  const begun = before.lastKnown === 'down' ? {} : { outageFrom: before.badFrom ?? at, outageMs: null };
  return {
    condition: { ...before, ...begun, state: 'down', since: at, lastKnown: 'down' },
    transition: { from: before.state, to: 'down', outageMs: null },
  };
}

const emptyRows = { goodInARow: 0, badInARow: 0, neutralInARow: 0, badFrom: null };

/** The condition after one more outcome, and how the state changed by it, or null. */
export function advance(
  before: Condition,
  outcome: Outcome,
  at: Instant,
  { down, up }: Limits,
): { condition: Condition; transition: Transition | null } {
  if (outcome === 'neutral') {
    const counted = { ...before, neutralInARow: before.neutralInARow + 1 };
    if (before.state === 'unknown' || counted.neutralInARow < down) return still(counted);
    return {
      condition: { ...counted, ...emptyRows, state: 'unknown', since: at },
      transition: { from: before.state, to: 'unknown', outageMs: null },
    };
  }
  if (outcome === 'good') {
    const counted = { ...before, ...emptyRows, goodInARow: before.goodInARow + 1 };
    return before.state === 'up' || counted.goodInARow < up ? still(counted) : becameUp(counted, at);
  }
  const badFrom = before.badFrom ?? at;
  const counted = { ...before, ...emptyRows, badInARow: before.badInARow + 1, badFrom };
  return before.state === 'down' || counted.badInARow < down ? still(counted) : becameDown(counted, at);
}

/** Whether one more bad result would make it down, or keep it so. */
export const wouldBeDown = ({ state, badInARow }: Condition, down: number): boolean =>
  state === 'down' || badInARow + 1 >= down;

/** By the softer limits of a result that passed: one that fails degrades, and only all that pass mend. */
export function degradedBy(before: boolean, warnings: readonly Pick<Finding, 'status'>[]): boolean {
  if (warnings.some(({ status }) => status === 'fail')) return true;
  return warnings.every(({ status }) => status === 'pass') ? false : before;
}

/** The same condition by a wall clock that has been set by `stepMs`. */
export function steppedCondition(condition: Condition, stepMs: number, boot: string): Condition {
  const move = (moment: Instant | null) => (moment === null ? null : steppedInstant(moment, stepMs, boot));
  return {
    ...condition,
    since: move(condition.since),
    badFrom: move(condition.badFrom),
    outageFrom: move(condition.outageFrom),
  };
}
