// What failover was told over MQTT, for a while: to go by one uplink, or only to observe. Pure but for the clock given.
import type { FailoverCommand } from '../../../shared/failover.ts';
import { earliest } from '../earliest.ts';

interface Moment {
  /** Monotonic, and as people count. */
  ms: number;
  epochMs: number;
}

export interface Orders {
  obey(command: FailoverCommand): void;
  /** The uplink that is forced now, and until when; null where none is. */
  forced(): { uplink: string; untilMs: number; until: number } | null;
  /** Until when nothing is to be touched, in ms since 1970; null where it may be. */
  observeUntil(): number | null;
  /** When the next of them ends by itself, monotonic. */
  endsMs(): number | null;
}

export function createOrders(now: () => Moment): Orders {
  let forced: { uplink: string; untilMs: number; until: number } | null = null;
  let observing: { untilMs: number; until: number } | null = null;

  function expire(): void {
    const { ms } = now();
    if (forced !== null && forced.untilMs <= ms) forced = null;
    if (observing !== null && observing.untilMs <= ms) observing = null;
  }
  const after = (seconds: number): { untilMs: number; until: number } => {
    const { ms, epochMs } = now();
    return { untilMs: ms + seconds * 1000, until: epochMs + seconds * 1000 };
  };

  return {
    obey(command) {
      if (command.action === 'observe') {
        observing = after(command.ttlSeconds);
        return;
      }
      // What is forced is not merely observed.
      observing = null;
      forced = command.action === 'force' ? { uplink: command.uplink, ...after(command.ttlSeconds) } : null;
    },
    forced() {
      expire();
      return forced;
    },
    observeUntil() {
      expire();
      return observing?.until ?? null;
    },
    endsMs() {
      expire();
      return earliest([forced, observing].map((order) => order?.untilMs ?? null));
    },
  };
}
