// How long the outbox waits after what could not be delivered, where no new connection comes first.
import type { Kind } from './line.ts';

export interface PauseTuning {
  pauseMs: number;
  /** How long at most, where a broker goes on refusing. */
  longestPauseMs: number;
}

export interface Pauses {
  /** There is no connection worth the name: everything waits. */
  all(): void;
  /** A broker forbids a topic, or has no room: those of this kind wait, longer each time; the others need not. */
  refused(kind: Kind): void;
  accepted(kind: Kind): void;
  /** Whether the last of this kind was refused. */
  isRefused(kind: Kind): boolean;
  isOver(kind: Kind): boolean;
  end(): void;
}

const kinds: readonly Kind[] = ['event', 'measurement'];

export function createPauses({ pauseMs, longestPauseMs }: PauseTuning, over: () => void): Pauses {
  const timers = new Map<Kind, NodeJS.Timeout>();
  const refusals: Record<Kind, number> = { event: 0, measurement: 0 };

  function wait(kind: Kind, ms: number): void {
    if (timers.has(kind)) return;
    const end = (): void => {
      timers.delete(kind);
      over();
    };
    timers.set(kind, setTimeout(end, ms).unref());
  }

  return {
    all: () => kinds.forEach((kind) => wait(kind, pauseMs)),
    refused(kind) {
      if (timers.has(kind)) return;
      wait(kind, Math.min(pauseMs * 2 ** refusals[kind], longestPauseMs));
      refusals[kind] += 1;
    },
    accepted: (kind) => void (refusals[kind] = 0),
    isRefused: (kind) => refusals[kind] > 0,
    isOver: (kind) => !timers.has(kind),
    end() {
      timers.forEach((timer) => clearTimeout(timer));
      timers.clear();
    },
  };
}
