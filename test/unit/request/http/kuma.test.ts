// Uptime Kuma's requests as it sends them, byte by byte: which probe each becomes, or why it does not.
import { describe, expect, it } from 'vitest';
import { get, running, send } from './bridge.ts';

// Word for word what Uptime Kuma 2.5.3 puts on the wire.
const kumaRequest = (path: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.9',
    'User-Agent: Uptime-Kuma/2.5.3',
    'Host: www.example.com',
    'Source: eth1',
    'MinLatencyMs: 5',
    'RouteIncludeCsv: 192.0.2.1,198.51.100.0/24',
    'HopsMustIncludeOrg: Example Transit, Inc.',
    'Connection: close',
    '',
    '',
  ].join('\r\n');

describe("Uptime Kuma's requests", () => {
  it('become the probe they describe', async () => {
    const { port, asked } = await running();
    const reply = await send(port, kumaRequest('/traceroute?uptime_kuma_cachebuster=0.4711'));
    expect(reply.status).toBe(200);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      kind: 'traceroute',
      word: 'traceroute',
      problem: null,
      mayForce: false,
      reply: null,
    });
    expect(asked[0]?.body).toEqual({
      target: 'www.example.com',
      via: 'eth1',
      expect: {
        minLatencyMs: 5,
        routeIncludes: ['192.0.2.1', '198.51.100.0/24'],
        orgIncludes: ['Example Transit', 'Inc.'],
      },
    });
  });

  it('are refused by the name of what a ping can not judge', async () => {
    const { port, asked } = await running();
    const reply = await send(port, kumaRequest('/ping'));
    const reason =
      "RouteIncludeCsv: a ping can't judge this; traceroute can; " +
      "HopsMustIncludeOrg: a ping can't judge this; traceroute and egress can";
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({ result: 'error', reason, verdict: 'error' });
    expect(asked[0]?.problem).toMatchObject({ code: 'badRequest', source: 'request', message: reason });
  });

  it('without a Host of their own name the bridge, and get no pass', async () => {
    const { port, asked } = await running();
    const reply = await get(port, '/ping', [`Host: 127.0.0.1:${port}`, 'User-Agent: Uptime-Kuma/2.5.3']);
    expect(reply.status).toBe(400);
    expect(reply.body['reason']).toBe(
      `Host: names this bridge itself ("127.0.0.1:${port}"), so no target was given; ` +
        'if this machine is really meant, use the header Target or ?target=',
    );
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['latin-1', 'HopsMustIncludeOrg: Müller', { orgIncludes: ['Müller'] }],
    ['a tab', 'HopsMustIncludeOrg: AS1,\tAS2', { orgIncludes: ['AS1', 'AS2'] }],
    [
      'one line per element',
      'HopsMustIncludeOrg: AS1\r\nHopsMustIncludeOrg: AS2',
      { orgIncludes: ['AS1', 'AS2'] },
    ],
    ['percent-encoding', 'HopsMustIncludeOrg: %E6%97%A5%E6%9C%AC', { orgIncludes: ['日本'] }],
  ])('may hold %s', async (_what, line, expectation) => {
    const { port, asked } = await running();
    expect((await get(port, '/traceroute', [line])).status).toBe(200);
    expect(asked[0]?.body).toMatchObject({ expect: expectation });
  });

  it.each([
    ['characters that Kuma dropped', 'HopsMustIncludeOrg: ', /^HopsMustIncludeOrg: is empty/],
    ['null', 'MinLatencyMs: null', /^MinLatencyMs: must be a number, not "null"$/],
    ['a misspelt name', 'MinLatency: 10', /did you mean MinLatencyMs\?$/],
    ['the same header twice', 'MinLatencyMs: 1\r\nminlatencyms: 2', /^MinLatencyMs: is given 2 times$/],
    ['a second Host', 'Host: 192.0.2.1\r\nHost: 192.0.2.2', /^Host: is given 2 times$/],
    ['a URL as Host', 'Host: https://www.example.com/path', /^Host: must be .* not a URL/],
  ])('are refused for %s', async (_what, line, words) => {
    const { port, asked } = await running();
    const reply = await get(port, '/traceroute', [line]);
    expect(reply.status).toBe(400);
    expect(reply.body['reason']).toMatch(words);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['with a JSON body', 'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'],
    ['with a body that is no JSON', 'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{;'],
    ['of an unknown content type', 'Content-Type: a/b; c\r\nContent-Length: 2\r\n\r\n{}'],
    ['chunked and empty', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunked with a body', 'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['chunked without an end', 'Transfer-Encoding: chunked\r\n\r\n'],
  ])('may be a GET %s', async (_what, rest) => {
    const { port, asked } = await running();
    const reply = await send(port, `GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\nConnection: close\r\n${rest}`);
    expect(reply.status).toBe(200);
    expect(asked[0]?.body).toEqual({ target: '192.0.2.1', expect: {} });
  });

  it('may have 60 kB of headers', async () => {
    const { port, asked } = await running();
    const networks = Array.from({ length: 64 }, (_, at) => `198.51.100.${at}/32`).join(`,${' '.repeat(900)}`);
    expect((await get(port, '/traceroute', [`RouteIncludeCsv: ${networks}`])).status).toBe(200);
    expect(asked[0]?.body).toMatchObject({ expect: { routeIncludes: { length: 64 } } });
  });

  it('lose no header among thousands', async () => {
    const { port } = await running();
    const others = Array.from({ length: 3000 }, (_, at) => `X-${at}: y`);
    const reply = await get(port, '/ping', [...others, 'MinLatencyMs: x']);
    expect(reply.body['reason']).toBe('MinLatencyMs: must be a number, not "x"');
  });
});
