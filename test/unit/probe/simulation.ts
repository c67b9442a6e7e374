// A path in thought: its hops answer after their time, and the trace's plan is followed on a clock of its own.
import { type Hint, type HopState, planTrace } from '../../../agent/probe/trace-plan.ts';

export interface Path {
  /** Round trip to each hop limit, the last being the destination's; null for a hop that keeps silent. */
  rttsMs: readonly (number | null)[];
  /** When the destination's own reply comes and how long it says the path is; null where none does until then. */
  hint: { atMs: number; hops: number | null };
  /** A hop limit at which the network refuses. */
  refusedAt?: number;
  waitMs?: number;
}

export interface Run {
  /** Hop limits in the order sent, with when. */
  sent: [hopLimit: number, atMs: number][];
  endMs: number;
  hops: HopState[];
}

export function simulate({ rttsMs, hint: told, refusedAt, waitMs = 1000 }: Path): Run {
  const hops: HopState[] = [];
  const sent: Run['sent'] = [];
  let hint: Hint = { type: 'pending', sentMs: 0 };
  let nowMs = 0;
  const events: { atMs: number; happen: () => void }[] = [];
  const later = (atMs: number, happen: () => void): void => {
    events.push({ atMs, happen });
    events.sort((a, b) => a.atMs - b.atMs);
  };
  later(told.atMs, () => {
    hint = told.hops === null ? { type: 'silence' } : { type: 'length', hops: told.hops };
  });
  const send = (hopLimit: number): void => {
    sent.push([hopLimit, nowMs]);
    hops[hopLimit - 1] = { type: 'pending', sentMs: nowMs };
    const beyond = hopLimit >= rttsMs.length;
    const rttMs = beyond ? rttsMs.at(-1) : rttsMs[hopLimit - 1];
    const type = hopLimit === refusedAt ? 'unreachable' : beyond ? 'reply' : 'timeExceeded';
    const answer: HopState = rttMs == null ? { type: 'silence' } : { type, rttMs };
    later(nowMs + (rttMs ?? waitMs), () => {
      hops[hopLimit - 1] = answer;
    });
  };
  for (let turn = 0; turn < 1000; turn++) {
    const plan = planTrace({ hops, hint }, nowMs);
    if (plan.done) return { sent, endMs: nowMs, hops };
    plan.send.forEach(send);
    if (plan.send.length > 0) continue;
    const next = events[0]?.atMs ?? Infinity;
    nowMs = Math.min(plan.wakeMs ?? Infinity, next);
    if (nowMs === Infinity) throw new Error('the plan waits for nothing');
    while ((events[0]?.atMs ?? Infinity) <= nowMs) events.shift()?.happen();
  }
  throw new Error('the plan never ends');
}
