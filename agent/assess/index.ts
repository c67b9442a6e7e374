// Expectations held against a measurement: a finding each, and the verdict of all. Pure.
import { Failure } from '../../shared/failure.ts';
import type { Measurement } from '../../shared/measurement.ts';
import type { Kind, Request, RequestOf } from '../../shared/request.ts';
import type { Finding, Result } from '../../shared/result.ts';
import { type Judgement, unknown } from './finding.ts';
import { withUsualStatus } from './http.ts';
import { type Expectations, type Judges, judges, reached } from './judges.ts';

type Asked<K extends Kind> = RequestOf<K> & { kind: K; expect: Expectations[K] };

const isJudged = <K extends Kind>(kind: K, name: string): name is keyof Expectations[K] & string =>
  Object.hasOwn(judges[kind], name);

function judge<E, R, N extends keyof E & string>(
  judgesOf: Judges<E, R>,
  name: N,
  { expect, request }: { expect: E; request: R },
  measured: Measurement,
): Judgement {
  const expected = expect[name];
  return expected == null
    ? unknown(null, `${name} expects nothing`)
    : judgesOf[name](expected, measured, request);
}

/** A finding per expectation, `reached` first. One that nobody here can judge is unknown, never passed over. */
function findings<K extends Kind>(request: Asked<K>, measured: Measurement): Finding[] {
  const { kind } = request;
  const expect: Expectations[K] = request.expect;
  const answered: Finding = { expectation: 'reached', expected: true, ...reached[kind](measured) };
  const others = Object.entries(expect).flatMap(([name, expected]): Finding[] => {
    if (expected === undefined) return [];
    const judged = isJudged(kind, name)
      ? judge(judges[kind], name, { expect, request }, measured)
      : unknown(null, `nobody judges ${name}`);
    return [{ expectation: name, expected, ...judged }];
  });
  return [answered, ...others];
}

export type Assessment = Pick<Result, 'verdict' | 'reason' | 'findings'> & { failed: Failure | null };

/** Any fail makes a fail; else any unknown an error; else it is a pass. Nothing unknown ever passes. */
export function assess(request: Request, measured: Measurement): Assessment {
  const all = findings(request.kind === 'http' ? withUsualStatus(request) : request, measured);
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
