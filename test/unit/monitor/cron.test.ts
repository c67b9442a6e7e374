// Calendars on the real node-schedule: the clock is set while its timers run, and summer comes and goes.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Calendar, createCalendar, isCron } from '../../../agent/monitor/cron.ts';
import { dueAtGap } from '../../../agent/monitor/gap.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const second = '* * * * * *';

let calendar: Calendar;
const steps: number[] = [];

const begin = (iso: string): void => void vi.setSystemTime(new Date(iso));
/** Sets the clock as date(1) does: timers and the monotonic clock go on as they were. */
const setClock = (byMs: number): void => void vi.setSystemTime(Date.now() + byMs);

function runsOf(cron: string, timezone: string | null = 'UTC') {
  const runs: string[] = [];
  const end = calendar.add(cron, timezone, () => void runs.push(new Date().toISOString()));
  return { runs, end };
}

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  begin('2026-11-20T02:30:00.500Z');
  steps.length = 0;
  calendar = createCalendar((stepMs) => void steps.push(stepMs));
});
afterEach(() => {
  calendar.stop();
  vi.restoreAllMocks();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a calendar', () => {
  it('runs each due time once', async () => {
    const { runs } = runsOf('0 3 * * *');
    await vi.advanceTimersByTimeAsync(2 * dayMs);
    expect(runs).toEqual(['2026-11-20T03:00:00.000Z', '2026-11-21T03:00:00.000Z']);
  });

  it('is in its timezone', async () => {
    const { runs } = runsOf('0 3 * * *', 'Asia/Tokyo');
    await vi.advanceTimersByTimeAsync(dayMs);
    expect(runs).toEqual(['2026-11-20T18:00:00.000Z']);
  });

  it('runs no more once it has ended', async () => {
    const { runs, end } = runsOf(second);
    const other = runsOf(second);
    await vi.advanceTimersByTimeAsync(2000);
    end();
    await vi.advanceTimersByTimeAsync(2000);
    expect([runs.length, other.runs.length]).toEqual([2, 4]);
  });

  it('may be ended by what it calls', async () => {
    let runs = 0;
    const end = calendar.add(second, null, () => {
      runs += 1;
      end();
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect(runs).toBe(1);
  });
});

describe.each([
  ['an hour forward', hourMs],
  ['an hour back', -hourMs],
  ['a day forward', dayMs],
  ['a day back', -dayMs],
])('a clock set %s', (_words, stepMs) => {
  it('neither makes a storm nor a stall', async () => {
    const { runs } = runsOf(second);
    await vi.advanceTimersByTimeAsync(10_000);
    setClock(stepMs);
    await vi.advanceTimersByTimeAsync(10_000);
    // The due time at which the step is seen, or the one until then, is no due time of the new clock.
    expect(runs.length).toBeGreaterThanOrEqual(18);
    expect(runs.length).toBeLessThanOrEqual(20);
    expect(new Set(runs).size).toBe(runs.length);
    expect(steps).toEqual([stepMs]);
  });

  it('lets the next due time count from the new clock', async () => {
    const { runs } = runsOf('0 * * * *');
    await vi.advanceTimersByTimeAsync(10_000);
    setClock(stepMs);
    await vi.advanceTimersByTimeAsync(hourMs);
    const next = new Date(Date.parse('2026-11-20T03:00:00.000Z') + stepMs).toISOString();
    expect(runs).toEqual([next]);
  });

  it('in the moment of a due time runs nothing of the old clock', async () => {
    const { runs } = runsOf('0 3 * * *');
    await vi.advanceTimersByTimeAsync(30 * 60_000 - 501);
    setClock(stepMs + 300_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runs).toEqual([]);
  });
});

describe('a clock set several times', () => {
  it('makes no more runs than seconds', async () => {
    const { runs } = runsOf(second);
    for (const stepMs of [hourMs, -dayMs, dayMs, -hourMs, 3 * hourMs]) {
      setClock(stepMs);
      await vi.advanceTimersByTimeAsync(5000);
    }
    expect(steps).toEqual([hourMs, -dayMs, dayMs, -hourMs, 3 * hourMs]);
    expect(runs.length).toBeGreaterThanOrEqual(20);
    expect(runs.length).toBeLessThanOrEqual(25);
  });
});

describe('a process that slept', () => {
  it('runs once for all that it missed', async () => {
    const { runs } = runsOf(second);
    await vi.advanceTimersByTimeAsync(3000);
    const asleep = 60_000;
    // Both clocks go on and nothing runs; then the one timer that is late fires.
    const monotonicMs = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => monotonicMs() + asleep);
    setClock(asleep);
    await vi.advanceTimersByTimeAsync(1000);
    expect(steps).toEqual([]);
    expect(runs.slice(3)).toEqual(['2026-11-20T02:31:04.000Z']);
  });
});

describe('summer time', () => {
  const berlin = 'Europe/Berlin';

  it('that begins skips no night and doubles none', async () => {
    begin('2027-03-27T12:00:00Z');
    calendar.stop();
    calendar = createCalendar((stepMs) => void steps.push(stepMs));
    const atTwo = runsOf('30 2 * * *', berlin);
    const atThree = runsOf('0 4 * * *', berlin);
    await vi.advanceTimersByTimeAsync(2 * dayMs);
    // 02:30 does not exist on the 28th: it is 03:30, half an hour after two.
    expect(atTwo.runs).toEqual(['2027-03-28T01:30:00.000Z', '2027-03-29T00:30:00.000Z']);
    expect(atThree.runs).toEqual(['2027-03-28T02:00:00.000Z', '2027-03-29T02:00:00.000Z']);
    expect(steps).toEqual([]);
  });

  it.each([
    ['Africa/Cairo', '2027-04-29T22:00:00Z'],
    ['America/Santiago', '2026-09-06T04:00:00Z'],
    ['America/Havana', '2027-03-14T05:00:00Z'],
    ['Asia/Beirut', '2027-03-27T22:00:00Z'],
  ])('that begins at midnight in %s skips no day', async (timezone, gapEnds) => {
    const after = (hours: number): string => new Date(Date.parse(gapEnds) + hours * hourMs).toISOString();
    begin(after(-1));
    calendar.stop();
    calendar = createCalendar((stepMs) => void steps.push(stepMs));
    const rules = ['0 0 * * *', '30 0 * * *', '30 0,1 * * *', '0 0,12 * * *', '0 12 * * *'];
    const [midnight, half, twice, noon, one] = rules.map((rule) => runsOf(rule, timezone).runs);
    await vi.advanceTimersByTimeAsync(dayMs + hourMs);
    expect(midnight).toEqual([after(0), after(23)]);
    expect(half).toEqual([after(0), after(23.5)]);
    expect(twice).toEqual([after(0.5), after(23.5)]);
    expect(noon).toEqual([after(0), after(11), after(23)]);
    expect(one).toEqual([after(11)]);
    expect(steps).toEqual([]);
  });

  it.each([
    ['0 0 30 4 *', '2027-04-29T22:00:00.000Z'],
    ['*/10 30 0 * 4 *', '2027-04-29T22:00:00.000Z'],
    ['0 0 29 4 *', '2028-04-28T22:00:00.000Z'],
    ['0 1 30 4 *', '2028-04-28T22:00:00.000Z'],
    ['0 0 * 5 *', '2028-04-28T22:00:00.000Z'],
  ])('that begins at midnight months from now: %s', (cron, due) => {
    const nowMs = Date.parse('2027-01-01T12:00:00Z');
    expect(new Date(dueAtGap(cron, 'Africa/Cairo', nowMs, Date.parse('2028-04-28T22:00:00Z')))).toEqual(
      new Date(due),
    );
  });

  it('that ends runs once in the hour that comes twice', async () => {
    begin('2026-10-24T12:00:00Z');
    calendar.stop();
    calendar = createCalendar((stepMs) => void steps.push(stepMs));
    const { runs } = runsOf('30 2 * * *', berlin);
    await vi.advanceTimersByTimeAsync(2 * dayMs);
    expect(runs).toHaveLength(2);
    expect(runs[0]).toMatch(/^2026-10-25T0[01]:30:00.000Z$/);
    expect(runs[1]).toBe('2026-10-26T01:30:00.000Z');
  });
});

describe('a rule', () => {
  it.each([
    ['0 3 * * *', 'Europe/Berlin', true],
    [second, null, true],
    ['0 3 * * *', 'Europe/Nowhere', false],
    ['0 3 31 2 *', null, false],
    ['61 * * * *', null, false],
    ['2027-01-01', null, false],
    ['2027', null, false],
    ['nonsense', null, false],
  ])('%s in %s is one: %s', (cron, timezone, is) => {
    expect(isCron(cron, timezone)).toBe(is);
  });
});
