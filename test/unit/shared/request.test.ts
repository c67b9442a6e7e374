// Requests as they are accepted: what is filled in, and each limit at its edge.
import { describe, expect, it } from 'vitest';
import { type Kind, kinds, isKind, parseRequest } from '../../../shared/request.ts';
import { problemsOf, requestOf } from './request/reading.ts';

describe('what is not said', () => {
  const common = { family: 'auto', timeoutMs: 10_000, force: false };
  const echoes = { count: 3, intervalMs: 200, packetBytes: 56, waitMs: 1000 };

  it.each<[Kind, object, object]>([
    ['ping', { target: '192.0.2.1' }, { ...common, ...echoes, expect: {} }],
    ['traceroute', { target: '192.0.2.1' }, { ...common, ...echoes, expect: {} }],
    [
      'dns',
      { target: '192.0.2.53', name: 'one.example' },
      { ...common, recordType: 'A', expect: { rcode: 'NOERROR' } },
    ],
    ['http', { target: 'https://one.example/' }, { ...common, method: 'GET', expect: {} }],
    ['egress', {}, { ...common, expect: {} }],
  ])('in a %s request is filled in', (kind, body, filledIn) => {
    expect(requestOf(kind, body)).toEqual({ kind, ...body, ...filledIn });
  });
});

