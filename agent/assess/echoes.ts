// Expectations on echoes: was the target reached, how fast, how evenly, how completely. Pure.
import type { Measurement } from '../../shared/measurement.ts';
import { type Judgement, fail, figure, pass, unknown } from './finding.ts';
import { atLeast, atMost, roundTrip } from './latency.ts';

/** No reply at all fails it, whatever else was expected (design: it always exists). */
export function reached({ ping, refusal }: Measurement): Judgement {
  const received = ping?.received ?? 0;
  if (received > 0) return pass(true, `${received} of ${ping?.sent} echoes were answered`);
  const why = refusal === null ? '' : `: ${refusal}`;
  return fail(false, `no reply to ${ping?.sent ?? 0} echoes${why}`);
}

export const minLatencyMs = atLeast(roundTrip('minimum RTT', ({ ping }) => ping?.minMs));

export const maxLatencyMs = atMost(roundTrip('average RTT', ({ ping }) => ping?.avgMs));

const jitter = atMost(roundTrip('jitter', ({ ping }) => ping?.jitterMs));

export const maxJitterMs = (limit: number, measured: Measurement): Judgement =>
  measured.ping?.received === 1 ? unknown(null, 'jitter needs two answered echoes') : jitter(limit, measured);

export function maxLossPercent(limit: number, { ping }: Measurement): Judgement {
  if (ping === null || ping.sent === 0) return unknown(null, 'no echo was sent');
  const loss = ping.lossPercent;
  return loss > limit
    ? fail(loss, `${figure(loss)} % of the echoes were lost, more than ${limit} %`)
    : pass(loss, `${figure(loss)} % of the echoes were lost, at most ${limit} %`);
}
