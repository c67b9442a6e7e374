// Expectations on a name server's answer: each one passing, failing and unknown, in the words that become the reason.
import { describe, expect, it } from 'vitest';
import {
  answerIncludes,
  maxLatencyMs,
  minAnswers,
  minLatencyMs,
  rcode,
  reached,
} from '../../../agent/assess/dns.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import type { RequestOf } from '../../../shared/request.ts';
import type { DnsFigures } from '../../../shared/result.ts';
import { requestOf } from '../shared/request/reading.ts';
import { dnsFigures, measured } from './measured.ts';

type Told = [status: string, measured: unknown, reason: string];

function asking(recordType = 'A'): RequestOf<'dns'> {
  const request = requestOf('dns', { target: '192.0.2.53', name: 'one.example', recordType });
  if (request.kind !== 'dns') throw new Error('no dns request');
  return request;
}

const answered = (given: Partial<DnsFigures> = {}, more: Partial<Measurement> = {}): Measurement =>
  measured({ address: '192.0.2.53', ping: null, dns: dnsFigures(given), ...more });
const silence = measured({ address: '192.0.2.53', ping: null });
const nothing = 'there is no answer to judge';
const data = (type: string, ...all: string[]): Partial<DnsFigures> => ({
  answers: all.map((one) => ({ type, ttlSeconds: 60, data: one })),
});

describe('reached', () => {
  // prettier-ignore
  it.each<[what: string, given: Measurement, ...Told]>([
    ['by an answer', answered(), 'pass', true, '192.0.2.53 answered in 12 ms'],
    ['by an answer that says there is none', answered({ rcode: 'NXDOMAIN', answers: [] }), 'pass', true, '192.0.2.53 answered in 12 ms'],
    ['by none', silence, 'fail', false, 'no answer from 192.0.2.53'],
    ['by none, and the network says why', { ...silence, refusal: '192.168.2.1 says port unreachable' }, 'fail', false, 'no answer from 192.0.2.53: 192.168.2.1 says port unreachable'],
    ['by none, of an address unknown', measured(), 'fail', false, 'no answer from the server'],
  ])('%s', (_what, given, status, value, reason) =>
    expect(reached(given)).toEqual({ status, measured: value, reason }),
  );
});

describe('latency', () => {
  const clock = 'the clock was set meanwhile, so round trips prove nothing';
  // prettier-ignore
  it.each<[judge: 'min' | 'max', limit: number, given: Measurement, ...Told]>([
    ['min', 10, answered(), 'pass', 12, 'RTT 12 ms is at least 10 ms'],
    ['min', 12, answered(), 'pass', 12, 'RTT 12 ms is at least 12 ms'],
    ['min', 13, answered(), 'fail', 12, 'RTT 12 ms is less than 13 ms'],
    ['max', 20, answered(), 'pass', 12, 'RTT 12 ms is at most 20 ms'],
    ['max', 11.9, answered(), 'fail', 12, 'RTT 12 ms is more than 11.9 ms'],
    ['min', 10, silence, 'unknown', null, 'there is no round trip to judge'],
    ['max', 10, silence, 'unknown', null, 'there is no round trip to judge'],
    ['min', 10, answered({}, { clockStepped: true }), 'unknown', 12, clock],
    ['max', 10, answered({}, { clockStepped: true }), 'unknown', 12, clock],
  ])('%s %d', (judge, limit, given, status, value, reason) => {
    const judged = (judge === 'min' ? minLatencyMs : maxLatencyMs)(limit, given);
    expect(judged).toEqual({ status, measured: value, reason });
  });
});

describe('rcode', () => {
  // prettier-ignore
  it.each<[expected: 'NOERROR' | 'NXDOMAIN', given: Measurement, ...Told]>([
    ['NOERROR', answered(), 'pass', 'NOERROR', "the answer's code is NOERROR"],
    ['NXDOMAIN', answered({ rcode: 'NXDOMAIN' }), 'pass', 'NXDOMAIN', "the answer's code is NXDOMAIN"],
    ['NOERROR', answered({ rcode: 'SERVFAIL' }), 'fail', 'SERVFAIL', "the answer's code is SERVFAIL, not NOERROR"],
    ['NXDOMAIN', answered(), 'fail', 'NOERROR', "the answer's code is NOERROR, not NXDOMAIN"],
    ['NOERROR', silence, 'unknown', null, nothing],
  ])('%s', (expected, given, status, value, reason) =>
    expect(rcode(expected, given, asking())).toEqual({ status, measured: value, reason }),
  );
});

