// The server's limits: a client that dawdles is told so and let go, while a long probe keeps its asker.
import { describe, expect, it, onTestFinished } from 'vitest';
import { createWire } from '../../../../agent/request/http/wire.ts';
import { client, parsed } from './bridge.ts';

async function listening(limits: Parameters<typeof createWire>[1]): Promise<number> {
  const server = createWire((_request, response) => response.end('{}'), limits);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

describe('a client that dawdles', () => {
  it.each([
    ['with its headers', 'GET /ping HTTP/1.1\r\nHos'],
    ['with its first byte', ''],
  ])('%s is told so', async (_what, bytes) => {
    const port = await listening({ headersTimeout: 40, requestTimeout: 80, connectionsCheckingInterval: 10 });
    const { socket, received } = client(port);
    socket.write(bytes);
    const reply = parsed(await received);
    expect(reply.status).toBe(408);
    expect(reply.body).toMatchObject({ result: 'error', reason: 'the request took too long to arrive' });
  });
});

describe('the usual limits', () => {
  const { headersTimeout, requestTimeout, timeout, keepAliveTimeout, maxConnections } = createWire(
    () => undefined,
  );
  const longestProbeMs = 60_000;

  it('leave time for the longest probe', () => {
    expect(requestTimeout).toBeGreaterThan(longestProbeMs);
    expect(timeout).toBeGreaterThan(longestProbeMs);
  });

  it('do not let a connection wait for ever', () => {
    expect([headersTimeout, keepAliveTimeout, maxConnections].map((limit) => limit > 0)).toEqual([
      true,
      true,
      true,
    ]);
  });
});
