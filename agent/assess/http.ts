// Expectations on an HTTP answer: its status, its body, its certificate, where it leads, how long it took. Pure.
import type { Measurement } from '../../shared/measurement.ts';
import type { RequestOf } from '../../shared/request.ts';
import type { HttpFigures } from '../../shared/result.ts';
import { type Judgement, fail, figure, pass, unknown } from './finding.ts';
import { limitsOn } from './latency.ts';

type HttpRequest = RequestOf<'http'>;
type StatusCodes = NonNullable<HttpRequest['expect']['statusCodes']>;

/** A status is always judged: by what is usual where the request names none. */
export function withUsualStatus(request: HttpRequest): HttpRequest {
  const { statusCodes, ...others } = request.expect;
  const usual = others.redirectsTo === undefined ? '200-299' : '300-399';
  return { ...request, expect: { statusCodes: statusCodes ?? [usual], ...others } };
}

export function reached({ http, address, refusal }: Measurement): Judgement {
  if (http?.statusCode == null) {
    const from = address === null ? '' : ` from ${address}`;
    return fail(false, `no HTTP answer${from}${refusal === null ? '' : `: ${refusal}`}`);
  }
  const after = http.totalMs === null ? '' : ` after ${figure(http.totalMs)} ms`;
  return pass(true, `HTTP ${http.statusCode}${after}`);
}

type Answered = HttpFigures & { statusCode: number };

const isAnswered = (http: HttpFigures | null): http is Answered => http?.statusCode != null;

const onAnswer =
  <T>(judge: (expected: T, http: Answered, request: HttpRequest) => Judgement) =>
  (expected: T, { http }: Measurement, request: HttpRequest): Judgement =>
    isAnswered(http) ? judge(expected, http, request) : unknown(null, 'there is no HTTP answer to judge');

const times = { name: 'total time', one: 'time', several: 'times' };
export const { minLatencyMs, maxLatencyMs } = limitsOn({ ...times, msOf: ({ http }) => http?.totalMs });

function isWithin(status: number, range: StatusCodes[number]): boolean {
  const [first, last = first] = String(range).split('-').map(Number);
  return first !== undefined && last !== undefined && first <= status && status <= last;
}

export const statusCodes = onAnswer((expected: StatusCodes, { statusCode }) =>
  expected.some((range) => isWithin(statusCode, range))
    ? pass(statusCode, `status ${statusCode} is in ${expected.join(', ')}`)
    : fail(statusCode, `status ${statusCode} is not in ${expected.join(', ')}`),
);

const onBody =
  <T>(judge: (expected: T, body: NonNullable<Measurement['httpBody']>) => Judgement) =>
  (expected: T, { httpBody }: Measurement, { method }: HttpRequest): Judgement => {
    if (method === 'HEAD') return unknown(null, 'HEAD fetches no body');
    return httpBody === null ? unknown(null, 'no body was fetched') : judge(expected, httpBody);
  };

const quoted = (texts: readonly string[]): string => texts.map((text) => JSON.stringify(text)).join(', ');

/** Why a text that is not found may be in the body for all that; null where it can't. */
const bodyGap = ({ complete, unreadable }: NonNullable<Measurement['httpBody']>): string | null =>
  unreadable ?? (complete ? null : 'only its beginning was fetched');

export const bodyIncludes = onBody((wanted: readonly string[], body) => {
  const { text } = body;
  const found = wanted.filter((part) => text.includes(part));
  const missing = wanted.filter((part) => !text.includes(part));
  if (missing.length === 0) return pass(found, `the body holds ${quoted(wanted)}`);
  const sentence = `the body does not hold ${quoted(missing)}`;
  const gap = bodyGap(body);
  return gap === null ? fail(found, sentence) : unknown(found, `${sentence} as far as is known: ${gap}`);
});

export const bodyExcludes = onBody((banned: readonly string[], body) => {
  const { text } = body;
  const found = banned.filter((part) => text.includes(part));
  if (found.length > 0) return fail(found, `the body holds ${quoted(found)}`);
  const sentence = `the body does not hold ${quoted(banned)}`;
  const gap = bodyGap(body);
  return gap === null ? pass(found, sentence) : unknown(found, `${sentence} as far as is known: ${gap}`);
});

export const certificateDaysLeft = onAnswer((limit: number, { certificateDaysLeft: days }, { target }) => {
  if (days === null) {
    return /^http:/i.test(target)
      ? unknown(null, 'http: shows no certificate')
      : unknown(null, 'nobody told how long the certificate is valid');
  }
  const sentence = `the certificate is valid for ${figure(days)} more days`;
  return days < limit
    ? fail(days, `${sentence}, fewer than ${limit}`)
    : pass(days, `${sentence}, at least ${limit}`);
});

/** One spelling of a URL, host and all (`https://One.example` is `https://one.example/`); no more than a part stays. */
const spelt = (text: string): string => (URL.canParse(text) ? new URL(text).href : text);

export const redirectsTo = onAnswer((wanted: string, { statusCode, redirectsTo: url }) => {
  if (url === null) return fail(null, `status ${statusCode} leads nowhere, not to ${wanted}`);
  return spelt(url).startsWith(spelt(wanted))
    ? pass(url, `it leads to ${url}`)
    : fail(url, `it leads to ${url}, not to ${wanted}`);
});
