// How fast packets may leave by one interface: a token bucket, waiters served in order, at most 16 in one tick of the
// loop, so that what has come in is read in between. (200 sends in one tick added 2 ms to the RTTs of a 20 ms path.)
import { Failure } from '../../shared/failure.ts';

const mostPerTick = 16;
/** Ticks come late on a busy machine; what was due in this time is caught up. */
const depthMs = 10;

export interface Pacer {
  /** Whether a packet may leave now; then it is taken to. */
  now(): boolean;
  /** Resolves when the next packet may leave. Rejects with Failure: cancelled by the signal, stopping. */
  turn(signal?: AbortSignal): Promise<void>;
  stop(): void;
}

interface Waiter {
  resolve(): void;
  reject(reason: Failure): void;
  /** It waits no more: nobody need tell it of an abort. */
  left(): void;
}

const givenUp = (): Failure => new Failure('cancelled', 'the echo was given up');

/** `packetsPerSecond` holds over any second, plus a burst of 16 or of 10 ms, whichever is more. */
export function createPacer(packetsPerSecond: number, nowMs: () => number = () => performance.now()): Pacer {
  const waiting = new Set<Waiter>();
  const depth = Math.max(mostPerTick, (packetsPerSecond * depthMs) / 1000);
  let tokens = depth;
  let filledMs = nowMs();
  let sentInTick = 0;
  let nextTick: NodeJS.Immediate | null = null;
  let timer: NodeJS.Timeout | null = null;

  const refill = (): void => {
    const atMs = nowMs();
    tokens = Math.min(depth, tokens + ((atMs - filledMs) * packetsPerSecond) / 1000);
    filledMs = atMs;
  };
  const mayLeave = (): boolean => tokens >= 1 && sentInTick < mostPerTick;
  const spend = (): void => {
    tokens -= 1;
    sentInTick += 1;
    nextTick ??= setImmediate(() => {
      nextTick = null;
      sentInTick = 0;
      if (waiting.size > 0) serve();
    });
  };
  const serve = (): void => {
    refill();
    for (const waiter of waiting) {
      if (!mayLeave()) break;
      spend();
      waiting.delete(waiter);
      waiter.left();
      waiter.resolve();
    }
    if (waiting.size > 0 && tokens < 1) wakeWhenDue();
  };
  const wakeWhenDue = (): void => {
    timer ??= setTimeout(
      () => {
        timer = null;
        serve();
      },
      Math.max(1, ((1 - tokens) * 1000) / packetsPerSecond),
    );
  };

  const turnNow = (): boolean => {
    refill();
    if (waiting.size > 0 || !mayLeave()) return false;
    spend();
    return true;
  };
  const queue = (waiter: Waiter, signal: AbortSignal | undefined): void => {
    waiting.add(waiter);
    if (tokens < 1) wakeWhenDue();
    if (signal === undefined) return;
    const leave = (): void => {
      waiting.delete(waiter);
      waiter.reject(givenUp());
    };
    signal.addEventListener('abort', leave, { once: true });
    waiter.left = () => signal.removeEventListener('abort', leave);
  };

  return {
    now: turnNow,
    turn(signal) {
      if (signal?.aborted === true) return Promise.reject(givenUp());
      if (turnNow()) return Promise.resolve();
      return new Promise((resolve, reject) => queue({ resolve, reject, left: () => undefined }, signal));
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      if (nextTick !== null) clearImmediate(nextTick);
      for (const waiter of waiting) {
        waiter.left();
        waiter.reject(new Failure('stopping', 'the agent is stopping'));
      }
      waiting.clear();
    },
  };
}
