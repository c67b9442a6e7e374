// The billing period that a moment falls in, by the machine's own time zone. Pure.

export interface Period {
  /** Its first moment, in ms since 1970: midnight where the machine stands. */
  start: number;
  /** The next one's first moment. */
  end: number;
}

/** Day 0 is the last of the month before. */
const lastDayOf = (year: number, month: number): number => new Date(year, month + 1, 0).getDate();

/** Months may be out of range: -1 is December of the year before. */
function resetIn(year: number, month: number, resetDay: number): number {
  const first = new Date(year, month, 1);
  const day = Math.min(resetDay, lastDayOf(first.getFullYear(), first.getMonth()));
  return new Date(first.getFullYear(), first.getMonth(), day).getTime();
}

/** `resetDay` is 1 to 31; in a month that has no such day, the last one. */
export function periodAt(epochMs: number, resetDay: number): Period {
  const date = new Date(epochMs);
  const [year, month] = [date.getFullYear(), date.getMonth()];
  const reset = resetIn(year, month, resetDay);
  return epochMs >= reset
    ? { start: reset, end: resetIn(year, month + 1, resetDay) }
    : { start: resetIn(year, month - 1, resetDay), end: reset };
}
