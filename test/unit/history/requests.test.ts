// How history is asked for: what is read, what is refused in which words, and how an answer fits a message.
import { describe, expect, it } from 'vitest';
import {
  type HistoryRequest,
  claimedId,
  historyAnswer,
  historyPayload,
  historyRefusal,
  readHistoryMessage,
  readHistoryQuery,
} from '../../../agent/history/requests.ts';
import { Failure } from '../../../shared/failure.ts';
import type { HistoryPoint } from '../../../shared/monitor.ts';

const nowMs = Date.UTC(2026, 10, 20, 7);
const dayMs = 86_400_000;
const lastDay: HistoryRequest = { id: null, fromMs: nowMs - dayMs, toMs: nowMs, most: 1000 };

const moment = (given: string): string =>
  `must be a moment: milliseconds since 1970, or a text such as 2026-11-20T07:00:00Z with its offset from UTC, not ${given}`;

describe('a message', () => {
  it.each<[payload: string, read: Partial<HistoryRequest>]>([
    ['', {}],
    [' \n', {}],
    ['{}', {}],
    ['{"id":"a","most":5}', { id: 'a', most: 5 }],
    ['{"from":1000,"to":2000}', { fromMs: 1000, toMs: 2000 }],
    ['{"to":86401000}', { fromMs: 1000, toMs: 86_401_000 }],
    ['{"to":1000}', { fromMs: 0, toMs: 1000 }],
    ['{"from":"2026-11-20T08:00:00+02:00"}', { fromMs: Date.UTC(2026, 10, 20, 6) }],
    [
      '{"from":"2026-11-20T06:00:00Z","to":"1795158000000"}',
      { fromMs: Date.UTC(2026, 10, 20, 6), toMs: 1_795_158_000_000 },
    ],
  ])('%s is read', (payload, read) => {
    expect(readHistoryMessage(payload, nowMs)).toEqual({ ...lastDay, ...read });
  });

  it.each([
    ['[]', 'a request is a JSON object'],
    ['null', 'a request is a JSON object'],
    ['{"form":1}', 'unknown key "form"; did you mean from?'],
    ['{"from":"yesterday"}', `from: ${moment('"yesterday"')}`],
    ['{"from":"2026-11-20T07:00:00"}', `from: ${moment('"2026-11-20T07:00:00"')}`],
    ['{"to":-1}', `to: ${moment('-1')}`],
    ['{"to":null}', `to: ${moment('null')}`],
    ['{"from":2,"to":1}', 'from: must not be later than to'],
    ['{"most":0}', 'most: must be at least 1, not 0'],
    ['{"most":20001}', 'most: must be at most 20000, not 20001'],
    ['{"most":1.5}', 'most: must be a whole number, not 1.5'],
  ])('%s is refused: %s', (payload, words) => {
    expect(() => readHistoryMessage(payload, nowMs)).toThrow(new Failure('badRequest', words));
  });

  it('that is no JSON is refused', () => {
    expect(() => readHistoryMessage('{', nowMs)).toThrow(/^the request is not JSON: /);
  });
});

it.each([
  ['{"id":"a","most":0}', 'a'],
  ['{"id":""}', null],
  [`{"id":"${'x'.repeat(129)}"}`, null],
  ['{"id":1}', null],
  ['["id"]', null],
  ['{"id":"a"', null],
])('a refused %s bears the id %j', (payload, id) => {
  expect(claimedId(payload)).toBe(id);
});

describe('a query', () => {
  it.each<[query: string, read: Partial<HistoryRequest>]>([
    ['', {}],
    ['uptime_kuma_cachebuster=1', {}],
    ['from=1000&to=2000&most=3', { fromMs: 1000, toMs: 2000, most: 3 }],
    ['from=2026-11-20T08:00:00+02:00', { fromMs: Date.UTC(2026, 10, 20, 6) }],
    ['from=2026-11-20T08%3A00%3A00%2B02%3A00', { fromMs: Date.UTC(2026, 10, 20, 6) }],
  ])('%s is read', (query, read) => {
    expect(readHistoryQuery(query, nowMs)).toEqual({ ...lastDay, ...read });
  });

  it.each([
    ['from=', `from: ${moment('""')}`],
    ['from=1&from=2', 'from: is given twice'],
    ['most=many', 'most: must be a number, not "many"'],
  ])('%s is refused: %s', (query, words) => {
    expect(() => readHistoryQuery(query, nowMs)).toThrow(new Failure('badRequest', words));
  });
});

const point = (at: number): HistoryPoint => ({
  at,
  state: 'up',
  verdict: 'pass',
  code: null,
  minMs: 1,
  rttMs: 1,
  maxMs: 1,
  jitterMs: 0,
  lossPercent: 0,
  hopCount: null,
  publicAddress: null,
  statusCode: null,
  certificateDaysLeft: null,
});

describe('an answer', () => {
  const request = readHistoryMessage('{"id":"a","from":0,"to":1000}', nowMs);

  it('says what was asked and gives the points', () => {
    const answer = historyAnswer('lte', request, { points: [point(1)], truncated: false });
    expect(JSON.parse(historyPayload(answer))).toEqual({
      id: 'a',
      monitor: 'lte',
      from: '1970-01-01T00:00:00.000Z',
      to: '1970-01-01T00:00:01.000Z',
      truncated: false,
      points: [point(1)],
    });
  });

  it('of more points than a message holds has the newest, and as many as fit', () => {
    const points = Array.from({ length: 1000 }, (_, at) => point(at));
    const payload = historyPayload(historyAnswer('lte', request, { points, truncated: false }));
    expect(payload.length).toBeLessThanOrEqual(60 * 1024);
    expect(payload.length).toBeGreaterThan(60 * 1024 - 500);
    expect(JSON.parse(payload)).toMatchObject({ truncated: true });
    expect(payload).toContain('"at":999,');
  });

  it('to what is refused says why', () => {
    const refusal: unknown = JSON.parse(historyRefusal('a', 'lte', new Failure('badRequest', 'because')));
    expect(refusal).toEqual({
      id: 'a',
      monitor: 'lte',
      reason: 'because',
      failure: { code: 'badRequest', source: 'request' },
    });
  });
});
