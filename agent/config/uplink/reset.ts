// The program that an uplink may have to bring it back, such as one that power-cycles its modem.
import * as z from 'zod';
import { duration } from '../../../shared/duration.ts';
import { commandLine } from '../program.ts';

export interface ResetSettings {
  /** The program and its arguments; no shell. */
  run: [string, ...string[]];
  /** For how many rounds the uplink must have been down. */
  after: number;
  /** The least time from one run's start to the next. */
  graceMs: number;
  timeoutMs: number;
}

/** Null where there is none. */
export const Reset = z
  .strictObject({
    run: commandLine,
    after: z.int().min(1).max(1000).default(3),
    grace: duration(0, 7 * 86_400_000).default(600_000),
    timeout: duration(1000, 3_600_000).default(60_000),
  })
  .transform(({ run, after, grace, timeout }): ResetSettings | null => ({
    run,
    after,
    graceMs: grace,
    timeoutMs: timeout,
  }))
  .default(null);
