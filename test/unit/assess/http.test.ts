// Expectations on an HTTP answer: each one passing, failing and unknown, in the words that become the reason.
import { describe, expect, it } from 'vitest';
import {
  bodyExcludes,
  bodyIncludes,
  certificateDaysLeft,
  maxLatencyMs,
  minLatencyMs,
  reached,
  redirectsTo,
  statusCodes,
} from '../../../agent/assess/http.ts';
import { assess } from '../../../agent/assess/index.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import type { RequestOf } from '../../../shared/request.ts';
import type { HttpFigures } from '../../../shared/result.ts';
import { requestOf } from '../shared/request/reading.ts';
import { httpFigures, measured } from './measured.ts';

type Told = [status: string, measured: unknown, reason: string];

function asking(body: object = {}): RequestOf<'http'> {
  const request = requestOf('http', { target: 'https://one.example/', ...body });
  if (request.kind !== 'http') throw new Error('no http request');
  return request;
}

const answered = (given: Partial<HttpFigures> = {}, more: Partial<Measurement> = {}): Measurement =>
  measured({ address: '192.0.2.80', ping: null, http: httpFigures(given), ...more });
const page = (text: string, complete = true, unreadable: string | null = null): Measurement =>
  answered({}, { httpBody: { text, complete, unreadable } });
const gzip = 'its Content-Encoding is gzip';
const silence = measured({ address: '192.0.2.80', ping: null });
const nothing = 'there is no HTTP answer to judge';

describe('reached', () => {
  // prettier-ignore
  it.each<[what: string, given: Measurement, ...Told]>([
    ['by an answer', answered(), 'pass', true, 'HTTP 200 after 45 ms'],
    ['by an answer that says no', answered({ statusCode: 503 }), 'pass', true, 'HTTP 503 after 45 ms'],
    ['by an answer nobody timed', answered({ totalMs: null }), 'pass', true, 'HTTP 200'],
    ['by a connection without an answer', answered({ statusCode: null }), 'fail', false, 'no HTTP answer from 192.0.2.80'],
    ['by nothing', silence, 'fail', false, 'no HTTP answer from 192.0.2.80'],
    ['by nothing, and the network says why', { ...silence, refusal: '192.0.2.80 refuses connections' }, 'fail', false, 'no HTTP answer from 192.0.2.80: 192.0.2.80 refuses connections'],
    ['by nothing, of an address unknown', measured(), 'fail', false, 'no HTTP answer'],
  ])('%s', (_what, given, status, value, reason) =>
    expect(reached(given)).toEqual({ status, measured: value, reason }),
  );
});

describe('latency', () => {
  const clock = 'the clock was set meanwhile, so times prove nothing';
  // prettier-ignore
  it.each<[judge: 'min' | 'max', limit: number, given: Measurement, ...Told]>([
    ['min', 45, answered(), 'pass', 45, 'total time 45 ms is at least 45 ms'],
    ['min', 46, answered(), 'fail', 45, 'total time 45 ms is less than 46 ms'],
    ['max', 45, answered(), 'pass', 45, 'total time 45 ms is at most 45 ms'],
    ['max', 44, answered(), 'fail', 45, 'total time 45 ms is more than 44 ms'],
    ['min', 1, answered({ totalMs: null }), 'unknown', null, 'there is no time to judge'],
    ['max', 1, silence, 'unknown', null, 'there is no time to judge'],
    ['max', 99, answered({}, { clockStepped: true }), 'unknown', 45, clock],
  ])('%s %d', (judge, limit, given, status, value, reason) => {
    const judged = (judge === 'min' ? minLatencyMs : maxLatencyMs)(limit, given);
    expect(judged).toEqual({ status, measured: value, reason });
  });
});

