// When a trace may begin. A router answers some six expired packets of one asker at once and then one a second (Linux'
// icmp_ratelimit and its likes), so traces that leave by the same gateway are spaced as it will answer them.
import { settledWithin } from '../../../shared/settled.ts';
import type { Way } from '../../../shared/way.ts';

const everyMs = 1000;
/** How far ahead of one a second a gateway's traces may be: five at once, since the sixth answer is the last. */
const aheadMs = 4 * everyMs;

export interface TraceTurns {
  /**
   * Waits until a trace to an address may begin, unless that takes longer than `patienceMs`: silent hops are better than
   * no result. Equal traces take one turn together, as they share their answers, until the first of them ends. Resolves
   * with the time waited, in whole ms, and what a trace calls at its end.
   */
  take(way: Way, address: string, patienceMs: number, signal: AbortSignal): Promise<TraceTurn>;
}

export interface TraceTurn {
  waitedMs: number;
  end(): void;
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

export function createTraceTurns(nowMs: () => number = () => performance.now()): TraceTurns {
  /** When the next trace by a gateway would be due, had all of them kept to one a second. */
  const dueMs = new Map<string, number>();
  /** When the equal traces of a turn begin; there until the first of them ends. */
  const turns = new Map<string, Promise<unknown>>();

  /** How long to wait; nothing where the turn would come too late to be waited for. */
  function reserve(gateway: string, patienceMs: number): number {
    const atMs = nowMs();
    for (const [other, due] of dueMs) if (due <= atMs) dueMs.delete(other);
    const due = dueMs.get(gateway) ?? atMs;
    const waitMs = Math.max(0, due - atMs - aheadMs);
    if (waitMs > patienceMs) return 0;
    dueMs.set(gateway, due + everyMs);
    return waitMs;
  }

  return {
    async take({ interfaceName, source, nextHop }, address, patienceMs, signal) {
      // Without a router on the way there is none to spare.
      if (nextHop === null) return { waitedMs: 0, end: () => undefined };
      const gateway = `${interfaceName} ${nextHop}`;
      const key = `${gateway} ${source} ${address}`;
      const startedMs = nowMs();
      let begins = turns.get(key);
      if (begins === undefined) {
        const waitMs = reserve(gateway, patienceMs);
        begins = waitMs === 0 ? Promise.resolve() : delay(waitMs);
        turns.set(key, begins);
      }
      const own = begins;
      await settledWithin(own, patienceMs, signal);
      const end = (): void => {
        if (turns.get(key) === own) turns.delete(key);
      };
      return { waitedMs: Math.round(nowMs() - startedMs), end };
    },
  };
}
