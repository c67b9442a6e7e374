// The bridge's pages of what is known: who may read them, and what they show.
import { describe, expect, it } from 'vitest';
import { Failure, type FailureCode } from '../../../../shared/failure.ts';
import { MonitorState } from '../../../../shared/monitor.ts';
import type { Pages } from '../../../../agent/request/http/pages.ts';
import { client, expectRefusal, get, noPages, running } from './bridge.ts';

const nothing = {
  ...{ target: '1.1.1.1', via: null, enabled: true, intervalMs: 60_000, cron: null, state: 'unknown' },
  ...{ degraded: false, since: null, at: null, verdict: null, reason: 'not run yet', failure: null },
  ...{ unexpected: null, refutedBy: null, badInARow: 0, goodInARow: 0, outageAt: null, outageMs: null },
  address: null,
  ...{ uplink: null, interface: null, minMs: null, rttMs: null, maxMs: null, jitterMs: null, route: null },
  ...{ lossPercent: null, hopCount: null, publicAddress: null, network: null, statusCode: null },
  certificateDaysLeft: null,
};
const monitors = ['backup', 'main'].map((monitor) =>
  MonitorState.parse({ monitor, title: monitor, kind: 'ping', ...nothing }),
);
const urls = ['/metrics', '/monitors', '/monitors/', '/monitors/backup', '/monitors/backup/history'];

function pagesWith(more: Partial<Pages> = {}): { pages: Pages; asked: object[] } {
  const asked: object[] = [];
  const pages: Pages = {
    ...noPages,
    metrics: () => Promise.resolve({ contentType: 'application/json; version=1', body: '{"a":1}' }),
    monitors: () => monitors,
    history(monitor, query) {
      asked.push({ monitor, query });
      return Promise.resolve({ ok: true, body: { monitor, points: [] } });
    },
    ...more,
  };
  return { pages, asked };
}

describe('the pages', () => {
  it('show the metrics as they are, in their own type', async () => {
    const body = '# TYPE pathproof_x gauge\npathproof_x 1\n';
    const contentType = 'text/plain; version=0.0.4; charset=utf-8';
    const { port } = await running(pagesWith({ metrics: () => Promise.resolve({ contentType, body }) }));
    const { socket, received } = client(port);
    socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const [head = '', text] = (await received).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(head.toLowerCase()).toContain(`\r\ncontent-type: ${contentType}\r\n`);
    expect(head.toLowerCase()).toContain('\r\ncache-control: no-store\r\n');
    expect(text).toBe(body);
  });

  it.each(['/monitors', '/monitors/', '/monitors?uptime_kuma_cachebuster=1'])(
    'list the monitors: %s',
    async (url) => {
      const { port } = await running(pagesWith());
      const reply = await get(port, url);
      expect([reply.status, reply.body]).toEqual([200, { monitors }]);
      expect(reply.headers.get('content-type')?.[0]).toMatch(/^application\/json/);
    },
  );

  it('show one monitor', async () => {
    const { port } = await running(pagesWith());
    const reply = await get(port, '/monitors/main');
    expect([reply.status, reply.body]).toEqual([200, monitors[1]]);
  });

  it("show a monitor's history as the query asks for it", async () => {
    const { pages, asked } = pagesWith();
    const { port } = await running({ pages });
    const reply = await get(port, '/monitors/backup/history?from=2026-11-20T07%3A00Z&most=5&most=6');
    expect([reply.status, reply.body]).toEqual([200, { monitor: 'backup', points: [] }]);
    expect(asked).toEqual([{ monitor: 'backup', query: 'from=2026-11-20T07%3A00Z&most=5&most=6' }]);
  });

  it.each<[code: FailureCode, status: number, retryAfter: string | undefined]>([
    ['badRequest', 400, undefined],
    ['internal', 500, undefined],
    ['queueFull', 429, '5'],
  ])('say why a history can’t be shown: %s', async (code, status, retryAfter) => {
    const failure = new Failure(code, 'because');
    const { port } = await running(pagesWith({ history: () => Promise.resolve({ ok: false, failure }) }));
    const reply = await get(port, '/monitors/backup/history?from=x');
    expectRefusal(reply, status, 'because');
    expect(reply.headers.get('retry-after')?.[0]).toBe(retryAfter);
  });

  it.each(['/monitors/other', '/monitors/other/history', '/monitors/__proto__'])(
    'know no %s',
    async (url) => {
      const { pages, asked } = pagesWith();
      const { port } = await running({ pages });
      expectRefusal(await get(port, url), 404, 'there is no monitor of this name; /monitors lists them');
      expect(asked).toEqual([]);
    },
  );

  it('that fail are told of without the reason, which the log has', async () => {
    const broken = { metrics: () => Promise.reject(new Error('at /secret/place')) };
    const { port, lines } = await running(pagesWith(broken));
    expectRefusal(await get(port, '/metrics'), 500, 'the bridge failed to answer; its log says why');
    expect(lines.map(({ level }) => level)).toContain('error');
  });
});

describe.each(urls)('%s', (url) => {
  it('needs the token', async () => {
    const { port } = await running({ ...pagesWith(), token: 'a-secret' });
    expectRefusal(await get(port, url), 401, /^the token is missing/);
    expect((await get(port, url, ['Authorization: Bearer a-secret'])).status).toBe(200);
  });

  it('is not for web pages', async () => {
    const { port } = await running(pagesWith());
    expect((await get(port, url, ['Origin: https://evil.example'])).status).toBe(403);
  });

  it('answers to GET and HEAD alone', async () => {
    const { port } = await running(pagesWith());
    expect((await get(port, url, [], 'POST')).status).toBe(405);
    expect(await get(port, url, [], 'HEAD')).toMatchObject({ status: 200, text: '' });
  });

  it('answers where no probe can run', async () => {
    const probeState = () => new Failure('noRawSockets', 'raw sockets are not to be had');
    const { port } = await running({ ...pagesWith(), probeState });
    expect((await get(port, url)).status).toBe(200);
  });
});
