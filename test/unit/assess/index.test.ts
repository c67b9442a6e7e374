// The verdict: fail before unknown before pass, a finding for each expectation, and a reason that is never empty.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assess } from '../../../agent/assess/index.ts';
import { expectationsByKind } from '../../../shared/expectation.ts';
import { failureReport } from '../../../shared/failure.ts';
import { type Measurement, nothingMeasured } from '../../../shared/measurement.ts';
import { type Kind, type Request, kinds } from '../../../shared/request.ts';
import { requestOf } from '../shared/request/reading.ts';
import {
  at,
  dnsFigures,
  egressFigures,
  figures,
  gateway,
  httpFigures,
  measured,
  network,
  noReplies,
  route,
  silent,
} from './measured.ts';

const ping = (expected: object = {}): Request => requestOf('ping', { target: '1.1.1.1', expect: expected });
const trace = (expected: object = {}): Request =>
  requestOf('traceroute', { target: '1.1.1.1', expect: expected });

const telco = network(12345, 'Telco', 'DE');
const traced: Measurement = measured({ traceroute: route([gateway, at('1.1.1.1', telco)]) });
const everything = {
  minLatencyMs: 10,
  maxLatencyMs: 400,
  maxLossPercent: 0,
  maxJitterMs: 50,
  routeIncludes: ['192.168.2.0/24'],
  routeExcludes: ['192.168.0.0/24'],
  orgIncludes: ['AS12345'],
  orgExcludes: ['AS123'],
  asPathIncludes: ['AS12345'],
  countriesExclude: ['US'],
  minHops: 2,
  maxHops: 20,
  maxSilentHops: 0,
};

describe('the findings', () => {
  it('are one for each expectation, in the order asked, the reply first', () => {
    const { findings, verdict } = assess(trace(everything), traced);
    expect(findings.map(({ expectation }) => expectation)).toEqual(['reached', ...Object.keys(everything)]);
    expect(findings.map(({ status }) => status)).toEqual(Array(14).fill('pass'));
    expect(verdict).toBe('pass');
    expect(findings.slice(1).map(({ expected }) => expected)).toEqual(Object.values(everything));
  });

  it('are the reply alone where nothing else is expected', () => {
    expect(assess(ping(), measured())).toEqual({
      verdict: 'pass',
      reason: '3 of 3 echoes were answered',
      findings: [
        {
          expectation: 'reached',
          status: 'pass',
          expected: true,
          measured: true,
          reason: '3 of 3 echoes were answered',
        },
      ],
      failed: null,
    });
  });

  it('on a route are unknown where there is none', () => {
    const { findings, verdict } = assess(trace({ routeExcludes: ['10.0.0.1'] }), measured());
    expect(findings[1]).toEqual({
      expectation: 'routeExcludes',
      status: 'unknown',
      expected: ['10.0.0.1'],
      measured: null,
      reason: 'there is no route to judge',
    });
    expect(verdict).toBe('error');
  });

  it('bear with silent hops where the request does', () => {
    const gap = measured({ traceroute: route([gateway, silent, at('1.1.1.1', telco)]) });
    for (const [name, value] of Object.entries({
      routeExcludes: ['10.0.0.1'],
      orgExcludes: ['AS1'],
      countriesExclude: ['US'],
    })) {
      expect(assess(trace({ [name]: value }), gap).verdict).toBe('error');
      expect(assess(trace({ [name]: value, maxSilentHops: 1 }), gap).verdict).toBe('pass');
    }
  });
});

describe('every kind', () => {
  const answers = measured({
    traceroute: route([gateway, at('1.1.1.1', telco)]),
    dns: dnsFigures(),
    http: httpFigures({ statusCode: 302, redirectsTo: 'https://portal.example/' }),
    httpBody: { text: 'well', complete: true, unreadable: null },
    egress: egressFigures({ network: telco }),
  });
  const { minLatencyMs, maxLatencyMs, maxLossPercent, maxJitterMs } = everything;
  const latency = { minLatencyMs, maxLatencyMs };
  // prettier-ignore
  const full: Record<Kind, { body: object; expect: object }> = {
    ping: { body: { target: '1.1.1.1' }, expect: { ...latency, maxLossPercent, maxJitterMs } },
    traceroute: { body: { target: '1.1.1.1' }, expect: everything },
    dns: { body: { target: '192.0.2.53', name: 'one.example' }, expect: { ...latency, answerIncludes: ['203.0.113.5'], rcode: 'NOERROR', minAnswers: 1 } },
    http: { body: { target: 'https://one.example/' }, expect: { ...latency, statusCodes: ['300-399'], bodyIncludes: ['well'], bodyExcludes: ['ill'], certificateDaysLeft: 7, redirectsTo: 'https://portal.example' } },
    egress: { body: {}, expect: { ...latency, addressIncludes: ['203.0.113.0/24'], addressExcludes: ['192.0.2.1'], orgIncludes: ['AS12345'], orgExcludes: ['AS123'], countryIncludes: ['DE'] } },
  };

  it.each(kinds)('judges each of its expectations: %s', (kind) => {
    const { body, expect: expected } = full[kind];
    expect(Object.keys(expected).toSorted()).toEqual(expectationsByKind[kind].toSorted());
    const { verdict, findings } = assess(requestOf(kind, { ...body, expect: expected }), answers);
    expect(findings.map(({ expectation }) => expectation).toSorted()).toEqual(
      ['reached', ...expectationsByKind[kind]].toSorted(),
    );
    expect(findings[0]?.expectation).toBe('reached');
    expect(findings.map(({ status }) => status)).toEqual(findings.map(() => 'pass'));
    expect(verdict).toBe('pass');
  });

  it.each(kinds)('passes nothing of what was not measured: %s', (kind) => {
    const { body, expect: expected } = full[kind];
    const { verdict, findings } = assess(requestOf(kind, { ...body, expect: expected }), nothingMeasured);
    expect(verdict).toBe('fail');
    expect(findings.map(({ status }) => status)).toEqual(
      findings.map(({ expectation }) => (expectation === 'reached' ? 'fail' : 'unknown')),
    );
  });
});

