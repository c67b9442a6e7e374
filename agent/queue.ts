// How many probes run at once on each uplink, and how many may wait; the next one is refused at once.
import PQueue from 'p-queue';
import { Failure } from '../shared/failure.ts';

const waitingPerRunning = 4;

export interface ProbeQueue {
  /** Runs a job in its uplink's turn. Rejects with Failure queueFull at once, or as the job or the signal does. */
  run<T>(uplink: string, job: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export function createProbeQueue(concurrency: number): ProbeQueue {
  const lanes = new Map<string, PQueue>();
  const mostWaiting = concurrency * waitingPerRunning;

  return {
    async run(uplink, job, signal) {
      const lane = lanes.get(uplink) ?? new PQueue({ concurrency });
      lanes.set(uplink, lane);
      if (lane.size >= mostWaiting) {
        const load = `${lane.pending} probes run and ${lane.size} wait`;
        throw new Failure('queueFull', `the queue of ${uplink} is full: ${load}; ask again later`);
      }
      try {
        return await lane.add(job, { signal });
      } finally {
        if (lane.size === 0 && lane.pending === 0) lanes.delete(uplink);
      }
    },
  };
}
