// A monitor's probe as it stands in the file: a request without its asker.
import { budgetProblem } from '../../../shared/budget.ts';
import type { FieldProblem } from '../../../shared/issues.ts';
import { isRecord } from '../../../shared/record.ts';
import { type Kind, type Request, parseRequest } from '../../../shared/request.ts';
import { viaProblem } from './via.ts';

/** A probe as a request would ask for it: `body` is what goes through the pipeline, not yet parsed. */
export interface ProbeSettings {
  kind: Kind;
  body: Readonly<Record<string, unknown>>;
}

function timeProblems(request: Request): FieldProblem[] {
  if (request.kind !== 'ping' && request.kind !== 'traceroute') return [];
  const problem = budgetProblem(request);
  return problem === null ? [] : [{ path: '', message: problem }];
}

/** What is wrong with a probe; nothing where it would be taken as a request, and its via may mean something. */
export function probeProblems({ kind, body }: ProbeSettings, uplinks: readonly string[]): FieldProblem[] {
  const parsed = parseRequest(kind, body);
  const problems = parsed.ok ? timeProblems(parsed.request) : parsed.problems;
  if (problems.some(({ path }) => path === 'via')) return problems;
  const message = viaProblem(body['via'], uplinks);
  return message === null ? problems : [...problems, { path: 'via', message }];
}

const expectation = /^expect(?=\.|$)/;

/**
 * The probe's request with the limits of `warn` beside those of its `expect`, of which it has what `warn` leaves out: a
 * name that must not be there is softly expected not to be there too. Problems bear the path of `warn`.
 */
export function readWarning(
  { kind, body }: ProbeSettings,
  warn: Readonly<Record<string, unknown>>,
): { request: Request | null; problems: FieldProblem[] } {
  const { expect = {}, ...asked } = body;
  const problemsWith = (limits: object): FieldProblem[] => {
    const parsed = parseRequest(kind, { ...asked, expect: limits });
    if (parsed.ok) return [];
    return parsed.problems
      .filter(({ path }) => expectation.test(path))
      .map(({ path, message }) => ({ path: path.replace(expectation, 'warn'), message }));
  };
  const problems = problemsWith(warn);
  if (problems.length > 0 || !isRecord(expect)) return { request: null, problems };
  const both = { ...expect, ...warn };
  const parsed = parseRequest(kind, { ...asked, expect: both });
  if (parsed.ok) return { request: parsed.request, problems: [] };
  const ofExpect = parseRequest(kind, body);
  return { request: null, problems: ofExpect.ok ? problemsWith(both) : [] };
}
