import { describe, expect, it } from 'vitest';
import { readProbeWords } from '../../../../agent/cli/probe/read.ts';
import { type Kind, kinds, parseRequest } from '../../../../shared/request.ts';
import { sayProblems } from '../../../../shared/issues.ts';

const complaint = (kind: Kind, target: string | undefined, options: Record<string, string[]>): string => {
  const reading = readProbeWords(kind, { target, options });
  return reading.ok ? 'nothing' : sayProblems(reading.problems);
};

it('reads what was typed into the body of a request', () => {
  const options = {
    '--via': ['lte'],
    '--family': ['4'],
    '--interval': ['500'],
    '--min-latency': ['10.5'],
    '--max-loss': ['0'],
    '--route-includes': ['192.168.2.1, 100.64.0.0/10', '198.51.100.1'],
    '--org-excludes': ['"Example, Inc.",AS64500'],
    '--force': ['true'],
  };
  expect(readProbeWords('traceroute', { target: '192.0.2.1', options })).toEqual({
    ok: true,
    body: {
      target: '192.0.2.1',
      via: 'lte',
      family: 4,
      intervalMs: 500,
      force: true,
      expect: {
        minLatencyMs: 10.5,
        maxLossPercent: 0,
        routeIncludes: ['192.168.2.1', '100.64.0.0/10', '198.51.100.1'],
        orgExcludes: ['Example, Inc.', 'AS64500'],
      },
    },
  });
});

it('takes percent signs and quotes as they stand', () => {
  const options = { '--body-includes': ['100%', 'say "yes"', '%41'] };
  expect(readProbeWords('http', { target: 'http://one.example/', options }).body['expect']).toEqual({
    bodyIncludes: ['100%', 'say "yes"', '%41'],
  });
});

it.each(kinds)('gives a body that the contract takes: %s', (kind) => {
  const target = {
    ping: 'a.example',
    traceroute: '::1',
    dns: '192.0.2.53',
    http: 'http://a.example',
    egress: undefined,
  };
  const options: Record<string, string[]> = kind === 'dns' ? { '--name': ['a.example'] } : {};
  const reading = readProbeWords(kind, { target: target[kind], options });
  expect(reading.ok).toBe(true);
  expect(parseRequest(kind, reading.body).ok).toBe(true);
});

describe('refuses in the names of options', () => {
  it.each<[Kind, string | undefined, Record<string, string[]>, string]>([
    ['ping', '192.0.2.1', { '--min-latency': ['x'] }, '--min-latency: must be a number, not "x"'],
    ['ping', '192.0.2.1', { '--min-latency': ['-1'] }, '--min-latency: must be at least 0, not -1'],
    ['ping', '192.0.2.1', { '--count': ['101'] }, '--count: must be at most 100, not 101'],
    ['ping', '192.0.2.1', { '--count': ['1', '2'] }, '--count: is given 2 times'],
    ['ping', '192.0.2.1', { '--via': [''] }, '--via: is empty; give it a value or leave it out'],
    ['ping', '192.0.2.1', { '--family': ['5'] }, '--family: must be 4, 6 or "auto"'],
    [
      'ping',
      '192.0.2.1',
      { '--route-includes': ['192.0.2.1'] },
      "--route-includes: a ping can't judge this; traceroute can",
    ],
    ['ping', '192.0.2.1', { '--name': ['x'] }, '--name: a ping takes none; dns does'],
    [
      'ping',
      '192.0.2.1',
      { '--min-latency': ['10'], '--max-latency': ['5'] },
      '--max-latency: must be at least --min-latency (10), not 5',
    ],
    [
      'ping',
      '192.0.2.1',
      { '--count': ['100'], '--timeout': ['1000'] },
      '--timeout: 100 echoes 200 ms apart take 19800 ms and do not fit into 1000 ms',
    ],
    ['ping', '192.0.2.1:80', {}, 'TARGET: takes no port: "192.0.2.1:80"'],
    [
      'ping',
      'http://one.example',
      {},
      'TARGET: must be an address or a host name, not a URL: "http://one.example"',
    ],
    ['ping', '', {}, 'TARGET: is empty; give it a value or leave it out'],
    [
      'traceroute',
      '192.0.2.1',
      { '--route-excludes': ['1,'] },
      '--route-excludes: has an empty element: "1,"',
    ],
    ['dns', '192.0.2.1', {}, '--name: is missing; it must be a text'],
    [
      'dns',
      '192.0.2.1',
      { '--name': ['192.0.2.2'] },
      '--name: must be a name, not the address 192.0.2.2; --record-type PTR asks for the name of an address',
    ],
    ['http', 'one.example', {}, 'URL: must be a URL'],
    [
      'http',
      'http://one.example',
      { '--method': ['PUT'] },
      '--method: must be one of "GET", "HEAD", not "PUT"',
    ],
    ['egress', 'one.example', {}, 'SERVER: must be stun:HOST:PORT or an http(s) URL'],
  ])('%s %s %j', (kind, target, options, words) => {
    expect(complaint(kind, target, options)).toBe(words);
  });
});

it('tells of several problems at once, and keeps what could be read', () => {
  const reading = readProbeWords('ping', {
    target: '192.0.2.1',
    options: { '--count': ['many'], '--wait': ['1'], '--id': ['mine'] },
  });
  expect(reading).toMatchObject({ ok: false, body: { target: '192.0.2.1', id: 'mine' } });
  expect(complaint('ping', '192.0.2.1', { '--count': ['many'], '--wait': ['1'] })).toBe(
    '--count: must be a number, not "many"; --wait: must be at least 10, not 1',
  );
});
