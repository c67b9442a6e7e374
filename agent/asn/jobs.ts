// What look-ups wait in, so that only a few are under way at once.

/** Jobs of which so many run at once; the others wait in turn. */
export interface Jobs {
  waiting(): number;
  run(job: () => Promise<void>): Promise<void>;
}

export type CreateJobs = (most: number) => Jobs;
