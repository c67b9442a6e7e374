// Follows the plan of a trace: sends hop limits side by side, takes in what comes, ends as soon as the plan does.
import type { Failure } from '../../shared/failure.ts';
import { asFailure } from './echoes.ts';
import type { Outcome } from './outcomes.ts';
import { type Hint, type HopState, planTrace } from './trace-plan.ts';

export interface Trace {
  /** answers[0] is hop limit 1; null where it was given up. */
  answers: Outcome[];
  failure: Failure | null;
}

const stateOf = (answer: Outcome): HopState =>
  answer === null || answer.type === 'silence'
    ? { type: 'silence' }
    : { type: answer.type, rttMs: answer.rttMs };

/** A bell that rings once for all who ring it before it is waited for. */
function createBell(): { ring(): void; heard(untilMs: number | null, signal: AbortSignal): Promise<void> } {
  let rung = false;
  let wake: () => void = () => undefined;
  const ring = (): void => {
    rung = true;
    wake();
  };
  return {
    ring,
    heard: (untilMs, signal) =>
      new Promise((resolve) => {
        const timer = untilMs === null ? null : setTimeout(ring, Math.max(1, untilMs - performance.now()));
        wake = () => {
          if (timer !== null) clearTimeout(timer);
          signal.removeEventListener('abort', ring);
          rung = false;
          wake = () => undefined;
          resolve();
        };
        signal.addEventListener('abort', ring, { once: true });
        if (rung || signal.aborted) wake();
      }),
  };
}

/**
 * Traces by `probe` (one echo with a hop limit). `pathLength` settles with what the destination's reply says of the
 * path, or null where no reply came. Never rejects: the first probe that can't be sent ends the trace as its failure.
 */
export async function runTrace(
  probe: (hopLimit: number, signal: AbortSignal) => Promise<Outcome>,
  pathLength: Promise<number | null>,
  signal: AbortSignal,
): Promise<Trace> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const bell = createBell();
  const hops: HopState[] = [];
  const answers: Outcome[] = [];
  let hint: Hint = { type: 'pending', sentMs: performance.now() };
  const failures: Failure[] = [];

  void pathLength.then((length) => {
    hint = length === null ? { type: 'silence' } : { type: 'length', hops: length };
    bell.ring();
  });
  const send = (hopLimit: number): void => {
    hops[hopLimit - 1] = { type: 'pending', sentMs: performance.now() };
    answers[hopLimit - 1] = null;
    probe(hopLimit, either)
      .then((answer) => {
        answers[hopLimit - 1] = answer;
        hops[hopLimit - 1] = stateOf(answer);
      })
      .catch((error: unknown) => {
        failures.push(asFailure(error));
      })
      .finally(bell.ring);
  };

  while (!signal.aborted && failures.length === 0) {
    const plan = planTrace({ hops, hint }, performance.now());
    if (plan.done) break;
    if (plan.send.length > 0) plan.send.forEach(send);
    else await bell.heard(plan.wakeMs, signal);
  }
  over.abort();
  return { answers, failure: failures[0] ?? null };
}
