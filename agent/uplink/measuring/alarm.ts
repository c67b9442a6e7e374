// Runs something at the earliest of several moments; another call sets others in their place.
import { earliest } from '../earliest.ts';

const longestTimerMs = 2 ** 31 - 1;

export interface Alarm {
  /** Null where there is none of a kind. */
  set(moments: readonly (number | null)[]): void;
  stop(): void;
}

export function createAlarm(run: () => void, nowMs: () => number): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const ring = (): void => {
    if (!stopped) run();
  };

  return {
    set(moments) {
      clearTimeout(timer);
      const nextMs = earliest(moments);
      if (nextMs === null || stopped) return;
      const waitMs = Math.ceil(Math.max(0, nextMs - nowMs()));
      // After a stall the answers that have come in are read first.
      timer = setTimeout(() => setImmediate(ring), Math.min(waitMs, longestTimerMs));
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(timer);
    },
  };
}
