// py-pingu's checks, each a handful of echoes, as rounds of one echo. Pure.
export interface Check {
  count: number;
  max_lost: number;
  /** Seconds. */
  period?: number | undefined;
}

export interface Rounds {
  intervalMs: number;
  /** It is not quite what it would have to be. */
  limited: boolean;
  window: number;
  down: number;
  up: number;
  /** Percent; 0: off. */
  lossPercent: number;
}

/** What py-pingu leaves between two echoes of a check. */
const spacingMs = 500;
const hourMs = 3_600_000;
const mostInARow = 100;
const mostInWindow = 1000;

const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/**
 * As many echoes as before in the same time, evenly. A check fails that lost more than max_lost: so many in a row make a
 * line bad, and such a share of the last ones that are not in a row too. None at all fails whatever max_lost says.
 */
export function fit({ count, max_lost: mostLost, period = 0 }: Check, usualPeriod: number): Rounds {
  const meantMs = Math.round(((period === 0 ? usualPeriod : period) * 1000) / count);
  const intervalMs = within(meantMs, spacingMs, hourMs);
  // Upwards: a share is to be beyond it with one lost echo more, and not before.
  const share = Math.ceil((mostLost / count) * 100 * 10) / 10;
  return {
    intervalMs,
    limited: intervalMs !== meantMs,
    window: within(count, 1, mostInWindow),
    down: within(Math.min(mostLost + 1, count), 1, mostInARow),
    up: within(count - mostLost, 1, mostInARow),
    lossPercent: mostLost >= count ? 0 : share,
  };
}
