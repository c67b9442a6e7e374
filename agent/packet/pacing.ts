// How fast packets may leave by one interface: a token bucket, waiters served in order, at most 16 in one tick.
// (200 sends in one tick of the loop added 2 ms to the RTTs of a 20 ms path: measured.)
import { Failure } from '../../shared/failure.ts';

const burst = 16;

export interface Pacer {
  /** Resolves when the next packet may leave. Rejects with Failure: cancelled by the signal, stopping. */
  turn(signal?: AbortSignal): Promise<void>;
  stop(): void;
}

interface Waiter {
  resolve(): void;
  reject(reason: Failure): void;
}

const givenUp = (): Failure => new Failure('cancelled', 'the echo was given up');

/** `packetsPerSecond` holds over any second, plus a burst of 16. */
export function createPacer(packetsPerSecond: number, nowMs: () => number = () => performance.now()): Pacer {
  const waiting = new Set<Waiter>();
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
    for (const waiter of waiting) {
      if (tokens < 1) break;
      tokens -= 1;
      waiting.delete(waiter);
      waiter.resolve();
    }
    if (waiting.size > 0) timer = setTimeout(serve, Math.max(1, ((1 - tokens) * 1000) / packetsPerSecond));
  };

  return {
    turn(signal) {
      if (signal?.aborted === true) return Promise.reject(givenUp());
      refill();
      if (waiting.size === 0 && tokens >= 1) {
        tokens -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          waiting.delete(waiter);
          reject(givenUp());
        };
        const settled = (settle: () => void) => (): void => {
          signal?.removeEventListener('abort', leave);
          settle();
        };
        const waiter: Waiter = {
          resolve: settled(resolve),
          reject: (reason) => settled(() => reject(reason))(),
        };
        waiting.add(waiter);
        signal?.addEventListener('abort', leave, { once: true });
        timer ??= setTimeout(serve, 1);
      });
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      for (const { reject } of waiting) reject(new Failure('stopping', 'the agent is stopping'));
      waiting.clear();
    },
  };
}
