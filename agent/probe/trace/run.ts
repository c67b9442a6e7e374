// Follows the plan of a trace: sends hop limits side by side, takes in what comes, ends as soon as the plan does.
import { eitherOf } from '../either.ts';
import type { Failure } from '../../../shared/failure.ts';
import { asFailure } from '../echoes.ts';
import type { Outcome } from '../outcomes.ts';
import { type Hint, type HopState, type PathHint, planTrace } from './plan.ts';

export interface Trace {
  /** answers[0] is hop limit 1; null where it was given up. */
  answers: Outcome[];
  failure: Failure | null;
}

const stateOf = (answer: Outcome): HopState =>
  answer === null || answer.type === 'silence'
    ? { type: 'silence' }
    : { type: answer.type, rttMs: answer.rttMs };

/** Sends one echo with a hop limit; `again` where the first one's answer is in doubt. */
export type HopProbe = (hopLimit: number, signal: AbortSignal, again: boolean) => Promise<Outcome>;

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
        // Timers run before sockets are read: what came meanwhile, in a stall say, is heard before the plan is made anew.
        const wakeUp = (): unknown => setImmediate(ring);
        const timer = untilMs === null ? null : setTimeout(wakeUp, Math.max(1, untilMs - performance.now()));
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
 * Traces by `probe`. `knownHops` is the length of a while ago. `pathHint` settles with what the destination's reply says
 * of the path, or null where no reply came. Never rejects: the first probe that can't be sent ends the trace as its
 * failure.
 */
export async function runTrace(
  probe: HopProbe,
  { knownHops, pathHint }: { knownHops: number | null; pathHint: Promise<PathHint | null> },
  signal: AbortSignal,
): Promise<Trace> {
  const either = eitherOf(signal);
  const bell = createBell();
  const hops: HopState[] = [];
  const answers: Outcome[] = [];
  const underWay = new Map<number, number>();
  let hint: Hint = { type: 'pending', sentMs: performance.now() };
  const failures: Failure[] = [];

  void pathHint.then((told) => {
    hint = told === null ? { type: 'silence' } : { type: 'length', ...told };
    bell.ring();
  });
  /** Of two probes with one hop limit the first answer counts, and silence only once both are silent. */
  const heard = (hopLimit: number, answer: Outcome): void => {
    const left = (underWay.get(hopLimit) ?? 1) - 1;
    underWay.set(hopLimit, left);
    const silent = stateOf(answer).type === 'silence';
    if (hops[hopLimit - 1]?.type !== 'pending' || (silent && left > 0)) return;
    answers[hopLimit - 1] = answer;
    hops[hopLimit - 1] = stateOf(answer);
  };
  const send = (hopLimit: number, retried: boolean): void => {
    const before = hops[hopLimit - 1];
    const sentMs = before?.type === 'pending' ? before.sentMs : performance.now();
    hops[hopLimit - 1] = { type: 'pending', sentMs, retried };
    answers[hopLimit - 1] = null;
    underWay.set(hopLimit, (underWay.get(hopLimit) ?? 0) + 1);
    probe(hopLimit, either.signal, retried)
      .then((answer) => heard(hopLimit, answer))
      .catch((error: unknown) => {
        failures.push(asFailure(error));
      })
      .finally(bell.ring);
  };

  while (!signal.aborted && failures.length === 0) {
    const plan = planTrace({ hops, hint, knownHops }, performance.now());
    if (plan.done) break;
    for (const hopLimit of plan.send) send(hopLimit, false);
    if (plan.retry !== null) send(plan.retry, true);
    if (plan.send.length === 0) await bell.heard(plan.wakeMs, signal);
  }
  // A reason of its own: the default one is an error with a stack, which takes longer than the rest of an abort.
  either.abort('the trace is over');
  either.release();
  return { answers, failure: failures[0] ?? null };
}
