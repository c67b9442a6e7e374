// The http probe, on servers of loopback that do right and wrong.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { http } from '../../../agent/probe/http.ts';
import type { ProbeTools } from '../../../agent/probe/tools.ts';
import { type FailureCode, Failure } from '../../../shared/failure.ts';
import type { Measurement } from '../../../shared/measurement.ts';
import { HttpRequest } from '../../../shared/request.ts';
import type { Way } from '../../../shared/way.ts';
import { type Certificates, makeCertificates } from '../../fixtures/certificates.ts';
import {
  type Conduct,
  answer,
  closedPort,
  curls,
  endlessly,
  says,
  serve,
  serveTls,
  standInForCurl,
} from './http/servers.ts';
import { type Network, reply, silence, tools, unhurried } from './tools.ts';

const loopback: Way = { uplink: null, interfaceName: 'lo', source: '127.0.0.1', nextHop: null };

const onLoopback = (given: Partial<ProbeTools> = {}): ProbeTools =>
  tools(() => silence, {
    resolve: () => Promise.resolve(['127.0.0.1']),
    way: () => Promise.resolve(loopback),
    ...given,
  });

const probed = (
  target: string,
  given: object = {},
  with_: Partial<ProbeTools> = {},
  signal = unhurried(),
): Promise<Measurement> =>
  http(
    HttpRequest.parse({ kind: 'http', target, timeoutMs: 5000, ...given }),
    null,
    onLoopback(with_),
    signal,
  );

const fetched = async (conduct: Conduct, given: object = {}): Promise<Measurement> =>
  probed(`http://one.test:${await serve(conduct)}/page`, given);

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});
// Before SSL_CERT_FILE, which it heeds too.
beforeEach(() => vi.stubEnv('CURL_CA_BUNDLE', certificates.ca.certFile));
afterAll(() => certificates.remove());

afterEach(() => {
  vi.unstubAllEnvs();
  expect(curls()).toEqual([]);
});

describe('what is measured', () => {
  it('is the answer, with each phase by itself', async () => {
    const measured = await fetched(says(answer('Hello')));
    const ms: unknown = expect.any(Number);
    expect(measured).toMatchObject({
      address: '127.0.0.1',
      via: { uplink: null, interface: 'lo', source: '127.0.0.1' },
      http: {
        statusCode: 200,
        redirectsTo: null,
        certificateDaysLeft: null,
        bodyBytes: 5,
        resolveMs: ms,
        connectMs: ms,
        tlsMs: null,
        firstByteMs: ms,
        totalMs: ms,
      },
      httpBody: { text: 'Hello', complete: true },
      failure: null,
      refusal: null,
    });
    expect(measured.http?.totalMs).toBeGreaterThanOrEqual(
      (measured.http?.resolveMs ?? 0) + (measured.http?.connectMs ?? 0),
    );
    expect(measured.traffic.packetsSent).toBeGreaterThanOrEqual(4);
    expect(measured.traffic.bytesReceived).toBeGreaterThan(200);
  });

  it('has no time for names where the URL has an address', async () => {
    const measured = await probed(`http://127.0.0.1:${await serve(says(answer('')))}/`);
    expect(measured.http).toMatchObject({ statusCode: 200, resolveMs: null });
  });

  it.each(['404 Not Found', '500 Oh'])('is the status %s too', async (status) => {
    const measured = await fetched(says(answer('no', [], status)));
    expect(measured.http?.statusCode).toBe(Number.parseInt(status, 10));
    expect(measured.failure).toBe(null);
  });

  it('is where a redirection leads, which is not followed', async () => {
    const seen: string[] = [];
    const measured = await fetched((socket, request) => {
      seen.push(request.split('\r\n')[0] ?? '');
      socket.end(answer('', ['Location: /else?x=1'], '301 Moved'));
    });
    expect(measured.http?.statusCode).toBe(301);
    expect(measured.http?.redirectsTo).toMatch(/^http:\/\/one\.test:\d+\/else\?x=1$/);
    expect(seen).toEqual(['GET /page HTTP/1.1']);
  });

  it('is no body by HEAD', async () => {
    const measured = await fetched(
      (socket, request) =>
        socket.end(`HTTP/1.1 ${request.startsWith('HEAD ') ? 200 : 405} x\r\nContent-Length: 70\r\n\r\n`),
      { method: 'HEAD' },
    );
    expect(measured).toMatchObject({
      http: { statusCode: 200, bodyBytes: 0 },
      httpBody: null,
      failure: null,
    });
  });

  it('is asked for plainly: by its own name, and not compressed', async () => {
    let asked = '';
    await fetched((socket, request) => {
      asked = request;
      socket.end(answer(''));
    });
    expect(asked).toMatch(/^User-Agent: pathproof\r$/m);
    expect(asked).toMatch(/^Host: one\.test:\d+\r$/m);
    expect(asked).not.toMatch(/^(Accept-Encoding|Authorization|Cookie):/im);
  });

  it('over TLS is how long that took and how long the certificate is valid', async () => {
    const pair = certificates.issue('page', 'DNS:one.test', 30);
    const port = await serveTls(says(answer('Hello')), pair);
    const { http: figures, failure } = await probed(`https://one.test:${port}/`);
    expect(failure).toBe(null);
    expect(figures?.tlsMs).toBeGreaterThan(0);
    expect(figures?.certificateDaysLeft).toBeGreaterThan(29.9);
    expect(figures?.certificateDaysLeft).toBeLessThanOrEqual(30);
  });
});