describe('answerIncludes', () => {
  const mail = '10 mail.example.com';
  const start = 'ns1.example.com admin.example.com 2026112001 7200 3600 1209600 300';
  // prettier-ignore
  it.each<[what: string, given: Partial<DnsFigures>, wanted: string[], status: string]>([
    ['an address', {}, ['203.0.113.5'], 'pass'],
    ['an address that begins alike', {}, ['203.0.113.50'], 'fail'],
    ['a network', {}, ['203.0.113.0/24'], 'pass'],
    ['another network', {}, ['198.51.100.0/24'], 'fail'],
    ['an address of the other family', {}, ['2001:db8::5'], 'fail'],
    ['an address in another spelling', data('AAAA', '2001:db8::5'), ['2001:DB8:0:0::5'], 'pass'],
    ['a network of the other family', data('AAAA', '2001:db8::5'), ['2001:db8::/32'], 'pass'],
    ['two of two', data('A', '203.0.113.5', '203.0.113.6'), ['203.0.113.6', '203.0.113.5'], 'pass'],
    ['one of two', {}, ['203.0.113.5', '203.0.113.6'], 'fail'],
    ['a name', data('CNAME', 'two.example.'), ['TWO.example'], 'pass'],
    ['a name with its dot', data('NS', 'ns1.two.example'), ['ns1.two.example.'], 'pass'],
    ['an international name', data('PTR', 'xn--bcher-kva.example'), ['Bücher.example'], 'pass'],
    ['a part of a name', data('CNAME', 'two.example'), ['example'], 'fail'],
    ['a mail server', data('MX', mail), ['Mail.example.com.'], 'pass'],
    ['a mail server with its preference', data('MX', mail), ['10 MAIL.example.com'], 'pass'],
    ['a preference alone', data('MX', mail), ['10'], 'fail'],
    ['a service', data('SRV', '0 5 5060 sip.example.com'), ['sip.example.com'], 'pass'],
    ['a zone by its first server', data('SOA', start), ['ns1.example.com'], 'pass'],
    ['a part of a text', data('TXT', 'v=spf1 include:_spf.example.com -all'), ['include:_spf.example.com'], 'pass'],
    ['a text in other letters', data('TXT', 'v=spf1 -all'), ['V=SPF1'], 'fail'],
    ['an address in a text', data('TXT', 'ip4:203.0.113.5'), ['203.0.113.5'], 'pass'],
    ['a name where an address is', {}, ['one.example'], 'fail'],
    ['an alias and its address', { answers: [{ type: 'CNAME', ttlSeconds: 1, data: 'two.example' }, { type: 'A', ttlSeconds: 1, data: '203.0.113.5' }] }, ['two.example', '203.0.113.5'], 'pass'],
    ['anything where nothing is', { answers: [] }, ['203.0.113.5'], 'fail'],
    ['what an answer holds that says there is none', { rcode: 'NXDOMAIN' }, ['203.0.113.5'], 'fail'],
  ])('%s', (_what, given, wanted, status) =>
    expect(answerIncludes(wanted, answered(given), asking()).status).toBe(status),
  );

  // prettier-ignore
  it.each<[given: Measurement, ...Told]>([
    [answered(), 'pass', ['203.0.113.5'], 'the answer holds 203.0.113.0/24'],
    [answered(data('A', '192.0.2.1')), 'fail', ['192.0.2.1'], 'the answer does not hold 203.0.113.0/24'],
    [answered({ rcode: 'NXDOMAIN', answers: [] }), 'fail', [], "the answer's code is NXDOMAIN, so it holds no 203.0.113.0/24"],
    [silence, 'unknown', null, nothing],
  ])('in words: %#', (given, status, value, reason) =>
    expect(answerIncludes(['203.0.113.0/24'], given, asking())).toEqual({ status, measured: value, reason }),
  );
});

describe('minAnswers', () => {
  const aliased: Partial<DnsFigures> = {
    answers: [
      { type: 'CNAME', ttlSeconds: 1, data: 'two.example' },
      { type: 'A', ttlSeconds: 1, data: '203.0.113.5' },
    ],
  };
  // prettier-ignore
  it.each<[limit: number, what: string, given: Measurement, type: string, ...Told]>([
    [1, 'one', answered(), 'A', 'pass', 1, 'the answer holds 1 A record, at least 1'],
    [2, 'one', answered(), 'A', 'fail', 1, 'the answer holds 1 A record, fewer than 2'],
    [2, 'an alias and its address', answered(aliased), 'A', 'fail', 1, 'the answer holds 1 A record, fewer than 2'],
    [1, 'an alias that was asked for', answered(aliased), 'CNAME', 'pass', 1, 'the answer holds 1 CNAME record, at least 1'],
    [1, 'none', answered({ answers: [] }), 'AAAA', 'fail', 0, 'the answer holds 0 AAAA records, fewer than 1'],
    [0, 'none', answered({ answers: [] }), 'A', 'pass', 0, 'the answer holds 0 A records, at least 0'],
    [1, 'no answer', silence, 'A', 'unknown', null, nothing],
  ])('%d of %s', (limit, _what, given, type, status, value, reason) =>
    expect(minAnswers(limit, given, asking(type))).toEqual({ status, measured: value, reason }),
  );
});
