// What is answered before anything becomes a probe, and what odd requests are probes all the same.
import { describe, expect, it } from 'vitest';
import { client, expectRefusal, get, running, send } from './bridge.ts';

describe('what never becomes a probe', () => {
  const all =
    '/ping, /traceroute, /dns, /http, /egress, /healthz, /metrics, /monitors, /monitors/NAME, /monitors/NAME/history';
  const notFound = `no such path; there are ${all}`;

  it.each([
    ['an unknown path', '/', 404, notFound],
    ['a path in other letters', '/Ping', 404, notFound],
    ['an encoded path', '/p%69ng', 404, notFound],
    ['two slashes', '/ping//', 404, notFound],
    ['a path below', '/ping/x', 404, notFound],
    ['a broken path', '/%zz', 400, /%zz/],
    ['a path below metrics', '/metrics/x', 404, notFound],
    ["a path below a monitor's that is none", '/monitors/backup/x', 404, notFound],
    ["a path below a monitor's history", '/monitors/backup/history/x', 404, notFound],
  ])('%s', async (_what, url, status, reason) => {
    const { port, asked } = await running();
    expectRefusal(await get(port, url), status, reason);
    expect(asked).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE'])(
    'the method %s',
    async (method) => {
      const { port, asked } = await running();
      const reply = await get(port, '/ping', ['Content-Type: x/y', 'Content-Length: 0'], method);
      expectRefusal(reply, 405, `${method} is not answered here; use GET or HEAD`);
      expect(reply.headers.get('allow')).toEqual(['GET, HEAD']);
      expect(asked).toEqual([]);
    },
  );

  it('a POST of any content', async () => {
    const { port } = await running();
    const reply = await send(
      port,
      'POST /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\nabc',
    );
    expectRefusal(reply, 405, /^POST/);
  });

  it('a tunnel', async () => {
    const { port } = await running();
    const reply = await send(port, 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n');
    expectRefusal(reply, 405, 'CONNECT is not answered here; use GET or HEAD');
    expect(reply.headers.get('allow')).toEqual(['GET, HEAD']);
  });

  it('no Host on HTTP/1.1', async () => {
    const { port, asked } = await running();
    const reply = await send(port, 'GET /ping?target=192.0.2.1 HTTP/1.1\r\nConnection: close\r\n\r\n');
    expectRefusal(reply, 400, 'the request has no Host header, which HTTP/1.1 requires');
    expect(asked).toEqual([]);
  });

  it.each([
    ['Origin: https://evil.example', '/ping'],
    ['Origin: null', '/ping'],
    ['Origin:', '/ping'],
    ['Sec-Fetch-Site: cross-site', '/ping'],
    ['Sec-Fetch-Site: same-site', '/ping'],
    ['Origin: https://evil.example', '/healthz'],
    ['Origin: https://evil.example', '/nowhere'],
  ])('a web page (%s on %s), whatever token it shows', async (line, url) => {
    const { port, asked } = await running({ token: 's3cret' });
    const reply = await get(port, url, [line, 'Authorization: Bearer s3cret']);
    expectRefusal(reply, 403, 'requests from web pages are refused (Origin, Sec-Fetch-Site)');
    expect([...reply.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('but an address typed into a browser does', async () => {
    const { port } = await running();
    const lines = ['Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate'];
    expect((await get(port, '/ping', lines)).status).toBe(200);
  });

  it('a body beyond 64 KiB', async () => {
    const { port, asked } = await running();
    expectRefusal(
      await get(port, '/ping', ['Content-Length: 65537']),
      413,
      'the body is too large; none is needed',
    );
    expect(asked).toEqual([]);
  });

  it('headers beyond 64 KiB', async () => {
    const { port } = await running();
    const reply = await get(port, '/ping', [`X-Long: ${'x'.repeat(200_000)}`]);
    expectRefusal(reply, 431, 'the headers are longer than 64 KiB');
  });

  it.each([
    ['words', 'hello there\r\n\r\n', /^can't be read as HTTP\/1\.1 \(.+\)$/],
    ['an unknown method', 'FETCH /ping HTTP/1.1\r\nHost: x\r\n\r\n', /^can't be read as HTTP\/1\.1 \(.+\)$/],
    [
      'a header with a space in its name',
      'GET /ping HTTP/1.1\r\nBad Name: x\r\n\r\n',
      /^can't be read as HTTP/,
    ],
    [
      'a control character in a value',
      'GET /ping HTTP/1.1\r\nHost: x\u0000y\r\n\r\n',
      /^can't be read as HTTP/,
    ],
    [
      'two lengths',
      'GET /ping HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
      /^can't be read as HTTP/,
    ],
    [
      'a TLS handshake',
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
      'this port speaks HTTP, not HTTPS',
    ],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^can't be read as HTTP/],
  ])('%s instead of a request', async (_what, bytes, reason) => {
    const { port, asked } = await running();
    expectRefusal(await send(port, bytes), 400, reason);
    expect(asked).toEqual([]);
  });
});

describe('unusual requests that are answered all the same', () => {
  it.each([
    ['a version', 'Accept-Version: 2.0.0'],
    ['an expectation that HTTP does not know', 'Expect: the-unexpected'],
    [
      'an upgrade',
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
    ],
  ])('those that ask for %s', async (_what, line) => {
    const { port } = await running();
    expect((await get(port, '/ping', [line])).status).toBe(200);
  });

  it('one that waits for leave to send its body', async () => {
    const { port } = await running();
    const { socket, received } = client(port);
    socket.write(
      'GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n',
    );
    socket.once('data', () => socket.write('{}'));
    expect(await received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });

  it("one with a whole URL, whose host is the request's", async () => {
    const { port, asked } = await running();
    expect((await get(port, 'http://192.0.2.7/ping?count=2', ['Host: x.test'])).status).toBe(200);
    expect((await get(port, `http://x.test:${port}/ping`)).status).toBe(400);
    expect(asked[0]?.body).toEqual({ target: '192.0.2.7', count: 2, expect: {} });
  });

  it('one of HTTP/1.0, which needs no Host', async () => {
    const { port } = await running();
    expect((await send(port, 'GET /ping?target=192.0.2.1 HTTP/1.0\r\n\r\n')).status).toBe(200);
    expect((await send(port, 'GET /ping HTTP/1.0\r\n\r\n')).body['reason']).toMatch(/^no target/);
  });
});
