// When a monitor with a calendar is due. node-schedule reads the rules and says each next due time; the waiting is done
// here, since its own compares with the wall clock only: set forward, it runs for each due time skipped (measured: 2481
// runs in 3 s), set back, it waits until the clock is where it was, by a timer that no cancelling reaches.
import schedule from 'node-schedule';
import { dueAtGap } from './gap.ts';
import { type Clocks, clocks, watchForSteps } from './steps.ts';

// A slewed clock (500 ppm at most) is then off by no more than 0.3 s when a job is due.
const longestWaitMs = 600_000;

// node-schedule takes what it can't read as a rule for a date.
const fields = /^\s*(\S+\s+){4,5}\S+\s*$/;

/** The types say that there always is a job. */
const jobOf = (spec: schedule.Spec): schedule.Job | null => schedule.scheduleJob(spec, () => undefined);

/** When it is due next by the wall clock, in ms since 1970; null where the rule can't be read or is never due. */
function nextDueMs(cron: string, timezone: string | null): number | null {
  if (!fields.test(cron)) return null;
  const job = jobOf({ rule: cron, ...(timezone === null ? {} : { tz: timezone }) });
  const next = job?.nextInvocation() ?? null;
  job?.cancel();
  return next === null ? null : dueAtGap(cron, timezone, Date.now(), next.getTime());
}

/** Whether a calendar's rule can be read and is ever due. */
export const isCron = (cron: string, timezone: string | null): boolean => nextDueMs(cron, timezone) !== null;

export interface Calendar {
  /** Five fields, or six with seconds first; `timezone` null is the machine's. Returns what ends it. */
  add(cron: string, timezone: string | null, onDue: () => void): () => void;
  stop(): void;
}

/** One rule, waited for: each due time runs once, and of several that were slept through only one. */
function createJob(cron: string, timezone: string | null, stepped: () => boolean, onDue: () => void) {
  let timer: NodeJS.Timeout | undefined;
  const cancel = (): void => clearTimeout(timer);
  const wait = (dueMs: number): void => {
    timer = setTimeout(fire, Math.min(longestWaitMs, Math.max(0, dueMs - Date.now())), dueMs);
  };
  const arm = (): void => {
    cancel();
    const dueMs = nextDueMs(cron, timezone);
    if (dueMs !== null) wait(dueMs);
  };
  const fire = (dueMs: number): void => {
    // After a step this due time is the old clock's, and all jobs have been armed anew.
    if (stepped()) return;
    if (Date.now() < dueMs) {
      wait(dueMs);
      return;
    }
    arm();
    onDue();
  };
  return { arm, cancel };
}

/** `onStep` is told of each step of the clock, after all jobs count from the new time. */
export function createCalendar(onStep: (stepMs: number) => void, read: Clocks = clocks): Calendar {
  const jobs = new Set<ReturnType<typeof createJob>>();
  const guard = watchForSteps(read, (stepMs) => {
    for (const job of jobs) job.arm();
    onStep(stepMs);
  });
  return {
    add(cron, timezone, onDue) {
      const job = createJob(cron, timezone, guard.check, onDue);
      jobs.add(job);
      job.arm();
      return () => {
        job.cancel();
        jobs.delete(job);
      };
    },
    stop() {
      guard.stop();
      for (const job of jobs) job.cancel();
      jobs.clear();
    },
  };
}
