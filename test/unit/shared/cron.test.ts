// Calendars of crontab(5): what is read, what is refused, and how often one comes.
import { describe, expect, it } from 'vitest';
import { mostRunsIn31Days, parseCron } from '../../../shared/cron.ts';

const runs = (text: string): number | string => {
  const read = parseCron(text);
  return read.ok ? mostRunsIn31Days(read.calendar) : read.problem;
};

describe('a calendar', () => {
  it('has each field as the numbers it stands for', () => {
    expect(parseCron(' 0,30  */20 8-10 1-31/10 Jan,jun-AUG mon-5,7 ')).toEqual({
      ok: true,
      calendar: {
        seconds: new Set([0, 30]),
        minutes: new Set([0, 20, 40]),
        hours: new Set([8, 9, 10]),
        days: new Set([1, 11, 21, 31]),
        months: new Set([1, 6, 7, 8]),
        weekdays: new Set([1, 2, 3, 4, 5, 0]),
        either: true,
      },
    });
  });

  it.each([
    ['0 3 * * *', 31, 'each day'],
    ['*/15 * * * *', 31 * 96, 'each quarter of an hour'],
    ['*/10 * * * * *', 31 * 8640, 'with seconds'],
    ['0 3 1 * *', 2, 'on a day that 31 days can hold twice: from 1 February to 1 March'],
    ['0 3 31 * *', 1, 'on a day that not each month has'],
    ['0 3 29 2 *', 1, 'in leap years alone'],
    ['0 3 * * 1', 5, 'on a weekday'],
    ['0 3 * * 7', 5, 'on Sunday'],
    ['0 3 * * 1-7', 31, 'on all weekdays'],
    ['0 3 1 * 0-7', 2, 'on a day of the month, whatever its weekday'],
    ['0 3 1 * 0-6', 31, 'on a day of the month, or on any weekday that is named'],
    [
      '0 3 15 * 1',
      7,
      'on a day of the month or on a weekday: five Mondays, and the 15th of February and of March',
    ],
    ['0 3 * 6 *', 30, 'in one month'],
  ])('%s comes at most %i times in 31 days, as it comes %s', (text, most) => expect(runs(text)).toBe(most));

  it.each([
    ['', 'must be minute, hour, day, month and weekday, or these with the second before them, not ""'],
    [
      'daily',
      'must be minute, hour, day, month and weekday, or these with the second before them, not "daily"',
    ],
    [
      '0 0 0 3 * * *',
      'must be minute, hour, day, month and weekday, or these with the second before them, not "0 0 0 3 * * *"',
    ],
    ['60 3 * * *', 'the minute must be 0-59, not "60"'],
    ['60 0 3 * * *', 'the second must be 0-59, not "60"'],
    ['0 24 * * *', 'the hour must be 0-23, not "24"'],
    ['0 3 0 * *', 'the day must be 1-31, not "0"'],
    ['0 3 L * *', 'the day must be 1-31, not "L"'],
    ['0 3 * 13 *', 'the month must be 1-12 or jan-dec, not "13"'],
    ['0 3 * june *', 'the month must be 1-12 or jan-dec, not "june"'],
    ['0 3 * * 8', 'the weekday must be 0-7 or sun-sat, not "8"'],
    ['0 3 * * 1#2', 'the weekday must be 0-7 or sun-sat, not "1#2"'],
    ['0 3 ? * 1', 'the day must be 1-31, not "?"'],
    ['0, 3 * * *', 'the minute must be 0-59, not ""'],
    ['0 -3 * * *', 'the hour must be 0-23, not ""'],
    ['0 5-3 * * *', 'the hour "5-3" ends below its beginning'],
    ['0 1-2-3 * * *', 'the hour "1-2-3" can\'t be read'],
    ['*/2/3 3 * * *', 'the minute "*/2/3" can\'t be read'],
    ['*/0 3 * * *', 'the minute "*/0" must step by 1-59'],
    ['*/60 3 * * *', 'the minute "*/60" must step by 1-59'],
    ['5/10 3 * * *', 'the minute "5/10" steps through no range'],
    ['0 3 * * 1-7/3', 'the weekday "1-7/3" steps to 7; Sunday is 0'],
    ['0 3 31 2,4,6 *', '"0 3 31 2,4,6 *" never comes: none of its months has a day 31'],
  ])('is not %j', (text, problem) => expect(runs(text)).toBe(problem));
});