describe('the verdict', () => {
  const lossy = measured({
    ping: figures({ received: 1, rttsMs: [5], minMs: 5, jitterMs: 0, lossPercent: 66.667 }),
  });
  const jitter = 'jitter needs two answered echoes';
  const slow = 'minimum RTT 5 ms is less than 10 ms';
  const loss = '66.667 % of the echoes were lost, more than 0 %';

  it.each<[what: string, expected: object, given: Measurement, verdict: string, reason: string]>([
    [
      'pass',
      { minLatencyMs: 10 },
      measured(),
      'pass',
      '3 of 3 echoes were answered; minimum RTT 15 ms is at least 10 ms',
    ],
    ['fail', { minLatencyMs: 20 }, measured(), 'fail', 'minimum RTT 15 ms is less than 20 ms'],
    ['fail of all that fail', { minLatencyMs: 10, maxLossPercent: 0 }, lossy, 'fail', `${slow}; ${loss}`],
    ['error of the unknown', { maxJitterMs: 5 }, lossy, 'error', jitter],
    ['fail before the unknown', { maxJitterMs: 5, minLatencyMs: 10 }, lossy, 'fail', slow],
    [
      'fail with no reply and no expectation',
      {},
      measured({ ping: noReplies }),
      'fail',
      'no reply to 3 echoes',
    ],
    [
      'fail with no reply, the rest being unknown',
      { minLatencyMs: 10 },
      measured({ ping: noReplies }),
      'fail',
      'no reply to 3 echoes',
    ],
    [
      'fail with no reply though loss is allowed',
      { maxLossPercent: 100 },
      measured({ ping: noReplies }),
      'fail',
      'no reply to 3 echoes',
    ],
  ])('%s', (_what, expected, given, verdict, reason) =>
    expect(assess(ping(expected), given)).toMatchObject({ verdict, reason }),
  );

  it('of something unknown is an error whose code says so', () => {
    const { failed, reason } = assess(ping({ maxJitterMs: 5 }), lossy);
    expect(failed === null ? null : failureReport(failed)).toEqual({ code: 'unjudged', source: 'local' });
    expect(failed?.message).toBe(reason);
    expect(assess(ping({ minLatencyMs: 10, maxJitterMs: 5 }), lossy).failed).toBe(null);
  });

  it('is unknown while nobody knows the networks of public hops', () => {
    const unnamed = measured({ traceroute: route([gateway, at('1.1.1.1')]) });
    for (const name of ['orgIncludes', 'orgExcludes', 'asPathIncludes']) {
      const { verdict, reason } = assess(trace({ [name]: ['AS1'] }), unnamed);
      expect(verdict).toBe('error');
      expect(reason).toMatch(/nobody knows the network of hop 2$/);
    }
  });
});

describe('nothing unknown ever passes', () => {
  const names = Object.keys(everything);
  const hop = fc.constantFrom(
    silent,
    gateway,
    at('203.0.113.1'),
    at('198.51.100.1', telco),
    at('1.1.1.1', network(null, null)),
  );
  const measurement = fc.record({
    received: fc.integer({ min: 0, max: 3 }),
    hops: fc.option(fc.array(hop, { maxLength: 5 })),
    reached: fc.boolean(),
    clockStepped: fc.boolean(),
  });

  it('whatever is asked and measured: a pass is a pass of every finding', () => {
    fc.assert(
      fc.property(fc.subarray(names), measurement, (asked, { received, hops, reached, clockStepped }) => {
        const expected = Object.fromEntries(
          Object.entries(everything).filter(([name]) => asked.includes(name)),
        );
        const given = measured({
          ping: received === 0 ? noReplies : figures({ received }),
          traceroute: hops === null ? null : route(hops, reached),
          clockStepped,
        });
        const { verdict, reason, findings, failed } = assess(trace(expected), given);
        const statuses = findings.map(({ status }) => status);
        const worst = statuses.includes('fail') ? 'fail' : statuses.includes('unknown') ? 'error' : 'pass';
        expect(verdict).toBe(worst);
        expect(findings).toHaveLength(asked.length + 1);
        expect(reason).not.toBe('');
        expect(failed === null).toBe(verdict !== 'error');
        if (received === 0) expect(verdict).toBe('fail');
      }),
    );
  });
});
