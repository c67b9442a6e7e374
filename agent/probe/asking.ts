// A server asked over UDP until it answers: again where nothing comes, and told apart who kept it from answering.
import { Failure } from '../../shared/failure.ts';
import type { UdpAnswer } from '../packet/index.ts';
import type { Course } from './aim.ts';
import { whyUnmeasured } from './destination.ts';
import { guardAgainstDrops } from './drops.ts';
import { asFailure } from './echoes.ts';
import { refusalIn } from './outcomes.ts';
import { type Meter, createTally } from './questions.ts';
import type { ProbeTools } from './tools.ts';
import { type Try, firstOf } from './tries.ts';

/** A datagram may be lost; so many are sent before a server counts as silent. */
const mostTries = 3;
/** After so long without an answer the next is sent: nearly every line is faster (RFC 8489 §6.2.1 has half of it). */
const gapsMs = { least: 300, most: 1000 };

/** What became of one question. */
export interface Reply {
  /** Null where it was given up before an answer could come. */
  outcome: UdpAnswer | null;
  /** Why nothing can be made of what came. */
  failure: Failure | null;
}

export interface Asking<R extends Reply> {
  /** What was answered, well or badly; null where nothing was. */
  last: R | null;
  failure: Failure | null;
  /** What was said, or not, in place of an answer; null where there is one. */
  refusal: string | null;
}

type Ask<R extends Reply> = (waitMs: number, signal: AbortSignal, meter: Meter) => Promise<R>;

export type AskTools = Pick<ProbeTools, 'packets' | 'way' | 'watchDrops' | 'metered'>;

interface Row<R extends Reply> {
  last: R | null;
  all: R[];
  failure: Failure | null;
}

const isAnswered = ({ outcome, failure }: Reply): boolean => outcome?.type !== 'silence' || failure !== null;

/** Never rejects. */
async function askInRow<R extends Reply>(
  ask: (waitMs: number, signal: AbortSignal) => Promise<R>,
  tries: number,
  spareMs: () => number,
  signal: AbortSignal,
): Promise<Row<R>> {
  const gapMs = Math.min(gapsMs.most, Math.max(gapsMs.least, spareMs() / tries));
  const one: Try<R> = (until) => ask(Math.max(1, spareMs()), until);
  try {
    const { settled, outcomes } = await firstOf(Array<Try<R>>(tries).fill(one), gapMs, isAnswered, signal);
    const cutShort = outcomes.every(({ outcome }) => outcome === null) || settled?.outcome === null;
    const deadline = new Failure('deadlineExceeded', 'the deadline came before an answer could');
    return { last: settled, all: outcomes, failure: cutShort ? deadline : null };
  } catch (error) {
    return { last: null, all: [], failure: asFailure(error) };
  }
}

/** Asks once for a look-up among several servers, which has others to ask; never rejects. */
export async function askGuarded<R extends Reply>(
  course: Course,
  tools: AskTools,
  signal: AbortSignal,
  spareMs: () => number,
  ask: (waitMs: number, signal: AbortSignal) => Promise<R>,
  tries = 1,
): Promise<Asking<R>> {
  const { address, way } = course;
  const guard = guardAgainstDrops(course, tools, signal);
  const asking = askInRow(
    async (waitMs, until) => {
      const one = await ask(waitMs, until);
      guard.heard(one.outcome);
      return one;
    },
    tries,
    spareMs,
    guard.signal,
  );
  guard.begin();
  const { last, all, failure } = await asking;
  const outcomes = all.map(({ outcome }) => outcome);
  const why = await whyUnmeasured(failure, outcomes, course, tools, guard);
  const answered = last?.outcome?.type === 'reply';
  return {
    last,
    failure: why ?? last?.failure ?? null,
    refusal: answered ? null : (refusalIn(outcomes, address, way) ?? `${address} did not answer`),
  };
}

/** Asks up to three times, and says what that cost. Never rejects. */
export async function askPatiently<R extends Reply>(
  course: Course,
  tools: AskTools,
  signal: AbortSignal,
  spareMs: () => number,
  ask: Ask<R>,
): Promise<Asking<R> & ReturnType<ReturnType<typeof createTally>['sum']>> {
  const tally = createTally();
  const asked = await askGuarded(
    course,
    tools,
    signal,
    spareMs,
    (waitMs, until) => ask(waitMs, until, tally),
    mostTries,
  );
  return { ...asked, ...tally.sum() };
}
