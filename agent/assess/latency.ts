// Limits on how long an answer took, whatever kind it answers. Pure.
import type { Measurement } from '../../shared/measurement.ts';
import { type Judgement, fail, figure, pass, unknown } from './finding.ts';

/** What was timed, as sentences call it (`minimum RTT`; several of them are `round trips`), and its milliseconds. */
export interface Timed {
  name: string;
  one: string;
  several: string;
  msOf: (measured: Measurement) => number | null | undefined;
}

export type LatencyJudge = (limit: number, measured: Measurement) => Judgement;

/** Judges a time by a limit; unknown where nothing was timed, or where the clock was set meanwhile. */
const timed =
  ({ name, one, several, msOf }: Timed, judge: (ms: number, limit: number, saying: string) => Judgement) =>
  (limit: number, measured: Measurement): Judgement => {
    const ms = msOf(measured);
    if (ms == null) return unknown(null, `there is no ${one} to judge`);
    if (measured.clockStepped) return unknown(ms, `the clock was set meanwhile, so ${several} prove nothing`);
    return judge(ms, limit, `${name} ${figure(ms)} ms`);
  };

export const atLeast = (what: Timed): LatencyJudge =>
  timed(what, (ms, limit, saying) =>
    ms < limit
      ? fail(ms, `${saying} is less than ${limit} ms`)
      : pass(ms, `${saying} is at least ${limit} ms`),
  );

export const atMost = (what: Timed): LatencyJudge =>
  timed(what, (ms, limit, saying) =>
    ms > limit
      ? fail(ms, `${saying} is more than ${limit} ms`)
      : pass(ms, `${saying} is at most ${limit} ms`),
  );

/** Both limits on one time. */
export const limitsOn = (what: Timed): { minLatencyMs: LatencyJudge; maxLatencyMs: LatencyJudge } => ({
  minLatencyMs: atLeast(what),
  maxLatencyMs: atMost(what),
});

/** A round trip, by the name that sentences give it. */
export const roundTrip = (name: string, msOf: Timed['msOf']): Timed => ({
  name,
  one: 'round trip',
  several: 'round trips',
  msOf,
});
