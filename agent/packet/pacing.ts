// How fast packets may leave by one interface: a token bucket, waiters served in order, at most 16 in one tick.
// (200 sends in one tick of the loop added 2 ms to the RTTs of a 20 ms path: measured.)
import { Failure } from '../../shared/failure.ts';

const burst = 16;

export interface Pacer {
  /** Resolves when the next packet may leave; rejects when the pacer is stopped. */
  turn(): Promise<void>;
  stop(): void;
}

/** `packetsPerSecond` holds over any second, plus a burst of 16. */
export function createPacer(packetsPerSecond: number, nowMs: () => number = () => performance.now()): Pacer {
  const waiting: { resolve: () => void; reject: (reason: Failure) => void }[] = [];
  let tokens = burst;
  let filledMs = nowMs();
  let timer: NodeJS.Timeout | null = null;

  const refill = (): void => {
    const atMs = nowMs();
    tokens = Math.min(burst, tokens + ((atMs - filledMs) * packetsPerSecond) / 1000);
    filledMs = atMs;
  };
  const serve = (): void => {
    timer = null;
    refill();
    while (tokens >= 1 && waiting.length > 0) {
      tokens -= 1;
      waiting.shift()?.resolve();
    }
    if (waiting.length > 0) timer = setTimeout(serve, Math.max(1, ((1 - tokens) * 1000) / packetsPerSecond));
  };

  return {
    turn() {
      refill();
      if (waiting.length === 0 && tokens >= 1) {
        tokens -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        timer ??= setTimeout(serve, 1);
      });
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      for (const { reject } of waiting.splice(0)) reject(new Failure('stopping', 'the agent is stopping'));
    },
  };
}
