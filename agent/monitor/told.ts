// A monitor's events on their way: each waits for its evidence, and none overtakes another.
import type { Event } from '../../shared/event.ts';
import type { Change } from '../../shared/store.ts';
import type { Log } from '../log.ts';
import type { Evidence } from './evidence.ts';

/** Takes an event for good, and with it what changed: both or neither. */
export type Emit = (event: Event, alongside: readonly Change[]) => Promise<void>;

export interface Told {
  /** `gather` begins at once and is waited for until the agent stops; `alongside` is what is true once this is told. */
  tell(event: Event, alongside: Change, gather: () => Promise<Evidence>): void;
  /** Whether any is still on its way: what they change must not be kept before them. */
  pending(): boolean;
  /** Resolves when all are emitted. */
  all(): Promise<void>;
  /** The same, and ends the waiting for evidence. */
  stop(): Promise<void>;
}

export function createTold(log: Log, emit: Emit): Told {
  let last: Promise<void> = Promise.resolve();
  let count = 0;
  let endWaiting: () => void = () => undefined;
  const stopped = new Promise<Evidence>((resolve) => {
    endWaiting = () => resolve({});
  });

  async function send(event: Event, alongside: Change, evidence: Promise<Evidence>): Promise<void> {
    const fields = { monitor: event.subject, event: event.kind };
    const gathered = await Promise.race([evidence, stopped]).catch((error: unknown) => {
      log.error({ ...fields, err: error }, 'the evidence of an event could not be gathered');
      return {};
    });
    try {
      await emit({ ...event, evidence: { ...event.evidence, ...gathered } }, [alongside]);
    } catch (error) {
      log.error({ ...fields, err: error }, 'an event could not be kept');
    }
  }

  return {
    tell(event, alongside, gather) {
      const evidence = gather();
      // Until its turn comes nobody else would take note of its failure.
      evidence.catch(() => undefined);
      count += 1;
      last = last
        .then(() => send(event, alongside, evidence))
        .finally(() => {
          count -= 1;
        });
    },
    pending: () => count > 0,
    all: () => last,
    stop() {
      endWaiting();
      return last;
    },
  };
}
