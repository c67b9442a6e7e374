// How long an answer is waited for, by the round trips so far (RFC 6298, section 2). Pure.

/** A target's smoothed round trip and its deviation, in ms. */
export interface RoundTrip {
  smoothedMs: number;
  deviationMs: number;
}

/** After one more round trip; `before` is null where there was none. */
export function smoothed(before: RoundTrip | null, rttMs: number): RoundTrip {
  if (before === null) return { smoothedMs: rttMs, deviationMs: rttMs / 2 };
  const { smoothedMs, deviationMs } = before;
  return {
    deviationMs: (3 / 4) * deviationMs + (1 / 4) * Math.abs(smoothedMs - rttMs),
    smoothedMs: (7 / 8) * smoothedMs + (1 / 8) * rttMs,
  };
}

// A steady line's deviation goes to nothing; on a long one the first hiccup would then be over the wait.
const leastShare = 1 / 4;

function waitMs(roundTrip: RoundTrip | null, floorMs: number, timeoutMs: number): number {
  if (roundTrip === null) return timeoutMs;
  const { smoothedMs, deviationMs } = roundTrip;
  const expectedMs = smoothedMs + Math.max(4 * deviationMs, leastShare * smoothedMs);
  return Math.min(Math.max(expectedMs, floorMs), timeoutMs);
}

/** After so many ms without an answer something may be wrong. */
export const suspicionWaitMs = (roundTrip: RoundTrip | null, timeoutMs: number): number =>
  waitMs(roundTrip, 100, timeoutMs);

/** After so many ms an echo without an answer is lost. */
export const decidingWaitMs = (roundTrip: RoundTrip | null, timeoutMs: number): number =>
  waitMs(roundTrip, 250, timeoutMs);

/**
 * After so many ms without any answer a burst is over. Longer than for one echo: a line whose buffers fill up at once (bufferbloat)
 * may take that long, and is not down.
 */
export const burstWaitMs = (roundTrip: RoundTrip | null, timeoutMs: number): number =>
  waitMs(roundTrip, 400, timeoutMs);
