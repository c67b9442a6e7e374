// What is counted of a result. Pure.
import type { Result } from '../../shared/result.ts';

/** `failure` is empty where there was none. */
export const labelsOf = ({ kind, verdict, failure }: Result) => ({
  kind: kind ?? 'unknown',
  verdict,
  failure: failure?.code ?? '',
});

/** Each echo's round trip; the one of dns and egress; the whole time of http. */
function rttsMs({ ping, dns, http, egress }: Result): readonly (number | null)[] {
  return ping?.rttsMs ?? [dns?.rttMs ?? http?.totalMs ?? egress?.rttMs ?? null];
}

export const rttsSecondsOf = (result: Result): number[] =>
  rttsMs(result).flatMap((ms) => (ms === null ? [] : ms / 1000));
