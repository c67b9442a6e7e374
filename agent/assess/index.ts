// Expectations held against a measurement: a finding each, and the verdict of all. Pure.
import { Failure } from '../../shared/failure.ts';
import type { Request, RequestOf } from '../../shared/request.ts';
import type { Finding, Result, Route } from '../../shared/result.ts';
import type { Measurement } from '../../shared/measurement.ts';
import * as echoes from './echoes.ts';
import { type Judgement, unknown } from './finding.ts';
import * as network from './network.ts';
import * as route from './route.ts';

type TraceExpectations = RequestOf<'traceroute'>['expect'];
type Name = keyof TraceExpectations;
type Expected<N extends Name> = NonNullable<TraceExpectations[N]>;
type Judge<N extends Name> = (
  expected: Expected<N>,
  measured: Measurement,
  all: TraceExpectations,
) => Judgement;

type Judges = { [N in Name]: Judge<N> };

const onRoute =
  <T>(judge: (expected: T, measured: Route, maxSilentHops: number | undefined) => Judgement) =>
  (expected: T, { traceroute }: Measurement, all: TraceExpectations): Judgement =>
    traceroute === null
      ? unknown(null, 'there is no route to judge')
      : judge(expected, traceroute, all.maxSilentHops);

const judges: Judges = {
  minLatencyMs: echoes.minLatencyMs,
  maxLatencyMs: echoes.maxLatencyMs,
  maxLossPercent: echoes.maxLossPercent,
  maxJitterMs: echoes.maxJitterMs,
  routeIncludes: onRoute(route.routeIncludes),
  routeExcludes: onRoute(route.routeExcludes),
  orgIncludes: onRoute(network.orgIncludes),
  orgExcludes: onRoute(network.orgExcludes),
  asPathIncludes: onRoute(network.asPathIncludes),
  countriesExclude: onRoute(network.countriesExclude),
  minHops: onRoute(route.minHops),
  maxHops: onRoute(route.maxHops),
  maxSilentHops: onRoute(route.maxSilentHops),
};

function judge<N extends Name>(name: N, all: TraceExpectations, measured: Measurement): Judgement {
  const expected = all[name];
  return expected === undefined
    ? unknown(null, `${name} expects nothing`)
    : judges[name](expected, measured, all);
}

const isName = (key: string): key is Name => Object.hasOwn(judges, key);

/** A finding per expectation, `reached` first. One that nobody here can judge is unknown, never passed over. */
function findings({ expect }: Request, measured: Measurement): Finding[] {
  const reached: Finding = { expectation: 'reached', expected: true, ...echoes.reached(measured) };
  const others = Object.entries(expect).flatMap(([name, expected]): Finding[] => {
    if (expected === undefined) return [];
    const judged = isName(name) ? judge(name, expect, measured) : unknown(null, `nobody judges ${name}`);
    return [{ expectation: name, expected, ...judged }];
  });
  return [reached, ...others];
}

export type Assessment = Pick<Result, 'verdict' | 'reason' | 'findings'> & { failed: Failure | null };

/** Any fail makes a fail; else any unknown an error; else it is a pass. Nothing unknown ever passes. */
export function assess(request: Request, measured: Measurement): Assessment {
  const all = findings(request, measured);
  const saying = (status: Finding['status']): string =>
    all
      .filter((finding) => finding.status === status)
      .map(({ reason }) => reason)
      .join('; ');
  if (all.some(({ status }) => status === 'fail')) {
    return { verdict: 'fail', reason: saying('fail'), findings: all, failed: null };
  }
  if (all.some(({ status }) => status === 'unknown')) {
    const reason = saying('unknown');
    return { verdict: 'error', reason, findings: all, failed: new Failure('unjudged', reason) };
  }
  return { verdict: 'pass', reason: saying('pass'), findings: all, failed: null };
}
