import { describe, expect, it } from 'vitest';
import { headLine, measuredLines, verdictLines } from '../../../../agent/cli/probe/result-lines.ts';
import { plain } from '../../../../agent/cli/terminal.ts';
import type { Hop, PingFigures, Result } from '../../../../shared/result.ts';

const nothing: Result = {
  id: 'mine',
  agent: 'pi',
  kind: 'ping',
  target: 'one.example',
  address: '192.0.2.1',
  via: { uplink: 'lte', interface: 'eth1', source: '192.168.2.10' },
  verdict: 'pass',
  reason: 'all is well',
  failure: null,
  startedAt: '2026-11-20T07:00:00.000Z',
  durationMs: 431.4,
  ping: null,
  traceroute: null,
  dns: null,
  http: null,
  egress: null,
  findings: [],
  traffic: { packetsSent: 0, packetsReceived: 0, bytesSent: 0, bytesReceived: 0 },
};

const ping: PingFigures = {
  ...{ sent: 3, received: 2, lossPercent: 100 / 3, rttsMs: [20.1, 20.3] },
  ...{ minMs: 20.1, avgMs: 20.2, maxMs: 20.3, stddevMs: 0.1, jitterMs: 0.2 },
  ...{ duplicates: 0, reordered: 0, late: 0, clockStepped: false },
};

const hop = (ttl: number, more: Partial<Hop>): Hop => ({
  ...{ ttl, address: null, name: null, rttMs: null, alsoAt: [], replyTtl: null },
  ...{ unreachable: null, mpls: [], network: null, scope: null },
  ...more,
});

const network = {
  asn: 64500,
  organisation: 'Example',
  domain: null,
  prefix: null,
  country: 'DE',
  source: 'file',
};

describe('of a ping', () => {
  it('says what came and the round trips, as ping does', () => {
    expect(measuredLines({ ...nothing, ping })).toEqual([
      '3 packets transmitted, 2 received, 33.333% packet loss, time 431 ms',
      'rtt min/avg/max/stddev = 20.100/20.200/20.300/0.100 ms, jitter 0.200 ms',
    ]);
  });

  it('tells of what is odd', () => {
    const odd = { ...ping, duplicates: 1, late: 2, reordered: 3, clockStepped: true };
    const [counts, , clock] = measuredLines({ ...nothing, ping: odd });
    expect(counts).toContain('2 received, 1 duplicates, 2 too late, 3 out of order, 33.333% packet loss');
    expect(clock).toBe("the clock was set meanwhile: these are not the kernel's RTTs");
  });

  it('has no round trips where nothing came, and nothing at all where nothing was sent', () => {
    const silent = {
      ...ping,
      received: 0,
      minMs: null,
      avgMs: null,
      maxMs: null,
      stddevMs: null,
      jitterMs: null,
    };
    expect(measuredLines({ ...nothing, ping: silent })).toHaveLength(1);
    expect(measuredLines({ ...nothing, ping: { ...silent, sent: 0 } })).toEqual([]);
  });
});

it('draws a route as a table: hop, address (name), RTT, network', () => {
  const hops = [
    hop(1, { address: '192.168.2.1', rttMs: 1.234, scope: 'private' }),
    hop(2, {}),
    hop(3, {
      address: '100.64.0.1',
      rttMs: 20.55,
      scope: 'shared',
      mpls: [{ label: 24001, trafficClass: 0, ttl: 1 }],
    }),
    hop(10, {
      ...{ address: '192.0.2.1', name: 'one.example', rttMs: 120.4, scope: 'public', network, alsoAt: [11] },
      unreachable: { reason: 'packetTooBig', mtuBytes: 1400 },
    }),
  ];
  const traceroute = { reached: false, loop: true, hops };
  expect(measuredLines({ ...nothing, kind: 'traceroute', traceroute })).toEqual([
    'hop  address (name)                                                                  RTT  network',
    '  1  192.168.2.1                                                                 1.23 ms  private',
    '  2  *',
    '  3  100.64.0.1 [MPLS 24001]                                                     20.6 ms  shared',
    ' 10  192.0.2.1 (one.example) [packet too big: at most 1400 bytes] [also hop 11]   120 ms  AS64500 Example, DE',
    'the route does not lead to the target',
    'packets go in a circle',
  ]);
});

it('draws no table where no hop answered', () => {
  const traceroute = { reached: false, loop: false, hops: [] };
  expect(measuredLines({ ...nothing, kind: 'traceroute', traceroute })).toEqual([]);
  expect(measuredLines({ ...nothing, kind: 'traceroute', traceroute, ping })[0]).toBe('no hop answered');
});

