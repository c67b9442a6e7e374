// Calendars as crontab(5) writes them: five fields, or six with seconds before them. Strict, and pure: what the
// scheduler would read in ways of its own (L, #, ?, @daily, 5/10) is refused here.
import { Failure } from './failure.ts';
import { quoted } from './issues.ts';

interface Field {
  name: string;
  least: number;
  most: number;
  /** What stands for its numbers from the least on. */
  words: readonly string[];
}

const field = (name: string, least: number, most: number, words: readonly string[] = []): Field => ({
  ...{ name, least, most, words },
});
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields = {
  second: field('second', 0, 59),
  minute: field('minute', 0, 59),
  hour: field('hour', 0, 23),
  day: field('day', 1, 31),
  month: field('month', 1, 12, months),
  // 7 is Sunday too.
  weekday: field('weekday', 0, 7, weekdays),
};

export interface Calendar {
  seconds: ReadonlySet<number>;
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  /** Of the month, from 1. */
  days: ReadonlySet<number>;
  /** From 1. */
  months: ReadonlySet<number>;
  /** Sunday is 0. */
  weekdays: ReadonlySet<number>;
  /** Both the day and the weekday are restricted: then either is enough (crontab(5)). */
  either: boolean;
}

function numberIn({ name, least, most, words }: Field, text: string): number {
  const word = words.indexOf(text.toLowerCase());
  const value = word >= 0 ? word + least : /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  const or = words.length === 0 ? '' : ` or ${words[0] ?? ''}-${words.at(-1) ?? ''}`;
  throw new Failure('badRequest', `the ${name} must be ${least}-${most}${or}, not ${quoted(text)}`);
}

/** One element of a field's list: `*`, `5`, `1-5`, or a step through the first or the last of these. */
function elementOf(of: Field, text: string): number[] {
  const [range = '', stepText, ...more] = text.split('/');
  const [from = '', to, ...further] = range.split('-');
  const refuse = (why: string): never => {
    throw new Failure('badRequest', `the ${of.name} ${quoted(text)} ${why}`);
  };
  if (more.length > 0 || further.length > 0) return refuse("can't be read");
  const step = stepText === undefined ? 1 : /^[1-9]\d?$/.test(stepText) ? Number(stepText) : NaN;
  if (!(step <= of.most)) return refuse(`must step by 1-${of.most}`);
  if (range === '*') return stepsFrom(of.least, of.most, step);
  const first = numberIn(of, from);
  if (to === undefined) return stepText === undefined ? [first] : refuse('steps through no range');
  const last = numberIn(of, to);
  if (last < first) return refuse('ends below its beginning');
  // cron-parser takes such a range's 7 for a Sunday that every step meets.
  if (of === fields.weekday && last === 7 && step > 1) return refuse('steps to 7; Sunday is 0');
  return stepsFrom(first, last, step);
}

const stepsFrom = (first: number, last: number, step: number): number[] =>
  Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);

const valuesOf = (of: Field, text: string): ReadonlySet<number> =>
  new Set(text.split(',').flatMap((element) => elementOf(of, element)));

const longestMonth = (month: number): number => (month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31);

function calendarOf(text: string): Calendar {
  const given = text.trim().split(/\s+/);
  const [second = '', minute = '', hour = '', day = '', month = '', weekday = ''] =
    given.length === 5 ? ['0', ...given] : given;
  if (given.length !== 5 && given.length !== 6) {
    const wanted = 'must be minute, hour, day, month and weekday, or these with the second before them';
    throw new Failure('badRequest', `${wanted}, not ${quoted(text)}`);
  }
  const onDays = valuesOf(fields.day, day);
  const onWeekdays = valuesOf(fields.weekday, weekday);
  const allWeek = [0, 1, 2, 3, 4, 5, 6].every((one) => onWeekdays.has(one) || onWeekdays.has(one + 7));
  const calendar: Calendar = {
    seconds: valuesOf(fields.second, second),
    minutes: valuesOf(fields.minute, minute),
    hours: valuesOf(fields.hour, hour),
    days: onDays,
    months: valuesOf(fields.month, month),
    weekdays: new Set([...onWeekdays].map((value) => value % 7)),
    // To cron-parser 0-6 is a restriction, and 0-7 none.
    either: onDays.size < 31 && !(allWeek && onWeekdays.has(7)),
  };
  const firstDay = Math.min(...calendar.days);
  if (![...calendar.months].some((one) => firstDay <= longestMonth(one)))
    throw new Failure('badRequest', `${quoted(text)} never comes: none of its months has a day ${firstDay}`);
  return calendar;
}

/** A calendar; or what is wrong with its text. */
export function parseCron(text: string): { ok: true; calendar: Calendar } | { ok: false; problem: string } {
  try {
    return { ok: true, calendar: calendarOf(text) };
  } catch (error) {
    if (error instanceof Failure) return { ok: false, problem: error.message };
    throw error;
  }
}

const comesOn = ({ days, weekdays, either }: Calendar, day: number, weekday: number): boolean =>
  either ? days.has(day) || weekdays.has(weekday) : days.has(day) && weekdays.has(weekday);

/** Whether it comes in the minute of a local time, given as if it were UTC. */
export const comesAt = (calendar: Calendar, local: Date): boolean =>
  calendar.months.has(local.getUTCMonth() + 1) &&
  comesOn(calendar, local.getUTCDate(), local.getUTCDay()) &&
  calendar.hours.has(local.getUTCHours()) &&
  calendar.minutes.has(local.getUTCMinutes());

/** From 2025, which began on a Wednesday, to 2028, a leap year: 1 for each day on which it comes, else 0. */
function comesInFourYears(calendar: Calendar): number[] {
  const comes: number[] = [];
  for (const year of [2025, 2026, 2027, 2028]) {
    for (let month = 1; month <= 12; month++) {
      const last = month === 2 && year !== 2028 ? 28 : longestMonth(month);
      for (let day = 1; day <= last; day++) {
        const weekday = (3 + comes.length) % 7;
        comes.push(calendar.months.has(month) && comesOn(calendar, day, weekday) ? 1 : 0);
      }
    }
  }
  return comes;
}

const window = 31;

/** How often it comes in 31 days, in those of four years in which it comes most. */
export function mostRunsIn31Days(calendar: Calendar): number {
  const days = comesInFourYears(calendar);
  let [inWindow, most] = [0, 0];
  for (const [index, comes] of days.entries()) {
    inWindow += comes - (days[index - window] ?? 0);
    most = Math.max(most, inWindow);
  }
  return most * calendar.hours.size * calendar.minutes.size * calendar.seconds.size;
}
