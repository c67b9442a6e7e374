// Figures from round trips. Pure.
import type { PingFigures } from '../../shared/result.ts';

const toMicroseconds = (ms: number): number => Math.round(ms * 1000) / 1000;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** What a row of echoes shows beside round trips. */
export interface Oddities {
  duplicates: number;
  reordered: number;
  late: number;
  clockStepped: boolean;
}

export const nothingOdd: Oddities = { duplicates: 0, reordered: 0, late: 0, clockStepped: false };

/** Of replies in the order they came, given by the numbers of their echoes: those that came after a later echo's. */
export function reorderedIn(arrivals: readonly number[]): number {
  let latest = -1;
  return arrivals.filter((number) => {
    const overtaken = number < latest;
    latest = Math.max(latest, number);
    return overtaken;
  }).length;
}

/** Mean difference between neighbouring round trips in ms, as icmplib reports jitter (not RFC 3550's); 0 for one, null for none. */
export function jitterMs(rttsMs: readonly number[]): number | null {
  if (rttsMs.length === 0) return null;
  const steps = rttsMs.slice(1).map((rtt, index) => Math.abs(rtt - (rttsMs[index] ?? rtt)));
  return steps.length === 0 ? 0 : mean(steps);
}

/** Population standard deviation in ms (as iputils' mdev); null for none. */
export function stddevMs(rttsMs: readonly number[]): number | null {
  if (rttsMs.length === 0) return null;
  const average = mean(rttsMs);
  return Math.sqrt(mean(rttsMs.map((rtt) => (rtt - average) ** 2)));
}

/** Round trips in the order sent (unanswered ones left out) and how many were sent; times to the microsecond. */
export function pingFigures(
  sent: number,
  rttsMs: readonly number[],
  odd: Oddities = nothingOdd,
): PingFigures {
  const received = rttsMs.length;
  const figure = (value: number | null): number | null => (value === null ? null : toMicroseconds(value));
  return {
    sent,
    received,
    lossPercent: sent === 0 ? 0 : toMicroseconds(((sent - received) / sent) * 100),
    rttsMs: rttsMs.map(toMicroseconds),
    minMs: figure(received === 0 ? null : Math.min(...rttsMs)),
    avgMs: figure(received === 0 ? null : mean(rttsMs)),
    maxMs: figure(received === 0 ? null : Math.max(...rttsMs)),
    stddevMs: figure(stddevMs(rttsMs)),
    jitterMs: figure(jitterMs(rttsMs)),
    duplicates: odd.duplicates,
    reordered: odd.reordered,
    late: odd.late,
    clockStepped: odd.clockStepped,
  };
}