describe('a connection that nobody takes', () => {
  it('is measured: it was refused', async () => {
    const port = await closedPort();
    const measured = await probed(`http://one.test:${port}/`);
    expect(measured).toMatchObject({
      address: '127.0.0.1',
      http: { statusCode: null, totalMs: null, connectMs: null },
      httpBody: null,
      refusal: `127.0.0.1:${port} refused the connection`,
      failure: null,
    });
  });

  it('is told of each address that was tried', async () => {
    const port = await closedPort();
    const resolve = () => Promise.resolve(['127.0.0.1', '127.0.0.2']);
    const { refusal } = await probed(`http://one.test:${port}/`, {}, { resolve });
    expect(refusal).toBe(
      `127.0.0.1:${port} refused the connection; 127.0.0.2:${port} refused the connection`,
    );
  });

  it('is measured by the next address where the first one refuses', async () => {
    const resolve = () => Promise.resolve(['127.0.0.2', '127.0.0.1']);
    const port = await serve(says(answer('')));
    const measured = await probed(`http://one.test:${port}/`, {}, { resolve });
    expect(measured).toMatchObject({ address: '127.0.0.1', http: { statusCode: 200 }, refusal: null });
  });

  it('is measured though curl is ended before it could tell', async () => {
    standInForCurl('never', '*   Trying 127.0.0.1:80...');
    const { refusal, failure } = await probed(
      'http://one.test/',
      { timeoutMs: 1000 },
      {},
      AbortSignal.timeout(1000),
    );
    expect([refusal, failure]).toEqual(['no connection to 127.0.0.1:80 within 0.8 s', null]);
  });

  it('is not measured where curl is ended before it tried, or tells of a connection', async () => {
    for (const lines of [
      [],
      ['*   Trying 127.0.0.1:80...', '* Connected to one.test (127.0.0.1) port 80 (#0)'],
    ]) {
      standInForCurl('never', ...lines);
      const { refusal, failure } = await probed(
        'http://one.test/',
        { timeoutMs: 200 },
        {},
        AbortSignal.timeout(200),
      );
      expect([refusal, failure?.code]).toEqual([null, 'cancelled']);
    }
  });

  it('is not measured where its asker leaves while it is waited for', async () => {
    standInForCurl('never', '*   Trying 127.0.0.1:80...');
    const { refusal, failure } = await probed('http://one.test/', {}, {}, AbortSignal.timeout(200));
    expect([refusal, failure?.code]).toEqual([null, 'cancelled']);
  });

  it('is none where this machine drops the answers: that is its own fault', async () => {
    const filtered = new Failure('repliesFiltered', 'lo drops the answers');
    const watchDrops = () => () => Promise.resolve(filtered);
    const port = await closedPort();
    expect((await probed(`http://one.test:${port}/`, {}, { watchDrops })).failure).toBe(filtered);
  });
});

