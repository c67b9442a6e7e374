// How many probes run at once on each uplink, and how many may wait; the next one is refused at once. And how many of
// other jobs run at once.
import PQueue from 'p-queue';
import { Failure } from '../shared/failure.ts';

const waitingPerRunning = 4;

export interface ProbeQueue {
  /**
   * Runs a job in its uplink's turn. Rejects with Failure queueFull at once, as the signal while the job still waits,
   * or as the job does. A job that runs ends itself by the signal: what it measured until then is not to be lost.
   */
  run<T>(uplink: string, job: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** What runs and what waits, for each uplink that has any. */
  load(): { uplink: string; running: number; waiting: number }[];
}

export function createProbeQueue(concurrency: number): ProbeQueue {
  const lanes = new Map<string, PQueue>();
  const mostWaiting = concurrency * waitingPerRunning;

  return {
    async run<T>(uplink: string, job: () => Promise<T>, signal: AbortSignal) {
      const lane = lanes.get(uplink) ?? new PQueue({ concurrency });
      lanes.set(uplink, lane);
      if (lane.size >= mostWaiting) {
        const load = `${lane.pending} probes run and ${lane.size} wait`;
        throw new Failure('queueFull', `the queue of ${uplink} is full: ${load}; ask again later`);
      }
      const waiting = new AbortController();
      const giveUp = (): void => waiting.abort(signal.reason);
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) giveUp();
      const begin = (): Promise<T> => {
        signal.removeEventListener('abort', giveUp);
        return job();
      };
      try {
        return await lane.add(begin, { signal: waiting.signal });
      } finally {
        signal.removeEventListener('abort', giveUp);
        if (lane.size === 0 && lane.pending === 0) lanes.delete(uplink);
      }
    },
    load: () =>
      [...lanes].map(([uplink, { pending, size }]) => ({ uplink, running: pending, waiting: size })),
  };
}

/** Jobs of which `most` run at once; the others wait in turn. */
export function createJobs(most: number) {
  const queue = new PQueue({ concurrency: most });
  return {
    waiting: (): number => queue.size,
    run: <T>(job: () => Promise<T>): Promise<T> => queue.add(job),
  };
}
