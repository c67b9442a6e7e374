// The events that wait for one action: one is run at a time.

const mostWaiting = 100;

export interface Lane<Job> {
  add(job: Job): void;
  /** Resolves once nothing runs; what waits is given up. */
  stop(): Promise<void>;
}

/** `run` never rejects. Where too many wait, the oldest is dropped. */
export function createLane<Job>(run: (job: Job) => Promise<void>, onDropped: (job: Job) => void): Lane<Job> {
  const waiting: Job[] = [];
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await run(job);
    working = null;
  }

  return {
    add(job) {
      waiting.push(job);
      const oldest = waiting.length > mostWaiting ? waiting.shift() : undefined;
      if (oldest !== undefined) onDropped(oldest);
      working ??= work();
    },
    async stop() {
      waiting.length = 0;
      await working;
    },
  };
}
