// Reading a request in a test: the request, or what is wrong with it.
import type { FieldProblem } from '../../../../shared/issues.ts';
import { sayProblems } from '../../../../shared/issues.ts';
import { type Kind, type Request, parseRequest } from '../../../../shared/request.ts';

export function requestOf(kind: Kind, body: object): Request {
  const parsed = parseRequest(kind, body);
  if (!parsed.ok) throw new Error(sayProblems(parsed.problems));
  return parsed.request;
}

export function problemsOf(kind: Kind, body: object): FieldProblem[] {
  const parsed = parseRequest(kind, body);
  return parsed.ok ? [] : parsed.problems;
}

export const wordsOf = (kind: Kind, body: object): string => sayProblems(problemsOf(kind, body));
