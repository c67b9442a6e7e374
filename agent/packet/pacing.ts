// How fast packets may leave by one interface: a token bucket, waiters served in order, at most 16 in one tick of the
// loop, so that what has come in is read in between. (200 sends in one tick added 2 ms to the RTTs of a 20 ms path.)
import { Failure } from '../../shared/failure.ts';

const mostPerTick = 16;
/** A trace of a known path goes out at once: 30 hops, and the echo to its end. */
const burst = 32;
/** Ticks come late on a busy machine; what was due in this time is caught up. */
const depthMs = 10;

/** One packet that wants to leave; one of the two is called, once. */
export interface Departure {
  go(): void;
  refuse(reason: Failure): void;
}

export interface Pacer {
  /** Lets a packet go now or in its turn; refuses it where the signal gives it up (cancelled) or all ends (stopping). */
  enter(departure: Departure, signal?: AbortSignal): void;
  stop(): void;
}

export const givenUp = (): Failure => new Failure('cancelled', 'it was given up');

/** `packetsPerSecond` holds over any second, plus a burst of 32 or of 10 ms, whichever is more. */
export function createPacer(packetsPerSecond: number, nowMs: () => number = () => performance.now()): Pacer {
  /** Each with what ends its listening for an abort. */
  const waiting = new Map<Departure, () => void>();
  const depth = Math.max(burst, (packetsPerSecond * depthMs) / 1000);
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
    for (const [departure, unlisten] of waiting) {
      if (!mayLeave()) break;
      spend();
      waiting.delete(departure);
      unlisten();
      departure.go();
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

  const listen = (departure: Departure, signal: AbortSignal): (() => void) => {
    const leave = (): void => {
      waiting.delete(departure);
      departure.refuse(givenUp());
    };
    signal.addEventListener('abort', leave, { once: true });
    return () => signal.removeEventListener('abort', leave);
  };

  return {
    enter(departure, signal) {
      if (signal?.aborted === true) return departure.refuse(givenUp());
      if (waiting.size === 0) {
        refill();
        if (mayLeave()) {
          spend();
          return departure.go();
        }
      }
      waiting.set(departure, signal === undefined ? () => undefined : listen(departure, signal));
      if (tokens < 1) wakeWhenDue();
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      if (nextTick !== null) clearImmediate(nextTick);
      for (const [departure, unlisten] of waiting) {
        unlisten();
        departure.refuse(new Failure('stopping', 'the agent is stopping'));
      }
      waiting.clear();
    },
  };
}