describe('limits', () => {
  const rows: [path: string, least: number, most: number, whole: boolean][] = [
    ['count', 1, 100, true],
    ['intervalMs', 10, 60_000, true],
    ['packetBytes', 8, 1472, true],
    ['timeoutMs', 100, 60_000, true],
    ['waitMs', 10, 60_000, true],
    ['expect.minLatencyMs', 0, 60_000, false],
    ['expect.maxLatencyMs', 0, 60_000, false],
    ['expect.maxLossPercent', 0, 100, false],
    ['expect.maxJitterMs', 0, 60_000, false],
    ['expect.minHops', 1, 64, true],
    ['expect.maxHops', 1, 64, true],
    ['expect.maxSilentHops', 0, 64, true],
  ];
  const asking = (path: string, value: unknown): object => {
    const [first = '', second] = path.split('.');
    return { target: '192.0.2.1', [first]: second === undefined ? value : { [second]: value } };
  };

  it.each(rows)('of %s: %d and %d are accepted, one beyond either is not', (path, least, most) => {
    expect(problemsOf('traceroute', asking(path, least))).toEqual([]);
    expect(problemsOf('traceroute', asking(path, most))).toEqual([]);
    const low = { path, message: `must be at least ${least}, not ${least - 1}` };
    const high = { path, message: `must be at most ${most}, not ${most + 1}` };
    expect(problemsOf('traceroute', asking(path, least - 1))).toEqual([low]);
    expect(problemsOf('traceroute', asking(path, most + 1))).toEqual([high]);
  });

  it.each(rows)('of %s: texts and nothing are no numbers', (path, least, _most, whole) => {
    for (const value of [String(least), null, true, [least], {}]) {
      const words = `must be a number, not ${JSON.stringify(value)}`;
      expect(problemsOf('traceroute', asking(path, value))).toEqual([{ path, message: words }]);
    }
    const half = problemsOf('traceroute', asking(path, least + 0.5));
    const words = `must be a whole number, not ${least + 0.5}`;
    expect(half).toEqual(whole ? [{ path, message: words }] : []);
  });

  it('of a target: a text of at most 255 characters', () => {
    const [tooLong, longest] = problemsOf('ping', { target: 'x'.repeat(256) });
    expect(tooLong).toEqual({ path: 'target', message: 'must have at most 255 characters' });
    expect(longest?.message).toMatch(/^must be an address or a host name, not "x+…$/);
    const words = problemsOf('ping', { target: 'x'.repeat(255) }).map(({ message }) => message);
    expect(words).toEqual([longest?.message]);
    expect(problemsOf('http', { target: `https://x/${'y'.repeat(2038)}` })).toEqual([]);
    expect(problemsOf('http', { target: `https://x/${'y'.repeat(2039)}` })).toEqual([
      { path: 'target', message: 'must have at most 2048 characters' },
    ]);
  });

  it.each([
    ['id', 1, 128],
    ['via', 1, 64],
  ])('of %s: a text of %d to %d characters', (path, least, most) => {
    expect(problemsOf('ping', asking(path, 'x'.repeat(least)))).toEqual([]);
    expect(problemsOf('ping', asking(path, 'x'.repeat(most)))).toEqual([]);
    expect(problemsOf('ping', asking(path, 'x'.repeat(most + 1)))).toEqual([
      { path, message: `must have at most ${most} characters` },
    ]);
    expect(problemsOf('ping', asking(path, ''))[0]).toEqual({
      path,
      message: 'must have at least 1 character',
    });
    expect(problemsOf('ping', asking(path, 7))).toEqual([{ path, message: 'must be a text, not 7' }]);
  });

  it.each(['routeIncludes', 'routeExcludes', 'orgIncludes', 'orgExcludes', 'asPathIncludes'])(
    'of expect.%s: 1 to 64 elements in a list',
    (name) => {
      const path = `expect.${name}`;
      const many = (count: number): object => asking(path, Array<string>(count).fill('192.0.2.1'));
      expect(problemsOf('traceroute', many(1))).toEqual([]);
      expect(problemsOf('traceroute', many(64))).toEqual([]);
      expect(problemsOf('traceroute', many(0))).toEqual([{ path, message: 'must have at least 1 element' }]);
      expect(problemsOf('traceroute', many(65))).toEqual([
        { path, message: 'must have at most 64 elements' },
      ]);
      const text = 'x'.repeat(70);
      const words: unknown = expect.stringMatching(/^must be a list, not "x+…$/);
      expect(problemsOf('traceroute', asking(path, text))).toEqual([{ path, message: words }]);
    },
  );
});

describe('what is made of what was written', () => {
  // prettier-ignore
  it.each<[Kind, object, object]>([
    ['ping', { target: 'ONE.Example.' }, { target: 'one.example' }],
    ['ping', { target: '[2001:DB8::1]' }, { target: '2001:db8::1' }],
    ['ping', { target: '::ffff:192.0.2.1' }, { target: '192.0.2.1' }],
    ['dns', { target: '192.0.2.53', name: 'BÜCHER.example' }, { name: 'xn--bcher-kva.example' }],
    ['dns', { target: '192.0.2.53', name: 'One.Example', recordType: 'aaaa' }, { name: 'one.example', recordType: 'AAAA' }],
    ['dns', { target: '192.0.2.53', name: '_SIP._tcp.example.com.', recordType: 'srv' }, { name: '_sip._tcp.example.com' }],
    ['dns', { target: '192.0.2.53', name: '.', recordType: 'NS' }, { name: '.' }],
    ['dns', { target: '192.0.2.53', name: '*.One.example' }, { name: '*.one.example' }],
    ['dns', { target: '192.0.2.53', name: '4.3.2.1.in-addr.arpa', recordType: 'PTR' }, { name: '4.3.2.1.in-addr.arpa' }],
    ['dns', { target: '192.0.2.53', name: '1.2.3.4', recordType: 'ptr' }, { name: '4.3.2.1.in-addr.arpa', recordType: 'PTR' }],
    ['dns', { target: '192.0.2.53', name: 'x.test', expect: { rcode: 'NxDomain' } }, { expect: { rcode: 'NXDOMAIN' } }],
    ['http', { target: 'HTTPS://One.Example' }, { target: 'https://one.example/' }],
    ['http', { target: 'http://0x7f.1/a' }, { target: 'http://127.0.0.1/a' }],
    ['http', { target: ' http:\\\\2130706433' }, { target: 'http://127.0.0.1/' }],
    ['http', { target: 'https://one.example/', method: 'head' }, { method: 'HEAD' }],
    ['egress', { target: 'stun:ONE.example.:3478' }, { target: 'stun:one.example:3478' }],
    ['egress', { target: 'stun:[2001:DB8::1]:03478' }, { target: 'stun:[2001:db8::1]:3478' }],
    ['egress', { target: 'https://One.example' }, { target: 'https://one.example/' }],
    [
      'traceroute',
      { target: '192.0.2.1', expect: { routeIncludes: [' 10.0.0.0/8 '], orgIncludes: [' AS1 '] } },
      { expect: { routeIncludes: ['10.0.0.0/8'], orgIncludes: ['AS1'] } },
    ],
    [
      'traceroute',
      { target: '192.0.2.1', expect: { countriesExclude: ['de', 'At'] } },
      { expect: { countriesExclude: ['DE', 'AT'] } },
    ],
  ])('in a %s: %j', (kind, body, made) => {
    const base = kind === 'traceroute' ? { target: '192.0.2.1' } : {};
    expect(requestOf(kind, { ...base, ...body })).toMatchObject(made);
  });

  it('keeps all that a request can say', () => {
    const body = {
      id: 'r-1',
      target: 'one.example',
      via: 'lte',
      family: 4,
      count: 1,
      intervalMs: 10,
      timeoutMs: 500,
      packetBytes: 8,
      waitMs: 20,
      replyTo: 'answers/1',
      force: true,
      expect: {
        minLatencyMs: 10,
        maxLatencyMs: 400,
        maxLossPercent: 0,
        maxJitterMs: 50,
        routeIncludes: ['192.168.2.1', '100.64.0.0/10'],
        routeExcludes: ['192.168.0.1'],
        orgIncludes: ['AS12345'],
        orgExcludes: ['AS54321'],
        asPathIncludes: ['AS1', 'AS2'],
        countriesExclude: ['NL'],
        minHops: 2,
        maxHops: 20,
        maxSilentHops: 1,
      },
    };
    expect(requestOf('traceroute', body)).toEqual({ kind: 'traceroute', ...body });
  });
});

describe('a kind', () => {
  it('is one of five words', () => {
    expect(kinds).toEqual(['ping', 'traceroute', 'dns', 'http', 'egress']);
    expect(kinds.every(isKind)).toBe(true);
    expect(['pong', 'Ping', 'constructor', ''].some(isKind)).toBe(false);
  });

  it('in the request itself must be the one that is asked for', () => {
    expect(requestOf('ping', { kind: 'ping', target: '192.0.2.1' }).kind).toBe('ping');
    expect(parseRequest('ping', { kind: 'traceroute', target: '192.0.2.1' })).toEqual({
      ok: false,
      problems: [{ path: 'kind', message: 'must be "ping", not "traceroute"' }],
    });
  });
});
