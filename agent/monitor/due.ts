// When one monitor is due: by its interval, by its calendar, and while it is down by an interval all the same.
import type { Calendar } from './cron.ts';
import { type Every, type Timers, createEvery, firstRunMs, untilFirstMs } from './every.ts';
import type { Settings } from './settings.ts';

export interface Due {
  /** Runs at this interval from now on; null: by the calendar only. */
  follow(everyMs: number | null): void;
  stop(): void;
}

export function createDue(
  { timers, calendar, agent }: { timers: Timers; calendar: Calendar; agent: string },
  monitor: string,
  schedule: Settings['schedule'],
  onDue: () => void,
): Due {
  let every: Every | null = null;
  const endCalendar =
    'cron' in schedule ? calendar.add(schedule.cron, schedule.timezone, onDue) : () => undefined;
  return {
    follow(everyMs) {
      if (everyMs === null) {
        every?.stop();
        every = null;
      } else if (every === null) {
        const firstMs = untilFirstMs(timers.nowMs(), firstRunMs(agent, monitor, everyMs));
        every = createEvery(timers, firstMs, everyMs, onDue);
      } else {
        every.change(everyMs);
      }
    },
    stop() {
      every?.stop();
      endCalendar();
    },
  };
}
