// What a calendar misses when the clocks are put forward at midnight. node-schedule (cron-parser) moves a due time that
// does not exist into the hour after it, but not one of a day's first hour: in Cairo, Santiago, Havana and Beirut, where
// that hour is the one left out, a daily rule then skips the whole day (measured). Pure.
import { comesAt, parseCron } from '../../shared/cron.ts';

const minuteMs = 60_000;
const weekMs = 7 * 86_400_000;
// Lord Howe's summer.
const shortestGapMs = 30 * minuteMs;

interface Gap {
  /** The moment at which the clocks are put forward. */
  atMs: number;
  /** The local times that are left out, as UTC would have them: from the one until before the other. */
  fromLocalMs: number;
  untilLocalMs: number;
}

/** By how much the local time is ahead of UTC at a moment. */
function offsets(timezone: string | null): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...(timezone === null ? {} : { timeZone: timezone }),
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' },
  });
  return (ms) => {
    const wholeMs = Math.floor(ms / 1000) * 1000;
    const parts = new Map(format.formatToParts(wholeMs).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const [day, time] = [
      Date.UTC(part('year'), part('month') - 1, part('day')),
      ((part('hour') * 60 + part('minute')) * 60 + part('second')) * 1000,
    ];
    return day + time - wholeMs;
  };
}

/** Each time at which the clocks are put forward after one moment and until another. No summer is shorter than a week. */
function* gapsBetween(afterMs: number, untilMs: number, timezone: string | null): Generator<Gap> {
  const offsetAt = offsets(timezone);
  for (let beginMs = afterMs; beginMs < untilMs; beginMs += weekMs) {
    let [before, after] = [beginMs, Math.min(beginMs + weekMs, untilMs)];
    const [offset, nextOffset] = [offsetAt(before), offsetAt(after)];
    if (nextOffset <= offset) continue;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetAt(middle) === offset) before = middle;
      else after = middle;
    }
    yield { atMs: after, fromLocalMs: after + offset, untilLocalMs: after + nextOffset };
  }
}

/** When a rule is due next, `foundMs` being what was found: a gap's end where the rule is due in it and was not moved. */
export function dueAtGap(cron: string, timezone: string | null, nowMs: number, foundMs: number): number {
  if (foundMs - nowMs < shortestGapMs) return foundMs;
  const read = parseCron(cron);
  if (!read.ok) return foundMs;
  for (const { atMs, fromLocalMs, untilLocalMs } of gapsBetween(nowMs, foundMs, timezone)) {
    if (foundMs < atMs + untilLocalMs - fromLocalMs) return foundMs;
    for (let localMs = fromLocalMs; localMs < untilLocalMs; localMs += minuteMs) {
      if (comesAt(read.calendar, new Date(localMs))) return atMs;
    }
  }
  return foundMs;
}
