// Which HTTP status a result has (design: HTTP bridge), as a table by whose fault it is.
import type { FailureCode, FailureReport, FailureSource } from '../../../shared/failure.ts';
import type { Result } from '../../../shared/result.ts';

const byCode: Partial<Record<FailureCode, number>> = {
  budgetExhausted: 429,
  queueFull: 429,
  noRawSockets: 503,
  stopping: 503,
};

const bySource: Record<FailureSource, number> = {
  request: 400,
  policy: 403,
  uplink: 500,
  resolver: 500,
  target: 500,
  local: 500,
  internal: 500,
};

/** A queue of pings is done by then. */
const soonSeconds = 5;
/** A budget lasts for weeks, and may be raised at any time. */
const muchLaterSeconds = 3600;

/** How long an asker that came at a bad moment does well to wait; null where waiting does not help. */
export function retryAfterSeconds(failure: FailureReport | null): number | null {
  if (failure === null || statusOfFailure(failure) !== 429) return null;
  return failure.code === 'budgetExhausted' ? muchLaterSeconds : soonSeconds;
}

export const statusOfFailure = ({ code, source }: FailureReport): number => byCode[code] ?? bySource[source];

export function statusOf({ verdict, failure }: Result): number {
  if (verdict === 'pass') return 200;
  return verdict === 'error' && failure !== null ? statusOfFailure(failure) : 500;
}
