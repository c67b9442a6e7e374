// The events that wait for one action: one is run at a time.

const mostWaiting = 100;

export interface Lane<Job> {
  add(job: Job): void;
  /** Resolves once nothing runs; what waits is given up. */
  stop(): Promise<void>;
}

export interface LaneListeners<Job> {
  /** `first`: since the lane was empty. */
  onDropped(job: Job, first: boolean): void;
  /** The lane is empty again, and so many were dropped meanwhile. */
  onCaughtUp(dropped: number): void;
}

/** `run` never rejects. Where too many wait, the oldest is dropped. */
export function createLane<Job>(
  run: (job: Job) => Promise<void>,
  { onDropped, onCaughtUp }: LaneListeners<Job>,
): Lane<Job> {
  const waiting: Job[] = [];
  let dropped = 0;
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await run(job);
    working = null;
    if (dropped > 0) onCaughtUp(dropped);
    dropped = 0;
  }

  function drop(job: Job): void {
    dropped += 1;
    onDropped(job, dropped === 1);
  }

  return {
    add(job) {
      waiting.push(job);
      const oldest = waiting.length > mostWaiting ? waiting.shift() : undefined;
      if (oldest !== undefined) drop(oldest);
      working ??= work();
    },
    async stop() {
      waiting.length = 0;
      await working;
    },
  };
}
