// Expectations on echoes: each one passing, failing and unknown, in the words that become the reason.
import { describe, expect, it } from 'vitest';
import {
  maxJitterMs,
  maxLatencyMs,
  maxLossPercent,
  minLatencyMs,
  reached,
} from '../../../agent/assess/echoes.ts';
import { figure } from '../../../agent/assess/finding.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import { figures, measured, noReplies } from './measured.ts';

type Row = [what: string, given: Partial<Measurement>, status: string, measured: unknown, reason: string];

describe('reached', () => {
  // prettier-ignore
  it.each<Row>([
    ['by all echoes', {}, 'pass', true, '3 of 3 echoes were answered'],
    ['by one', { ping: figures({ received: 1 }) }, 'pass', true, '1 of 3 echoes were answered'],
    ['by none', { ping: noReplies }, 'fail', false, 'no reply to 3 echoes'],
    ['by none, and the network says why', { ping: noReplies, refusal: '192.168.2.1 says host unreachable' }, 'fail', false, 'no reply to 3 echoes: 192.168.2.1 says host unreachable'],
    ['where nothing was sent', { ping: null }, 'fail', false, 'no reply to 0 echoes'],
    ['though the clock was set', { clockStepped: true }, 'pass', true, '3 of 3 echoes were answered'],
  ])('%s', (_what, given, status, value, reason) =>
    expect(reached(measured(given))).toEqual({ status, measured: value, reason }),
  );
});

const clock = 'the clock was set meanwhile, so round trips prove nothing';
const nothing = 'there is no round trip to judge';

describe('minLatencyMs', () => {
  // prettier-ignore
  it.each<[limit: number, ...Row]>([
    [10, 'above', {}, 'pass', 15, 'minimum RTT 15 ms is at least 10 ms'],
    [15, 'at the limit', {}, 'pass', 15, 'minimum RTT 15 ms is at least 15 ms'],
    [15.001, 'below', {}, 'fail', 15, 'minimum RTT 15 ms is less than 15.001 ms'],
    [0, 'no limit at all', { ping: figures({ minMs: 0 }) }, 'pass', 0, 'minimum RTT 0 ms is at least 0 ms'],
    [16, 'though the average is above', {}, 'fail', 15, 'minimum RTT 15 ms is less than 16 ms'],
    [10, 'with no reply', { ping: noReplies }, 'unknown', null, nothing],
    [10, 'with no echo', { ping: null }, 'unknown', null, nothing],
    [10, 'with the clock set', { clockStepped: true }, 'unknown', 15, clock],
    [20, 'with the clock set and a low RTT', { clockStepped: true }, 'unknown', 15, clock],
  ])('%d: %s', (limit, _what, given, status, value, reason) =>
    expect(minLatencyMs(limit, measured(given))).toEqual({ status, measured: value, reason }),
  );
});

describe('maxLatencyMs', () => {
  // prettier-ignore
  it.each<[limit: number, ...Row]>([
    [400, 'below', {}, 'pass', 16, 'average RTT 16 ms is at most 400 ms'],
    [16, 'at the limit', {}, 'pass', 16, 'average RTT 16 ms is at most 16 ms'],
    [15.9, 'above', {}, 'fail', 16, 'average RTT 16 ms is more than 15.9 ms'],
    [16, 'though one echo took longer', { ping: figures({ maxMs: 90 }) }, 'pass', 16, 'average RTT 16 ms is at most 16 ms'],
    [400, 'with no reply', { ping: noReplies }, 'unknown', null, nothing],
    [400, 'with no echo', { ping: null }, 'unknown', null, nothing],
    [400, 'with the clock set', { clockStepped: true }, 'unknown', 16, clock],
  ])('%d: %s', (limit, _what, given, status, value, reason) =>
    expect(maxLatencyMs(limit, measured(given))).toEqual({ status, measured: value, reason }),
  );
});

describe('maxJitterMs', () => {
  const one = figures({ received: 1, rttsMs: [15], jitterMs: 0 });
  // prettier-ignore
  it.each<[limit: number, ...Row]>([
    [5, 'below', {}, 'pass', 1, 'jitter 1 ms is at most 5 ms'],
    [1, 'at the limit', {}, 'pass', 1, 'jitter 1 ms is at most 1 ms'],
    [0.5, 'above', {}, 'fail', 1, 'jitter 1 ms is more than 0.5 ms'],
    [5, 'with one reply', { ping: one }, 'unknown', null, 'jitter needs two answered echoes'],
    [5, 'with no reply', { ping: noReplies }, 'unknown', null, nothing],
    [5, 'with no echo', { ping: null }, 'unknown', null, nothing],
    [5, 'with the clock set', { clockStepped: true }, 'unknown', 1, clock],
  ])('%d: %s', (limit, _what, given, status, value, reason) =>
    expect(maxJitterMs(limit, measured(given))).toEqual({ status, measured: value, reason }),
  );
});

describe('maxLossPercent', () => {
  const third = figures({ received: 2, lossPercent: 33.333 });
  // prettier-ignore
  it.each<[limit: number, ...Row]>([
    [0, 'without loss', {}, 'pass', 0, '0 % of the echoes were lost, at most 0 %'],
    [50, 'below', { ping: third }, 'pass', 33.333, '33.333 % of the echoes were lost, at most 50 %'],
    [33.333, 'at the limit', { ping: third }, 'pass', 33.333, '33.333 % of the echoes were lost, at most 33.333 %'],
    [33, 'above', { ping: third }, 'fail', 33.333, '33.333 % of the echoes were lost, more than 33 %'],
    [99, 'all lost', { ping: noReplies }, 'fail', 100, '100 % of the echoes were lost, more than 99 %'],
    [100, 'all lost and all allowed', { ping: noReplies }, 'pass', 100, '100 % of the echoes were lost, at most 100 %'],
    [50, 'none sent', { ping: figures({ sent: 0, received: 0 }) }, 'unknown', null, 'no echo was sent'],
    [50, 'no echoes', { ping: null }, 'unknown', null, 'no echo was sent'],
    [50, 'though the clock was set', { clockStepped: true }, 'pass', 0, '0 % of the echoes were lost, at most 50 %'],
  ])('%d: %s', (limit, _what, given, status, value, reason) =>
    expect(maxLossPercent(limit, measured(given))).toEqual({ status, measured: value, reason }),
  );
});

describe('a figure in a sentence', () => {
  it.each([
    [2, '2'],
    [2.1, '2.1'],
    [2.12345, '2.123'],
    [2.1996, '2.2'],
    [0, '0'],
    [0.0004, '0'],
    [60_000, '60000'],
  ])('%d is %s', (value, words) => expect(figure(value)).toBe(words));
});
