// How a request's time is shared out: pure arithmetic on what was asked for.

interface EchoTimes {
  count: number;
  intervalMs: number;
  waitMs: number;
  timeoutMs: number;
}

const marginMs = (timeoutMs: number): number => Math.min(100, timeoutMs / 10);

/** Why a row of echoes can't fit into its time limit; null where it can. */
export function budgetProblem({ count, intervalMs, timeoutMs }: EchoTimes): string | null {
  const lastSendMs = (count - 1) * intervalMs;
  if (lastSendMs + marginMs(timeoutMs) < timeoutMs) return null;
  return `timeoutMs: ${count} echoes ${intervalMs} ms apart take ${lastSendMs} ms and do not fit into ${timeoutMs} ms`;
}

/** How long the echo with this number (from 0) may wait, so that its loss is known before the time limit. */
export const waitOf = (index: number, { intervalMs, waitMs, timeoutMs }: EchoTimes): number =>
  Math.max(1, Math.min(waitMs, timeoutMs - marginMs(timeoutMs) - index * intervalMs));

/** What a request may spend before its first echo without taking any of them its whole wait; 0 where that is nothing. */
export const slackOf = ({ count, intervalMs, waitMs, timeoutMs }: EchoTimes): number =>
  Math.max(0, timeoutMs - marginMs(timeoutMs) - (count - 1) * intervalMs - waitMs);

/** Tells from now on how many ms are left for packets: less the margin, so that a probe ends before its deadline does. */
export function spareOf(timeoutMs: number, nowMs: () => number = () => performance.now()): () => number {
  const endMs = nowMs() + timeoutMs - marginMs(timeoutMs);
  return () => Math.max(0, endMs - nowMs());
}

/**
 * How long a request may wait for a name whose last good address is known: a second, a quarter of its time, and no echo's
 * turn.
 */
export function patienceWithReserve(request: { timeoutMs: number } & Partial<EchoTimes>): number {
  const { timeoutMs, count = 1, intervalMs = 0 } = request;
  const lastSendMs = (count - 1) * intervalMs;
  return Math.max(1, Math.min(1000, timeoutMs / 4, (timeoutMs - marginMs(timeoutMs) - lastSendMs) / 2));
}

/** The request as it stands once so much of its time has gone; what is less than a millisecond has not. */
export const withoutTime = <R extends { timeoutMs: number }>(request: R, spentMs: number): R => ({
  ...request,
  timeoutMs: Math.max(1, request.timeoutMs - Math.floor(spentMs)),
});
