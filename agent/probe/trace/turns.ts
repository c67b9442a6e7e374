// When a trace may begin. A router answers some six expired packets of one asker at once and then one a second (Linux'
// icmp_ratelimit and its likes), so traces that leave by the same gateway are spaced as it will answer them.
import type { Way } from '../../../shared/way.ts';

const everyMs = 1000;
/** How far ahead of one a second a gateway's traces may be: five at once, since the sixth answer is the last. */
const aheadMs = 4 * everyMs;

export interface TraceTurns {
  /**
   * Waits until a trace to an address may begin, `patienceMs` at most: silent hops are better than no result. Equal traces
   * take one turn together, as they share their answers. Resolves with the time waited, in whole ms, and what ends the turn.
   */
  take(way: Way, address: string, patienceMs: number, signal: AbortSignal): Promise<TraceTurn>;
}

export interface TraceTurn {
  waitedMs: number;
  end(): void;
}

interface Group {
  begins: Promise<unknown>;
  traces: number;
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** Resolves when either comes first; leaves no listener behind. */
async function unlessAborted(begins: Promise<unknown>, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      signal.removeEventListener('abort', go);
      resolve();
    };
    signal.addEventListener('abort', go, { once: true });
    void begins.then(go);
    if (signal.aborted) go();
  });
}

export function createTraceTurns(nowMs: () => number = () => performance.now()): TraceTurns {
  /** When the next trace by a gateway would be due, had all of them kept to one a second. */
  const dueMs = new Map<string, number>();
  const groups = new Map<string, Group>();

  function reserve(gateway: string, patienceMs: number): number {
    const atMs = nowMs();
    for (const [other, due] of dueMs) if (due <= atMs) dueMs.delete(other);
    const due = dueMs.get(gateway) ?? atMs;
    const waitMs = Math.max(0, due - atMs - aheadMs);
    if (waitMs > patienceMs) return patienceMs;
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
      let group = groups.get(key);
      if (group === undefined) {
        const waitMs = reserve(gateway, patienceMs);
        const begins = waitMs === 0 ? Promise.resolve() : delay(waitMs);
        group = { begins, traces: 0 };
        groups.set(key, group);
      }
      const own = group;
      own.traces += 1;
      await unlessAborted(own.begins, signal);
      const end = (): void => {
        own.traces -= 1;
        if (own.traces === 0) groups.delete(key);
      };
      return { waitedMs: Math.round(nowMs() - startedMs), end };
    },
  };
}
