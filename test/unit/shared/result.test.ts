// The result's shape: the same keys whatever the verdict, and no others.
import { describe, expect, it } from 'vitest';
import { type Result, ResultSchema } from '../../../shared/result.ts';
import { nothingMeasured } from '../../../shared/measurement.ts';
import { hop } from '../assess/measured.ts';

const failing: Result = {
  id: 'r-1',
  agent: 'pi',
  kind: 'ping',
  target: 'one.one.one.one',
  address: '1.1.1.1',
  via: { uplink: 'lte', interface: 'eth1', source: '192.168.2.10' },
  verdict: 'fail',
  reason: 'minimum RTT 2.1 ms is less than 10 ms',
  failure: null,
  startedAt: '2026-11-20T07:00:00.000Z',
  durationMs: 431,
  ping: {
    sent: 3,
    received: 3,
    lossPercent: 0,
    rttsMs: [2.1, 2.2, 2.2],
    minMs: 2.1,
    avgMs: 2.2,
    maxMs: 2.2,
    stddevMs: 0.05,
    jitterMs: 0.05,
    duplicates: 0,
    reordered: 0,
    late: 0,
    clockStepped: false,
  },
  traceroute: null,
  dns: null,
  http: null,
  egress: null,
  findings: [
    { expectation: 'minLatencyMs', status: 'fail', expected: 10, measured: 2.1, reason: 'it is less' },
  ],
  traffic: { packetsSent: 3, packetsReceived: 3, bytesSent: 252, bytesReceived: 252 },
};

const {
  failure: _failure,
  clockStepped: _clock,
  httpBody: _body,
  refusal: _refusal,
  addressRemembered: _known,
  ...nothing
} = nothingMeasured;

const refused: Result = {
  ...nothing,
  id: 'r-2',
  agent: 'pi',
  kind: null,
  target: null,
  verdict: 'error',
  reason: 'there is no probe called pong',
  failure: { code: 'unsupported', source: 'request' },
  startedAt: '2026-11-20T07:00:00.000Z',
  durationMs: 0.2,
  findings: [],
};

const traced: Result = {
  ...failing,
  kind: 'traceroute',
  traceroute: {
    reached: true,
    loop: false,
    hops: [
      hop({ ttl: 1, address: '192.168.2.1', rttMs: 1.2, replyTtl: 64, scope: 'private' }),
      hop({ ttl: 2 }),
      {
        ttl: 3,
        address: '1.1.1.1',
        name: 'one.one.one.one',
        rttMs: 15.1,
        alsoAt: [4, 6],
        replyTtl: 62,
        unreachable: { reason: 'packetTooBig', mtuBytes: 1480 },
        mpls: [{ label: 24_001, trafficClass: 0, ttl: 1 }],
        network: {
          asn: 13335,
          organisation: 'Cloudflare',
          domain: 'cloudflare.com',
          prefix: '1.1.1.0/24',
          country: 'US',
          source: 'mmdb',
        },
        scope: 'public',
      },
    ],
  },
};

const accepts = (value: unknown): boolean => ResultSchema.safeParse(value).success;

describe('a result', () => {
  it.each([
    ['that failed', failing],
    ['that was refused', refused],
    ['of a traceroute', traced],
  ])('%s has the shape', (_what, result) => expect(ResultSchema.parse(result)).toEqual(result));

  it.each(Object.keys(ResultSchema.shape))('is none without %s', (key) => {
    const rest = Object.fromEntries(Object.entries(failing).filter(([name]) => name !== key));
    expect(accepts(rest)).toBe(false);
  });

  it.each<[string, object]>([
    ['another key', { warning: 'x' }],
    ['an empty reason', { reason: '' }],
    ['a verdict of its own', { verdict: 'ok' }],
    ['a negative duration', { durationMs: -1 }],
    ['a time that is none', { startedAt: 'yesterday' }],
    ['a failure outside the list', { failure: { code: 'bad', source: 'target' } }],
    ['half a failure', { failure: { code: 'internal' } }],
    ['half a via', { via: { uplink: null, interface: null } }],
    ['a finding without a reason', { findings: [{ ...failing.findings[0], reason: '' }] }],
    ['a finding of no status', { findings: [{ ...failing.findings[0], status: 'maybe' }] }],
    ['figures with a key left out', { ping: { sent: 1, received: 1 } }],
    ['half a packet', { traffic: { ...failing.traffic, packetsSent: 0.5 } }],
  ])('is none with %s', (_what, wrong) => expect(accepts({ ...failing, ...wrong })).toBe(false));

  it('has the same keys when nothing was measured', () => {
    expect(Object.keys(refused).toSorted()).toEqual(Object.keys(failing).toSorted());
  });
});
