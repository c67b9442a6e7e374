// Monotonic time that a test moves.
import type { Timers } from '../../../agent/monitor/every.ts';

export interface MovedTimers extends Timers {
  /** Lets time pass, and what is due meanwhile run at its time. */
  pass(ms: number): void;
  /** Time goes on, and nothing runs: what became due runs late, each once. */
  sleep(ms: number): void;
  pending(): number;
}

export function movedTimers(startMs = 1000): MovedTimers {
  let nowMs = startMs;
  let last = 0;
  const waiting = new Map<number, { atMs: number; run: () => void }>();
  const next = (untilMs: number) =>
    [...waiting].filter(([, { atMs }]) => atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
  const runUntil = (untilMs: number): void => {
    for (let due = next(untilMs); due !== undefined; due = next(untilMs)) {
      const [id, { atMs, run }] = due;
      waiting.delete(id);
      nowMs = Math.max(nowMs, atMs);
      run();
    }
    nowMs = Math.max(nowMs, untilMs);
  };
  return {
    nowMs: () => nowMs,
    after(delayMs, run) {
      const id = ++last;
      waiting.set(id, { atMs: nowMs + delayMs, run });
      return () => void waiting.delete(id);
    },
    pass: (ms) => runUntil(nowMs + ms),
    sleep(ms) {
      nowMs += ms;
      runUntil(nowMs);
    },
    pending: () => waiting.size,
  };
}
