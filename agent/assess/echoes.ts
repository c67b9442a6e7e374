// Expectations on echoes: was the target reached, how fast, how evenly, how completely. Pure.
import type { Measurement } from '../../shared/measurement.ts';
import { type Judgement, fail, figure, pass, unknown } from './finding.ts';

type Measured = Pick<Measurement, 'ping' | 'traceroute' | 'clockStepped' | 'refusal'>;

/** No reply at all fails it, whatever else was expected (design: it always exists). */
export function reached({ ping, refusal }: Measured): Judgement {
  const received = ping?.received ?? 0;
  if (received > 0) return pass(true, `${received} of ${ping?.sent} echoes were answered`);
  const why = refusal === null ? '' : `: ${refusal}`;
  return fail(false, `no reply to ${ping?.sent ?? 0} echoes${why}`);
}

function latency(
  measuredMs: number | null | undefined,
  { clockStepped }: Measured,
  judge: (ms: number) => Judgement,
): Judgement {
  if (measuredMs == null) return unknown(null, 'there is no round trip to judge');
  if (clockStepped) return unknown(measuredMs, 'the clock was set meanwhile, so round trips prove nothing');
  return judge(measuredMs);
}

export const minLatencyMs = (limit: number, measured: Measured): Judgement =>
  latency(measured.ping?.minMs, measured, (ms) =>
    ms < limit
      ? fail(ms, `minimum RTT ${figure(ms)} ms is less than ${limit} ms`)
      : pass(ms, `minimum RTT ${figure(ms)} ms is at least ${limit} ms`),
  );

export const maxLatencyMs = (limit: number, measured: Measured): Judgement =>
  latency(measured.ping?.avgMs, measured, (ms) =>
    ms > limit
      ? fail(ms, `average RTT ${figure(ms)} ms is more than ${limit} ms`)
      : pass(ms, `average RTT ${figure(ms)} ms is at most ${limit} ms`),
  );

export function maxJitterMs(limit: number, measured: Measured): Judgement {
  if (measured.ping !== null && measured.ping.received === 1) {
    return unknown(null, 'jitter needs two answered echoes');
  }
  return latency(measured.ping?.jitterMs, measured, (ms) =>
    ms > limit
      ? fail(ms, `jitter ${figure(ms)} ms is more than ${limit} ms`)
      : pass(ms, `jitter ${figure(ms)} ms is at most ${limit} ms`),
  );
}

export function maxLossPercent(limit: number, { ping }: Measured): Judgement {
  if (ping === null || ping.sent === 0) return unknown(null, 'no echo was sent');
  const loss = ping.lossPercent;
  return loss > limit
    ? fail(loss, `${figure(loss)} % of the echoes were lost, more than ${limit} %`)
    : pass(loss, `${figure(loss)} % of the echoes were lost, at most ${limit} %`);
}
