// A server asked over UDP until it answers: again where nothing comes, and told apart who kept it from answering.
import { Failure } from '../../shared/failure.ts';
import type { Traffic } from '../../shared/result.ts';
import type { UdpAnswer } from '../packet/index.ts';
import type { Aim } from './aim.ts';
import { whyUnmeasured } from './destination.ts';
import { guardAgainstDrops } from './drops.ts';
import { asFailure } from './echoes.ts';
import { refusalIn } from './outcomes.ts';
import { type QuestionTally, newQuestionTally } from './questions.ts';
import type { ProbeTools } from './tools.ts';

/** A datagram may be lost; so many are sent before a server counts as silent. */
const mostTries = 3;
const longestWaitMs = 2000;

/** What became of one try. */
export interface Try {
  /** Null where it was given up before an answer could come. */
  outcome: UdpAnswer | null;
  /** Why nothing can be made of what came. */
  failure: Failure | null;
}

export interface Asking<T extends Try> {
  /** The try that ended it; null where there was none. */
  last: T | null;
  failure: Failure | null;
  /** What was said, or not, in place of an answer; null where there is one. */
  refusal: string | null;
  traffic: Traffic;
  clockStepped: boolean;
}

type Ask<T extends Try> = (waitMs: number, signal: AbortSignal, tally: QuestionTally) => Promise<T>;

/** Tries until something comes back, or no time is left. Never rejects. */
async function tryOn<T extends Try>(ask: (waitMs: number) => Promise<T>, spareMs: () => number) {
  const tried: T[] = [];
  const waitMs = Math.min(longestWaitMs, spareMs() / mostTries);
  try {
    while (tried.length < mostTries && spareMs() >= 1) {
      const one = await ask(Math.min(waitMs, spareMs()));
      tried.push(one);
      if (one.outcome?.type !== 'silence' || one.failure !== null) break;
    }
  } catch (error) {
    return { tried, failure: asFailure(error) };
  }
  const cutShort = tried.length === 0 || tried.at(-1)?.outcome === null;
  const deadline = new Failure('deadlineExceeded', 'the deadline came before an answer could');
  return { tried, failure: cutShort ? deadline : null };
}

/** Never rejects. */
export async function askPatiently<T extends Try>(
  aim: Aim,
  tools: ProbeTools,
  signal: AbortSignal,
  spareMs: () => number,
  ask: Ask<T>,
): Promise<Asking<T>> {
  const { address, way } = aim;
  const tally = newQuestionTally();
  const guard = guardAgainstDrops(aim, tools, signal);
  const trying = tryOn(async (waitMs) => {
    const one = await ask(waitMs, guard.signal, tally);
    guard.heard(one.outcome);
    return one;
  }, spareMs);
  guard.begin();
  const { tried, failure } = await trying;
  const outcomes = tried.map(({ outcome }) => outcome);
  const last = tried.at(-1) ?? null;
  const why = await whyUnmeasured(failure, outcomes, aim, tools, guard);
  const answered = last?.outcome?.type === 'reply';
  return {
    last,
    failure: why ?? last?.failure ?? null,
    refusal: answered ? null : (refusalIn(outcomes, address, way) ?? `${address} did not answer`),
    traffic: tally.traffic,
    clockStepped: tally.clockStepped,
  };
}
