// What keeps failover from acting as it should: said once, and tried again, more and more seldom while it stays the same.
import type { Log } from '../../log.ts';

const firstRetryMs = 1000;

export interface Trouble {
  /** As the last try found it; null where there is none. */
  found(problem: string | null): void;
  problem(): string | null;
  /** After how long the next try is due if nothing happens; at most `usualMs`. */
  nextMs(usualMs: number): number;
  /** There is nothing to be done. */
  forget(): void;
}

export function createTrouble(log: Log): Trouble {
  let problem: string | null = null;
  let repeated = 0;

  return {
    found(now) {
      if (now !== null && now !== problem) log.error({}, `failover can't act as it should: ${now}`);
      if (now === null && problem !== null) log.info({}, 'failover can act as it should again');
      repeated = now !== null && now === problem ? repeated + 1 : 0;
      problem = now;
    },
    problem: () => problem,
    nextMs: (usualMs) => (problem === null ? usualMs : Math.min(usualMs, firstRetryMs * 2 ** repeated)),
    forget() {
      problem = null;
    },
  };
}
