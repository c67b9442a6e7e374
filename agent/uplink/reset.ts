// When the program that is to bring an uplink back is due. Pure.
import type { Condition } from './health/condition.ts';

export interface ResetSettings {
  /** Rounds that the uplink must have been down for. */
  after: number;
  /** The least time from one run's start to the next. */
  graceMs: number;
}

/**
 * In how many ms it is due; null where it is not, as things are: only a line that has all it needs and is silent all the
 * same, at its gateway or behind it, is helped by it. `lastRunMs` is null before the first run.
 */
export function resetDueMs(
  { health, place, downFromMs }: Pick<Condition, 'health' | 'place' | 'downFromMs'>,
  { after, graceMs }: ResetSettings,
  roundMs: number,
  lastRunMs: number | null,
  nowMs: number,
): number | null {
  if (health !== 'down' || downFromMs === null || (place !== 'gateway' && place !== 'isp')) return null;
  const earliestMs = Math.max(downFromMs + after * roundMs, (lastRunMs ?? -Infinity) + graceMs);
  return Math.max(0, earliestMs - nowMs);
}