describe('the uplink, where it is at fault', () => {
  const noCarrier = new Failure('noCarrier', 'lo has no carrier');
  /** There at first, and lost by the time it is asked for again. */
  const losing = (): Partial<ProbeTools> => {
    const answers = [Promise.resolve(loopback)];
    return { way: () => answers.pop() ?? Promise.reject(noCarrier) };
  };

  it('is told where its carrier went while nobody took the connection', async () => {
    const measured = await probed(`http://one.test:${await closedPort()}/`, {}, losing());
    expect(measured.failure).toBe(noCarrier);
  });

  it.each<[what: string, conduct: Conduct, scheme: string]>([
    ['the answer did not end', () => undefined, 'http'],
    ['the answer broke off', says('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'), 'http'],
    ['TLS was not agreed on', says('x'), 'https'],
  ])('is told where its carrier went and %s', async (_what, conduct, scheme) => {
    const url = `${scheme}://one.test:${await serve(conduct)}/`;
    expect((await probed(url, { timeoutMs: 400 }, losing())).failure).toBe(noCarrier);
  });

  it("is not asked again where the answer came, or is the target's own fault", async () => {
    const bad = says('SSH-2.0-x\r\n');
    for (const conduct of [says(answer('')), bad]) {
      const { failure } = await probed(`http://one.test:${await serve(conduct)}/`, {}, losing());
      expect(failure?.source).toBe(conduct === bad ? 'target' : undefined);
    }
  });

  const beyond: Way = { ...loopback, nextHop: '127.0.0.9' };
  const viaNextHop = { resolve: () => Promise.resolve(['127.0.0.1']), way: () => Promise.resolve(beyond) };
  const unreachedBy = async (words: string, network: Network, way = beyond) => {
    standInForCurl(7, `* connect to 127.0.0.1 port 80 failed: ${words}`, '{"response_code":0}');
    const given = tools(network, { ...viaNextHop, way: () => Promise.resolve(way) });
    const request = HttpRequest.parse({ kind: 'http', target: 'http://one.test/', timeoutMs: 5000 });
    return { measured: await http(request, null, given, unhurried()), sent: given.sent };
  };
  const noRoute = 'No route to host';

  it('is told where its next hop does not answer ARP', async () => {
    const { measured, sent } = await unreachedBy(noRoute, () => ({ type: 'silence', left: false }));
    expect(measured.failure).toMatchObject({
      code: 'neighbourUnreachable',
      message: 'nothing left by lo: the next hop 127.0.0.9 does not answer ARP',
    });
    expect(sent).toMatchObject([{ destination: '127.0.0.9', nextHop: null, interfaceName: 'lo' }]);
  });

  it('is given time to tell where it does not know at first whether packets leave', async () => {
    const host = reply(3000, { type: 'unreachable', from: '127.0.0.1', reason: 'host' });
    const { measured, sent } = await unreachedBy(noRoute, (_echo, number) =>
      number === 0 ? { type: 'silence', left: null } : host,
    );
    expect(measured.failure?.code).toBe('neighbourUnreachable');
    expect(sent.map(({ waitMs }) => waitMs)).toEqual([500, 3500]);
  });

  it('is not blamed where its next hop answers, or what was sent to it left', async () => {
    for (const outcome of [reply(1, { from: '127.0.0.9' }), silence]) {
      const { measured, sent } = await unreachedBy(noRoute, () => outcome);
      expect([measured.failure, sent.length]).toEqual([null, 1]);
      expect(measured.refusal).toContain(noRoute);
      expect(measured.traffic.packetsSent).toBeGreaterThan(0);
    }
  });

  it('is not asked where the target refused, or is a neighbour itself', async () => {
    const silent: Network = () => ({ type: 'silence', left: false });
    expect((await unreachedBy('Connection refused', silent)).sent).toEqual([]);
    expect((await unreachedBy(noRoute, silent, loopback)).sent).toEqual([]);
  });
});

