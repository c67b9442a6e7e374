// How much of a body is wanted, and what it means that there was more. Pure.
import { Failure } from '../../../shared/failure.ts';
import type { RequestOf } from '../../../shared/request.ts';
import type { Fetched } from './fetch.ts';

type Expectation = RequestOf<'http'>['expect'];

const mostUnjudgedBytes = 64 << 10;
const mostJudgedBytes = 1 << 20;

const isJudged = ({ bodyIncludes, bodyExcludes }: Expectation): boolean =>
  bodyIncludes !== undefined || bodyExcludes !== undefined;

export const mostBodyBytes = (expect: Expectation): number =>
  isJudged(expect) ? mostJudgedBytes : mostUnjudgedBytes;

/** Whether the beginning of a body tells all that is expected of the whole. */
function isSettledBy(text: string, { bodyIncludes = [], bodyExcludes = [] }: Expectation): boolean {
  if (bodyExcludes.some((banned) => text.includes(banned))) return true;
  return bodyExcludes.length === 0 && bodyIncludes.every((wanted) => text.includes(wanted));
}

/** A body that goes on beyond what is fetched of it, where what was fetched does not tell what it was fetched for. */
export function unsettledBody(expect: Expectation, { body, bodyBytes, announcedBytes }: Fetched) {
  if (body === null || body.complete || !isJudged(expect) || isSettledBy(body.text, expect)) return null;
  const judged = `the ${bodyBytes} bytes that are fetched at most don't settle what is expected of it`;
  return announcedBytes === null
    ? new Failure('answerEndless', `the body has no announced end, and ${judged}`)
    : new Failure('answerTooLarge', `the body is ${announcedBytes} bytes long, and ${judged}`);
}