describe('statusCodes', () => {
  // prettier-ignore
  it.each<[expected: (number | string)[], given: Measurement, ...Told]>([
    [[200], answered(), 'pass', 200, 'status 200 is in 200'],
    [['200'], answered(), 'pass', 200, 'status 200 is in 200'],
    [['200-299'], answered({ statusCode: 299 }), 'pass', 299, 'status 299 is in 200-299'],
    [['200-299', 404], answered({ statusCode: 404 }), 'pass', 404, 'status 404 is in 200-299, 404'],
    [['200-299'], answered({ statusCode: 300 }), 'fail', 300, 'status 300 is not in 200-299'],
    [['200-299'], answered({ statusCode: 199 }), 'fail', 199, 'status 199 is not in 200-299'],
    [[204], answered(), 'fail', 200, 'status 200 is not in 204'],
    [[200], answered({ statusCode: null }), 'unknown', null, nothing],
    [[200], silence, 'unknown', null, nothing],
  ])('%j', (expected, given, status, value, reason) =>
    expect(statusCodes(expected, given, asking())).toEqual({ status, measured: value, reason }),
  );

  // prettier-ignore
  it.each<[what: string, expected: object, status: number, verdict: string, range: unknown]>([
    ['200-299 where nothing is said', {}, 204, 'pass', ['200-299']],
    ['200-299 where nothing is said', {}, 302, 'fail', ['200-299']],
    ['300-399 where a redirection is expected', { redirectsTo: 'https://portal.example' }, 302, 'pass', ['300-399']],
    ['300-399 where a redirection is expected', { redirectsTo: 'https://portal.example' }, 200, 'fail', ['300-399']],
    ['what is said', { redirectsTo: 'https://portal.example', statusCodes: [511] }, 511, 'pass', [511]],
  ])('are always judged: %s', (_what, expected, statusCode, verdict, range) => {
    const given = answered({ statusCode, redirectsTo: 'https://portal.example/' });
    const { verdict: said, findings } = assess(asking({ expect: expected }), given);
    expect(said).toBe(verdict);
    expect(findings[1]).toMatchObject({ expectation: 'statusCodes', expected: range });
  });
});

describe('bodyIncludes', () => {
  // prettier-ignore
  it.each<[what: string, given: Measurement, ...Told]>([
    ['found', page('all is well, thank you'), 'pass', ['is well', 'thank'], 'the body holds "is well", "thank"'],
    ['found before it was cut', page('all is well, thanks', false), 'pass', ['is well', 'thank'], 'the body holds "is well", "thank"'],
    ['one missing', page('all is well'), 'fail', ['is well'], 'the body does not hold "thank"'],
    ['in other letters', page('All Is Well, Thank You'), 'fail', [], 'the body does not hold "is well", "thank"'],
    ['one perhaps where it was cut', page('all is well', false), 'unknown', ['is well'], 'the body does not hold "thank" as far as is known: only its beginning was fetched'],
    ['perhaps where it can not be read', page('all is well', true, gzip), 'unknown', ['is well'], `the body does not hold "thank" as far as is known: ${gzip}`],
    ['found where the rest can not be read', page('all is well, thanks', true, gzip), 'pass', ['is well', 'thank'], 'the body holds "is well", "thank"'],
    ['in an empty body', page(''), 'fail', [], 'the body does not hold "is well", "thank"'],
    ['where none was fetched', answered(), 'unknown', null, 'no body was fetched'],
  ])('%s', (_what, given, status, value, reason) =>
    expect(bodyIncludes(['is well', 'thank'], given, asking())).toEqual({ status, measured: value, reason }),
  );
});

