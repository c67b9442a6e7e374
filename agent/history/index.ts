// What each monitor's probes measured, for as long as it is worth keeping: written many at a time, read by a range of time.
import { setImmediate } from 'node:timers/promises';
import { type Instant, elapsedMs } from '../../shared/instant.ts';
import { HistoryPoint } from '../../shared/monitor.ts';
import type { Change, KeepsState } from '../../shared/store.ts';
import type { Log } from '../log.ts';
import { type Counts, loadCounts } from './counts.ts';
import { keyOf, rangeOf } from './keys.ts';
import { type PruneLimits, part, pruneByAge, pruneByCount } from './prune.ts';

export interface HistoryRange {
  /** Milliseconds since 1970, both included. */
  fromMs: number;
  toMs: number;
  most: number;
}

export interface HistoryRead {
  /** The oldest first. */
  points: HistoryPoint[];
  /** There are older ones in the range, of which there were too many. */
  truncated: boolean;
}

export interface History {
  /** Two points of a monitor at the same millisecond are one: the later. */
  add(monitor: string, point: HistoryPoint): void;
  /** The newest `most` points of the range. Rejects where the disk can't be read. */
  read(monitor: string, range: HistoryRange): Promise<HistoryRead>;
  /** Never rejects. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export interface HistoryOptions {
  store: KeepsState;
  log: Log;
  now(): Instant;
}

export interface HistoryTuning extends PruneLimits {
  flushMs: number;
  /** So many points are not kept waiting any longer. */
  flushAt: number;
}

interface Pending {
  monitor: string;
  point: HistoryPoint;
}

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const mostClockStepMs = 60_000;
/** Read without a pause; what waits for the event loop is not to wait for a whole history. */
const pointsAtOnce = 200;

const defaults: HistoryTuning = {
  flushMs: 60_000,
  flushAt: 500,
  mostAgeMs: 30 * dayMs,
  mostPerMonitor: 20_000,
  mostInAll: 1_000_000,
};

/** Whether an hour of both clocks went by since: by one that was set in between nothing is called old. */
const isSteadyHour = (since: Instant, now: Instant): boolean =>
  elapsedMs(since, now) >= hourMs &&
  since.boot === now.boot &&
  Math.abs(now.epochMs - since.epochMs - elapsedMs(since, now)) <= mostClockStepMs;

export function createHistory(
  { store, log, now }: HistoryOptions,
  tuning: Partial<HistoryTuning> = {},
): History {
  const tuned = { ...defaults, ...tuning };
  const pending = new Map<string, Pending>();
  let counts: Counts | null = null;
  let agedAt = now();
  let last = Promise.resolve();
  let next: Promise<void> | null = null;

  /** What is pending, and how many each monitor has with it. */
  function changesOf(batch: readonly [string, Pending][], known: Counts): Change[] {
    const added = new Map<string, number>();
    for (const [, { monitor }] of batch) added.set(monitor, (added.get(monitor) ?? 0) + 1);
    return [
      ...batch.map(([key, { point }]): Change => ({ part, key, value: point })),
      ...[...added].map(([monitor, more]) => known.set(monitor, known.of(monitor) + more)),
    ];
  }

  async function writeDown(): Promise<void> {
    counts ??= await loadCounts(store);
    const batch = [...pending];
    if (batch.length > 0) await store.write(changesOf(batch, counts), { sync: false });
    for (const [key, one] of batch) if (pending.get(key) === one) pending.delete(key);
    await pruneByCount(store, counts, tuned, now().epochMs);
    const instant = now();
    if (isSteadyHour(agedAt, instant)) await pruneByAge(store, counts, tuned, instant.epochMs);
    if (elapsedMs(agedAt, instant) >= hourMs) agedAt = instant;
  }

  const told = (error: unknown): void => log.debug({ err: error }, 'the history is not written');

  /** One after the other: what comes while one is under way is of the next. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    last = last.then(work).catch(told);
    return last;
  }

  function flush(): Promise<void> {
    next ??= inTurn(() => {
      next = null;
      return writeDown();
    });
    return next;
  }

  const timer = setInterval(() => void flush(), tuned.flushMs);
  timer.unref();

  return {
    add(monitor, point) {
      const key = keyOf(monitor, point.at);
      pending.delete(key);
      pending.set(key, { monitor, point });
      if (pending.size === tuned.flushAt) void flush();
      // The store takes nothing only once it is closed.
      const [oldest] = pending.keys();
      if (pending.size > 10 * tuned.flushAt && oldest !== undefined) pending.delete(oldest);
    },
    async read(monitor, { fromMs, toMs, most }) {
      const range = rangeOf(monitor, fromMs, toMs);
      const found = new Map<string, HistoryPoint>();
      for (const [key, { point }] of pending)
        if (key >= range.from && key < range.before) found.set(key, point);
      const rows = store.sub(part).entries({ ...range, newestFirst: true, most: most + 1 });
      for await (const [key, value] of rows) {
        const read = HistoryPoint.safeParse(value);
        if (read.success && !found.has(key)) found.set(key, read.data);
        if (found.size % pointsAtOnce === 0) await setImmediate();
      }
      const points = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, point]) => point);
      return { points: points.slice(Math.max(0, points.length - most)), truncated: points.length > most };
    },
    flush,
    async stop() {
      clearInterval(timer);
      await flush();
    },
  };
}
