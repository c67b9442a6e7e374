// How long to wait before the next attempt to reach the broker.

export interface Backoff {
  firstMs: number;
  maxMs: number;
}

/**
 * Milliseconds to wait after `failures` failed attempts in a row (0 for the first): doubling from `firstMs` to `maxMs`,
 * and spread over the upper half, so that a fleet does not come back in step after its broker's restart.
 */
export function backoffMs(failures: number, random: () => number, { firstMs, maxMs }: Backoff): number {
  const upper = Math.min(maxMs, firstMs * 2 ** (failures + 1));
  const lower = Math.max(Math.min(firstMs, maxMs), upper / 2);
  return Math.round(lower + random() * (upper - lower));
}
