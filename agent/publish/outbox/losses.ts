// How many messages the outbox had to drop, kept until it can be told.
import type { Log } from '../../log.ts';
import type { Kind } from './line.ts';
import type { Losses, Shelf } from './shelf.ts';

export interface LossCount {
  add(kind: Kind, epochMs: number): void;
  any(): boolean;
  /** What there is to tell, and from then on nothing; null where nothing was dropped. */
  take(): Losses | null;
  /** Takes up what an earlier run had not told. Rejects where the disk can't be read. */
  load(): Promise<void>;
}

export function createLossCount(shelf: Shelf, log: Log): LossCount {
  let losses: Losses | null = null;
  return {
    add(kind, epochMs) {
      if (losses === null) {
        log.warn({}, 'the outbox drops messages: the oldest measurements, and where there is none events');
      }
      const { measurements, events, sinceMs } = losses ?? { measurements: 0, events: 0, sinceMs: epochMs };
      const isEvent = kind === 'event';
      losses = {
        measurements: measurements + (isEvent ? 0 : 1),
        events: events + (isEvent ? 1 : 0),
        sinceMs,
      };
      shelf.keepLosses(losses);
    },
    any: () => losses !== null,
    take() {
      const told = losses;
      losses = null;
      if (told === null) return null;
      shelf.keepLosses(null);
      log.warn(told, 'the outbox dropped messages');
      return told;
    },
    async load() {
      losses ??= await shelf.losses();
    },
  };
}