describe('bodyExcludes', () => {
  // prettier-ignore
  it.each<[what: string, given: Measurement, ...Told]>([
    ['not found', page('welcome'), 'pass', [], 'the body does not hold "log in", "pay"'],
    ['found', page('please log in'), 'fail', ['log in'], 'the body holds "log in"'],
    ['found before it was cut', page('pay', false), 'fail', ['pay'], 'the body holds "pay"'],
    ['perhaps where it was cut', page('welcome', false), 'unknown', [], 'the body does not hold "log in", "pay" as far as is known: only its beginning was fetched'],
    ['perhaps where it can not be read', page('welcome', true, gzip), 'unknown', [], `the body does not hold "log in", "pay" as far as is known: ${gzip}`],
    ['found where the rest can not be read', page('pay', true, gzip), 'fail', ['pay'], 'the body holds "pay"'],
    ['where none was fetched', answered(), 'unknown', null, 'no body was fetched'],
  ])('%s', (_what, given, status, value, reason) =>
    expect(bodyExcludes(['log in', 'pay'], given, asking())).toEqual({ status, measured: value, reason }),
  );

  it('is unknown of a HEAD, as bodyIncludes is', () => {
    const head = asking({ method: 'HEAD' });
    const told = { status: 'unknown', measured: null, reason: 'HEAD fetches no body' };
    expect(bodyExcludes(['x'], page(''), head)).toEqual(told);
    expect(bodyIncludes(['x'], page(''), head)).toEqual(told);
  });
});

describe('certificateDaysLeft', () => {
  // prettier-ignore
  it.each<[what: string, limit: number, target: string, given: Measurement, ...Told]>([
    ['enough', 14, 'https://x/', answered(), 'pass', 30, 'the certificate is valid for 30 more days, at least 14'],
    ['just enough', 30, 'https://x/', answered(), 'pass', 30, 'the certificate is valid for 30 more days, at least 30'],
    ['too few', 30, 'https://x/', answered({ certificateDaysLeft: 29.5 }), 'fail', 29.5, 'the certificate is valid for 29.5 more days, fewer than 30'],
    ['none without TLS', 1, 'http://x/', answered({ certificateDaysLeft: null }), 'unknown', null, 'http: shows no certificate'],
    ['untold', 1, 'https://x/', answered({ certificateDaysLeft: null }), 'unknown', null, 'nobody told how long the certificate is valid'],
    ['without an answer', 1, 'https://x/', silence, 'unknown', null, nothing],
  ])('%s', (_what, limit, target, given, status, value, reason) =>
    expect(certificateDaysLeft(limit, given, asking({ target }))).toEqual({ status, measured: value, reason }),
  );
});

describe('redirectsTo', () => {
  const leading = (redirectsToUrl: string | null): Measurement =>
    answered({ statusCode: 302, redirectsTo: redirectsToUrl });

  // prettier-ignore
  it.each<[wanted: string, url: string, status: string]>([
    ['https://portal.example/login', 'https://portal.example/login?from=x', 'pass'],
    ['https://portal.example', 'https://portal.example/login', 'pass'],
    ['HTTPS://Portal.Example:443', 'https://portal.example/', 'pass'],
    ['https://portal.example/', 'https://PORTAL.example', 'pass'],
    ['https:', 'https://portal.example/', 'pass'],
    ['https:', 'http://portal.example/', 'fail'],
    ['https://portal.example', 'https://portal.example.net/', 'fail'],
    ['https://portal.example', 'https://portal.example@198.51.100.1/', 'fail'],
    ['https://portal.example', 'http://portal.example/', 'fail'],
    ['https://portal.example/Login', 'https://portal.example/login', 'fail'],
  ])('%s of %s: %s', (wanted, url, status) =>
    expect(redirectsTo(wanted, leading(url), asking()).status).toBe(status),
  );

  // prettier-ignore
  it.each<[what: string, given: Measurement, ...Told]>([
    ['there', leading('https://portal.example/a'), 'pass', 'https://portal.example/a', 'it leads to https://portal.example/a'],
    ['elsewhere', leading('https://x.example/'), 'fail', 'https://x.example/', 'it leads to https://x.example/, not to https://portal.example'],
    ['nowhere', answered(), 'fail', null, 'status 200 leads nowhere, not to https://portal.example'],
    ['without an answer', silence, 'unknown', null, nothing],
  ])('%s', (_what, given, status, value, reason) =>
    expect(redirectsTo('https://portal.example', given, asking())).toEqual({ status, measured: value, reason }),
  );
});
