// The keys of history: a monitor's points stand together, in the order of time. Pure.

/** Until the year 33658; a clock before 1970 is taken for 1970. */
const digits = 15;
const lastMs = 10 ** digits - 1;

const stamp = (atMs: number): string =>
  String(Math.min(lastMs, Math.max(0, Math.floor(atMs)))).padStart(digits, '0');

/** No monitor's name has a slash. */
export const keyOf = (monitor: string, atMs: number): string => `${monitor}/${stamp(atMs)}`;

/** From one moment to another, both included. */
export const rangeOf = (monitor: string, fromMs: number, toMs: number): { from: string; before: string } => ({
  from: keyOf(monitor, fromMs),
  before: `${keyOf(monitor, toMs)}+`,
});

export const wholeRange = (monitor: string): { from: string; before: string } => rangeOf(monitor, 0, lastMs);
