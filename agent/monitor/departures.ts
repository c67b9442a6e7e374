// Monitors that are no more, while their last events are told: each with all that is gathered for it, which may take as
// long as a probe.
import type { Runner } from './runner.ts';

export interface Departures {
  /** `onGone` is called when all is told. */
  leave(runner: Runner, onGone: () => Promise<void>): void;
  /** Events wait for no evidence any more; resolves when all are gone. */
  stop(): Promise<void>;
}

export function createDepartures(): Departures {
  const leaving = new Map<Runner, Promise<void>>();
  return {
    leave(runner, onGone) {
      const gone = runner.end().then(() => {
        leaving.delete(runner);
        return onGone();
      });
      leaving.set(runner, gone);
    },
    async stop() {
      const departures = [...leaving.values()];
      await Promise.all([...leaving.keys()].map((runner) => runner.stop()));
      await Promise.all(departures);
    },
  };
}
