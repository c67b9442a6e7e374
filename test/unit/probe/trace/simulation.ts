// A path in thought: its hops answer after their time, and the trace's plan is followed on a clock of its own.
import { type Hint, type HopState, planTrace } from '../../../../agent/probe/trace/plan.ts';

export interface Path {
  /** Round trip to each hop limit, the last being the destination's; null for a hop that keeps silent. */
  rttsMs: readonly (number | null)[];
  /** When the destination's own reply comes and how long it says the path is; null where none does until then. */
  hint: { atMs: number; hops: number | null };
  /** A hop limit at which the network refuses. */
  refusedAt?: number;
  /** How long a former trace found it. */
  knownHops?: number;
  /** Hop limits whose first probe, or its answer, is lost. */
  lost?: readonly number[];
  waitMs?: number;
}

export interface Run {
  /** Hop limits in the order sent, with when. */
  sent: [hopLimit: number, atMs: number][];
  /** Those that were sent a second time, with when. */
  retried: [hopLimit: number, atMs: number][];
  endMs: number;
  hops: HopState[];
}

export function simulate({ rttsMs, hint: told, refusedAt, knownHops, lost = [], waitMs = 1000 }: Path): Run {
  const hops: HopState[] = [];
  const sent: Run['sent'] = [];
  const retried: Run['retried'] = [];
  let hint: Hint = { type: 'pending', sentMs: 0 };
  let nowMs = 0;
  const events: { atMs: number; happen: () => void }[] = [];
  const later = (atMs: number, happen: () => void): void => {
    events.push({ atMs, happen });
    events.sort((a, b) => a.atMs - b.atMs);
  };
  later(told.atMs, () => {
    hint =
      told.hops === null
        ? { type: 'silence' }
        : { type: 'length', hops: told.hops, rttMs: rttsMs.at(-1) ?? told.atMs };
  });
  const send = (hopLimit: number, again = false): void => {
    const before = hops[hopLimit - 1];
    (again ? retried : sent).push([hopLimit, nowMs]);
    const sentMs = before?.type === 'pending' ? before.sentMs : nowMs;
    hops[hopLimit - 1] = { type: 'pending', sentMs, retried: again };
    const beyond = hopLimit >= rttsMs.length;
    const rttMs = beyond ? rttsMs.at(-1) : rttsMs[hopLimit - 1];
    const type = hopLimit === refusedAt ? 'unreachable' : beyond ? 'reply' : 'timeExceeded';
    const silent = rttMs == null || (!again && lost.includes(hopLimit));
    const answer: HopState = silent ? { type: 'silence' } : { type, rttMs };
    later(nowMs + (silent ? waitMs : rttMs), () => {
      const state = hops[hopLimit - 1];
      // Of two probes the first answer counts, and silence only once both are silent.
      if (state?.type === 'pending' && (!silent || again === state.retried)) hops[hopLimit - 1] = answer;
    });
  };
  for (let turn = 0; turn < 1000; turn++) {
    const plan = planTrace({ hops, hint, knownHops: knownHops ?? null }, nowMs);
    if (plan.done) return { sent, retried, endMs: nowMs, hops };
    for (const hopLimit of plan.send) send(hopLimit);
    if (plan.retry !== null) send(plan.retry, true);
    if (plan.send.length > 0) continue;
    const next = events[0]?.atMs ?? Infinity;
    nowMs = Math.min(plan.wakeMs ?? Infinity, next);
    if (nowMs === Infinity) throw new Error('the plan waits for nothing');
    while ((events[0]?.atMs ?? Infinity) <= nowMs) events.shift()?.happen();
  }
  throw new Error('the plan never ends');
}
