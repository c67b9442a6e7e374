// Billing periods by the calendar on the wall: short months, leap years, clocks that are set for summer.
import { afterEach, expect, it, vi } from 'vitest';
import { periodAt } from '../../../agent/budget/period.ts';

afterEach(() => void vi.unstubAllEnvs());

function periodOf(zone: string, moment: string, resetDay: number): string[] {
  vi.stubEnv('TZ', zone);
  const { start, end } = periodAt(Date.parse(moment), resetDay);
  return [new Date(start).toISOString(), new Date(end).toISOString()];
}

// prettier-ignore
it.each<[what: string, zone: string, moment: string, resetDay: number, start: string, end: string]>([
  ['the month', 'UTC', '2026-11-20T07:00:00Z', 1, '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
  ['its first moment', 'UTC', '2026-11-01T00:00:00Z', 1, '2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'],
  ['the last moment before', 'UTC', '2026-10-31T23:59:59.999Z', 1, '2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
  ['a day not yet come', 'UTC', '2026-11-14T12:00:00Z', 15, '2026-10-15T00:00:00.000Z', '2026-11-15T00:00:00.000Z'],
  ['the turn of the year', 'UTC', '2027-01-03T12:00:00Z', 15, '2026-12-15T00:00:00.000Z', '2027-01-15T00:00:00.000Z'],
  ['December into January', 'UTC', '2026-12-20T12:00:00Z', 15, '2026-12-15T00:00:00.000Z', '2027-01-15T00:00:00.000Z'],
  ['February, which has no 31st', 'UTC', '2027-02-28T12:00:00Z', 31, '2027-02-28T00:00:00.000Z', '2027-03-31T00:00:00.000Z'],
  ['before it in a short month', 'UTC', '2027-02-27T12:00:00Z', 31, '2027-01-31T00:00:00.000Z', '2027-02-28T00:00:00.000Z'],
  ['a leap year', 'UTC', '2028-03-01T12:00:00Z', 30, '2028-02-29T00:00:00.000Z', '2028-03-30T00:00:00.000Z'],
  ['summer time beginning in it', 'Europe/Berlin', '2026-03-30T12:00:00Z', 1, '2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
  ['a zone where it is tomorrow', 'Pacific/Auckland', '2026-10-31T12:00:00Z', 1, '2026-10-31T11:00:00.000Z', '2026-11-30T11:00:00.000Z'],
  ['a zone without that midnight', 'America/Havana', '2026-03-08T12:00:00Z', 8, '2026-03-08T05:00:00.000Z', '2026-04-08T04:00:00.000Z'],
])('%s', (_what, zone, moment, resetDay, start, end) => {
  expect(periodOf(zone, moment, resetDay)).toEqual([start, end]);
});