it('says the essentials of an answer', () => {
  const answers = [
    { type: 'A', ttlSeconds: 60, data: '192.0.2.1' },
    { type: 'CNAME', ttlSeconds: 3600, data: 'two.example' },
  ];
  const dns = { rcode: 'NOERROR', rttMs: 20.5, answers };
  expect(measuredLines({ ...nothing, kind: 'dns', dns })).toEqual([
    'NOERROR, 2 answers in 20.5 ms',
    '  A        60 s  192.0.2.1',
    '  CNAME  3600 s  two.example',
  ]);
});

it('says the essentials of a page', () => {
  const http = {
    ...{ statusCode: 301, redirectsTo: 'https://one.example/', certificateDaysLeft: 14.9, bodyBytes: 300 },
    ...{ resolveMs: null, connectMs: 20, tlsMs: 30, firstByteMs: 25, totalMs: 75 },
  };
  expect(measuredLines({ ...nothing, kind: 'http', http })).toEqual([
    'HTTP status 301, 300 bytes',
    'leads to https://one.example/',
    'certificate valid for 14 days',
    'connect 20.0 ms, TLS 30.0 ms, first byte 25.0 ms, total 75.0 ms',
  ]);
});

it('says the essentials of the public address', () => {
  const server = 'stun:stun.example:3478';
  const egress = { address: '198.51.100.200', behindNat: true, network, server, rttMs: 20.5 };
  expect(measuredLines({ ...nothing, kind: 'egress', egress })).toEqual([
    'the world sees 198.51.100.200 (AS64500 Example, DE, behind NAT)',
    'told by stun:stun.example:3478 in 20.5 ms',
  ]);
});

it('says where it went', () => {
  expect(headLine({ ...nothing, kind: 'http' })).toBe(
    'http one.example (192.0.2.1) by lte, eth1, from 192.168.2.10',
  );
  const unknown = { uplink: null, interface: null, source: null };
  expect(headLine({ kind: 'egress', target: null, address: null, via: unknown })).toBe(
    'egress the configured servers',
  );
});

describe('the verdict', () => {
  it('comes with its reason', () => {
    expect(verdictLines(nothing, plain)).toEqual(['pass: all is well']);
  });

  it('comes with the findings that do not hold, by the names of the options', () => {
    const findings: Result['findings'] = [
      { expectation: 'reached', status: 'pass', expected: true, measured: true, reason: 'it was' },
      { expectation: 'minLatencyMs', status: 'fail', expected: 10, measured: 2.1, reason: 'too near' },
      {
        expectation: 'orgIncludes',
        status: 'unknown',
        expected: ['AS1', 'Telco'],
        measured: null,
        reason: 'who knows',
      },
    ];
    expect(verdictLines({ ...nothing, verdict: 'fail', reason: 'too near', findings }, plain)).toEqual([
      'fail: too near',
      '  fail     --min-latency 10          measured: 2.1',
      '  unknown  --org-includes AS1,Telco  measured: nothing known',
    ]);
  });

  it('says nothing where nothing was measured, and who could tell networks where nobody is set', () => {
    const findings: Result['findings'] = [
      { expectation: 'answerIncludes', status: 'fail', expected: ['a'], measured: [], reason: 'none' },
      {
        expectation: 'orgIncludes',
        status: 'unknown',
        expected: ['AS1'],
        measured: null,
        reason: 'who knows',
      },
    ];
    const result: Result = { ...nothing, verdict: 'fail', reason: 'none', findings };
    expect(verdictLines(result, plain)).toEqual([
      'fail: none',
      '  fail     --answer-includes a  measured: nothing',
      '  unknown  --org-includes AS1   measured: nothing known',
    ]);
    expect(verdictLines(result, plain, false).at(-1)).toBe(
      '  nobody is set to tell networks: ASN_DATABASE_FILE, IPINFO_TOKEN or CYMRU_LOOKUP in agent.env',
    );
    expect(verdictLines({ ...result, findings: findings.slice(0, 1) }, plain, false)).toHaveLength(2);
  });

  it('says whose fault an error was', () => {
    const failure = { code: 'noCarrier', source: 'uplink' } as const;
    expect(verdictLines({ ...nothing, verdict: 'error', reason: 'no cable', failure }, plain)).toEqual([
      'error: no cable [uplink: noCarrier]',
    ]);
  });
});

it('lets no stranger write to the terminal', () => {
  const data = 'a\x1b[2Jb\u202ec\r\n';
  const dns = { rcode: 'NOERROR', rttMs: 1, answers: [{ type: 'TXT', ttlSeconds: 1, data }] };
  const said = [
    ...measuredLines({ ...nothing, dns }),
    ...verdictLines({ ...nothing, reason: data }, plain),
  ].join('');
  expect(said).not.toMatch(/[\u0000-\u001f\u202e]/);
  expect(said).toContain('a\ufffd[2Jb\ufffdc\ufffd\ufffd');
});
