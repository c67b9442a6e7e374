// What is counted of a result. Pure.
import type { Result } from '../../shared/result.ts';

export interface Sample {
  kind: string;
  verdict: Result['verdict'];
  /** Empty where there was none. */
  failure: string;
  /** Null where the probe was asked for, not scheduled. */
  monitor: string | null;
  rttsSeconds: number[];
}

/** Each echo's round trip; the one of dns and egress; the whole time of http. */
function rttsMs({ ping, dns, http, egress }: Result): readonly (number | null)[] {
  return ping?.rttsMs ?? [dns?.rttMs ?? http?.totalMs ?? egress?.rttMs ?? null];
}

export const sampleOf = (result: Result, monitor: string | null): Sample => ({
  kind: result.kind ?? 'unknown',
  verdict: result.verdict,
  failure: result.failure?.code ?? '',
  monitor,
  rttsSeconds: rttsMs(result).flatMap((ms) => (ms === null ? [] : ms / 1000)),
});