describe('an answer that is none', () => {
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
  const tooMany = endlessly('HTTP/1.1 200 OK\r\n', `A: ${'x'.repeat(1000)}\r\n`);

  it.each<[what: string, conduct: Conduct, code: FailureCode, words: RegExp]>([
    [
      'another protocol',
      says('SSH-2.0-x\r\n'),
      'answerUnreadable',
      /sent what is no HTTP answer \(curl: .*0\.9/,
    ],
    ['bytes', says('\0\x01\x02'), 'answerUnreadable', /no HTTP answer/],
    ['a version that is none', says('HTTP/9.9 200 OK\r\n\r\n'), 'answerUnreadable', /no HTTP answer/],
    [
      'a length that is none',
      says('HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n'),
      'answerUnreadable',
      /Length/,
    ],
    ['a chunk that is none', says(chunked, 'ZZ\r\n'), 'answerUnreadable', /no HTTP answer/],
    [
      'less than its length',
      says('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'),
      'answerTruncated',
      /6 bytes/,
    ],
    ['half a chunk', says(chunked, '5\r\nab'), 'answerTruncated', /broke off its answer/],
    ['half its headers', says('HTTP/1.1 200 OK\r\nA: b'), 'answerTruncated', /before its headers ended$/],
    ['nothing', says(), 'answerTruncated', /Empty reply/],
    ['a reset', (socket) => socket.resetAndDestroy(), 'answerTruncated', /reset/],
    [
      'a header too long',
      says(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(2e5)}\r\n\r\n`),
      'answerTooLarge',
      /headers/,
    ],
    ['headers without end', tooMany, 'answerTooLarge', /headers/],
  ])('%s is a failure of the target', async (_what, conduct, code, words) => {
    const { failure, refusal } = await fetched(conduct);
    expect(failure).toMatchObject({ code, source: 'target' });
    expect(failure?.message).toMatch(words);
    expect(failure?.message).toMatch(/^127\.0\.0\.1:\d+ /);
    expect(refusal).toBe(null);
  });

  it('keeps what was seen of it', async () => {
    const cut = await fetched(says('HTTP/1.1 203 OK\r\nContent-Length: 9\r\n\r\nabc'));
    expect(cut.http).toMatchObject({ statusCode: 203, bodyBytes: 3, totalMs: null });
    expect(cut.httpBody).toEqual({ text: 'abc', complete: false, unreadable: null });
  });

  it('is too slow where nothing comes', async () => {
    const { failure, http: figures } = await fetched(() => undefined, { timeoutMs: 400 });
    expect(failure?.code).toBe('answerTooSlow');
    expect(failure?.message).toMatch(
      /did not end its answer within 0\.3 s: 0 bytes of headers and 0 of the body/,
    );
    expect(figures).toMatchObject({ statusCode: null, firstByteMs: null });
  });

  it('is too slow where it comes by the byte', async () => {
    const byByte: Conduct = (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 10);
      socket.on('close', () => clearInterval(timer));
    };
    const { failure, httpBody } = await fetched(byByte, { timeoutMs: 500 });
    expect(failure?.code).toBe('answerTooSlow');
    expect(failure?.message).toMatch(/and \d+ of 5000 of the body came$/);
    expect(httpBody?.text).toMatch(/^x+$/);
  });

  it('ends with its asker, and nothing is left running', async () => {
    const gone = new AbortController();
    const port = await serve(() => gone.abort());
    const { failure, traffic } = await probed(`http://one.test:${port}/`, {}, {}, gone.signal);
    expect(failure?.code).toBe('cancelled');
    expect(traffic.packetsSent).toBeGreaterThan(0);
    expect(curls()).toEqual([]);
  });
});

describe('TLS', () => {
  it.each<[what: string, names: string, days: number, words: RegExp]>([
    ['has expired', 'DNS:one.test', -1, /expired/],
    ["is another host's", 'DNS:other.test', 2, /does not match|no alternative/],
  ])('with a certificate that %s fails as that', async (what, names, days, words) => {
    const pair = certificates.issue(what.replace(/\W/g, '-'), names, days);
    const port = await serveTls(says(answer('')), pair);
    const { failure, http: figures } = await probed(`https://one.test:${port}/`);
    expect(failure).toMatchObject({ code: 'certificateInvalid', source: 'target' });
    expect(failure?.message).toMatch(words);
    expect(figures).toMatchObject({ statusCode: null, tlsMs: null });
  });

  it('with a certificate of an authority that nobody trusts fails as that', async () => {
    const port = await serveTls(says(answer('')), certificates.otherCa);
    const { failure } = await probed(`https://one.test:${port}/`);
    expect(failure).toMatchObject({ code: 'certificateInvalid' });
    expect(failure?.message).toMatch(/self.signed/);
  });

  it('to what speaks none fails as TLS', async () => {
    const port = await serve(says(answer('')));
    const { failure } = await probed(`https://one.test:${port}/`);
    expect(failure).toMatchObject({ code: 'tlsFailed', source: 'target' });
    expect(failure?.message).toMatch(/^127\.0\.0\.1:\d+ did not agree on TLS \(curl: /);
  });

  it('that is begun and never ended is too slow', async () => {
    const port = await serve(() => undefined);
    const { failure } = await probed(`https://one.test:${port}/`, { timeoutMs: 400 });
    expect(failure?.code).toBe('answerTooSlow');
    expect(failure?.message).toMatch(/did not end the TLS handshake within 0\.3 s$/);
  });

  it('spoken to by plain HTTP is an answer that breaks off', async () => {
    const port = await serveTls(says(answer('')), certificates.server);
    expect((await probed(`http://one.test:${port}/`)).failure?.code).toBe('answerTruncated');
  });

  it('without authorities to check by is the fault of this machine', async () => {
    const port = await serveTls(says(answer('')), certificates.server);
    vi.stubEnv('CURL_CA_BUNDLE', '/nowhere');
    const { failure } = await probed(`https://one.test:${port}/`);
    expect(failure).toMatchObject({ code: 'noCurl', source: 'local' });
    expect(failure?.message).toMatch(/\/nowhere/);
  });
});

describe('a body without end', () => {
  const part = 'word '.repeat(2000);
  const endless = endlessly('HTTP/1.1 200 OK\r\n\r\nfirst ', part);
  const announced = endlessly('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nfirst ', part);

  it.each([
    ['endless', endless],
    ['announced', announced],
  ])('is no fault where nothing is expected of it (%s)', async (_what, conduct) => {
    const measured = await fetched(conduct);
    expect(measured.failure).toBe(null);
    expect(measured.http).toMatchObject({ statusCode: 200, bodyBytes: 65_536 });
    expect(measured.http?.totalMs).toBeGreaterThan(0);
    expect(measured.httpBody?.complete).toBe(false);
  });

  it('has the time in which its part came where nothing more does', async () => {
    const conduct: Conduct = (socket) => socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat((64 << 10) + 1)}`);
    const measured = await fetched(conduct, { timeoutMs: 2000 });
    expect(measured.failure).toBe(null);
    expect(measured.http).toMatchObject({ statusCode: 200, bodyBytes: 65_536 });
    expect(measured.http?.totalMs).toBeLessThan(1500);
  });

  it.each<[conduct: Conduct, expected: object, code: FailureCode]>([
    [endless, { bodyIncludes: ['last'] }, 'answerEndless'],
    [announced, { bodyIncludes: ['last'] }, 'answerTooLarge'],
    [endless, { bodyExcludes: ['last'] }, 'answerEndless'],
    [endless, { bodyIncludes: ['first'], bodyExcludes: ['last'] }, 'answerEndless'],
  ])('is one where it does not settle what is (%#)', async (conduct, expected, code) => {
    const measured = await fetched(conduct, { expect: expected });
    expect(measured.failure).toMatchObject({ code, source: 'target' });
    expect(measured.http?.bodyBytes).toBe(1 << 20);
  });

  it.each([{ bodyIncludes: ['first', 'word'] }, { bodyIncludes: ['last'], bodyExcludes: ['word'] }])(
    'is none where it does: %j',
    async (expected) => {
      const measured = await fetched(endless, { expect: expected });
      expect(measured.failure).toBe(null);
      expect(measured.httpBody?.text).toMatch(/^first word/);
    },
  );
});

describe('before the first packet', () => {
  it("the host's addresses are held against the policy", async () => {
    const refused = new Failure('targetRefused', 'target: no');
    const refusal = vi.fn((_kind: string, _host: string, address: string) =>
      address === '127.0.0.2' ? refused : null,
    );
    const resolve = () => Promise.resolve(['127.0.0.1', '127.0.0.2']);
    await expect(probed('http://ONE.test./', {}, { refusal, resolve })).rejects.toBe(refused);
    expect(refusal.mock.calls.map(([, host, address]) => `${host} ${address}`)).toEqual([
      'one.test 127.0.0.1',
      'one.test 127.0.0.2',
    ]);
  });

  it('it is asked whether the kernel has a route', async () => {
    const noRoute = new Failure('noRoute', 'lte has no route');
    const mustRoute = vi.fn(() => Promise.reject(noRoute));
    await expect(probed('http://one.test/', {}, { mustRoute })).rejects.toBe(noRoute);
    expect(mustRoute.mock.calls).toEqual([[loopback, '127.0.0.1']]);
  });

  it('of some of its addresses is tried at the others', async () => {
    const port = await serve(says(answer('')));
    const resolve = () => Promise.resolve(['127.0.0.2', '127.0.0.3', '127.0.0.1']);
    const mustRoute = (_way: Way, address: string) =>
      address === '127.0.0.1'
        ? Promise.resolve()
        : Promise.reject(new Failure('noRoute', `none to ${address}`));
    const measured = await probed(`http://one.test:${port}/`, {}, { resolve, mustRoute });
    expect(measured).toMatchObject({ address: '127.0.0.1', http: { statusCode: 200 } });
    const closed = await probed(`http://one.test:${await closedPort()}/`, {}, { resolve, mustRoute });
    expect(closed.refusal).toMatch(/^127\.0\.0\.1:\d+ refused the connection$/);
    await expect(
      probed('http://one.test/', {}, { resolve, mustRoute: () => mustRoute(loopback, '127.0.0.2') }),
    ).rejects.toMatchObject({ message: 'none to 127.0.0.2' });
  });
});
