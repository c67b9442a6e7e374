// Connections that end before their probe does, and the bridge that starts, stops and finds its port taken.
import { networkInterfaces } from 'node:os';
import { lookup } from 'node:dns/promises';
import { describe, expect, it, vi } from 'vitest';
import { createBridge } from '../../../../agent/request/http.ts';
import {
  client,
  expectRefusal,
  failed,
  get,
  heldAnswer,
  loopDelayMs,
  noPages,
  parsed,
  passed,
  running,
  send,
} from './bridge.ts';

describe('a client that leaves', () => {
  it.each([
    ['in the middle of a GET', 'GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\nConnection: close\r\n\r\n'],
    ['in the middle of a HEAD', 'HEAD /ping HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n'],
    ['a connection kept alive', 'GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\nConnection: keep-alive\r\n\r\n'],
    [
      'after a body',
      'GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\nContent-Length: 60000\r\n\r\n' + 'x'.repeat(60_000),
    ],
    ['within a body', 'GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab'],
  ])('%s ends its probe', async (_what, bytes) => {
    const { answer, release } = heldAnswer();
    const { port, asked, lines } = await running({ answer });
    const { socket } = client(port);
    socket.write(bytes);
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.signal?.aborted).toBe(false);
    socket.destroy();
    await vi.waitFor(() => expect(asked[0]?.signal?.aborted).toBe(true));
    expect(asked[0]?.signal?.reason).toMatchObject({ code: 'cancelled', message: 'the client went away' });
    release(failed('cancelled', 'the client went away'));
    await vi.waitFor(() => expect(lines).toContainEqual(expect.objectContaining({ level: 'debug' })));
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it('by closing its side only has left too', async () => {
    const { answer, release } = heldAnswer();
    const { port, asked } = await running({ answer });
    const { socket } = client(port);
    socket.end('GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n');
    await vi.waitFor(() => expect(asked[0]?.signal?.aborted).toBe(true));
    release();
  });

  it('after its answer ends nothing', async () => {
    const { port, asked, lines } = await running();
    await get(port, '/ping');
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(asked[0]?.signal?.aborted).toBe(false);
  });

  it('that goes on with nonsense is told so, and has left', async () => {
    const { answer, release } = heldAnswer();
    const { port, asked, lines } = await running({ answer });
    const { socket, received } = client(port);
    socket.write('GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n');
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    socket.write('nonsense\r\n\r\n');
    expectRefusal(parsed(await received), 400, /^can't be read as HTTP/);
    await vi.waitFor(() => expect(asked[0]?.signal?.aborted).toBe(true), 5000);
    release();
    await vi.waitFor(() => expect(lines).toHaveLength(1));
  });

  it('that sends a body without end is cut off', async () => {
    const { answer, release } = heldAnswer();
    const { port, asked } = await running({ answer });
    const { socket, received } = client(port);
    socket.write('GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
    for (let sent = 0; sent < 40; sent += 1) socket.write(chunk);
    expect(await received).toBe('');
    await vi.waitFor(() => expect(asked[0]?.signal?.aborted).toBe(true));
    release();
  });
});

describe('starting and stopping', () => {
  it('says that the port is taken, and starts once it is free', async () => {
    const first = await running();
    const second = createBridge({
      address: '127.0.0.1',
      port: first.port,
      token: null,
      ownNames: () => [],
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      answer: () => Promise.resolve(passed),
      probeState: () => null,
      loopDelayMs: () => loopDelayMs,
      pages: noPages,
    });
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.stop();
    await first.stop();
    expect(await second.start()).toEqual({ address: '127.0.0.1', port: first.port });
    expect((await get(first.port, '/ping')).status).toBe(200);
    await second.stop();
    await expect(send(first.port, '')).resolves.toMatchObject({ text: '' });
  });

  it('lets answers in flight go out, then closes every connection', async () => {
    const { answer, release } = heldAnswer();
    const { port, asked, stop } = await running({ answer });
    const idle = client(port);
    idle.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => idle.socket.once('data', resolve));
    const [silent, slow, waiting] = [client(port), client(port), client(port)];
    slow.socket.write('GET /ping HTTP/1.1\r\nHos');
    waiting.socket.write('GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\nConnection: keep-alive\r\n\r\n');
    await vi.waitFor(() => expect(asked).toHaveLength(1));

    const stopped = stop();
    expect(await idle.received).toMatch(/^HTTP\/1\.1 200/);
    const refused = client(port);
    expect(await refused.received).toBe('');
    expect(asked[0]?.signal?.aborted).toBe(false);
    release();
    const answered = parsed(await waiting.received);
    expect([answered.status, answered.headers.get('connection')]).toEqual([200, ['close']]);
    await stopped;
    expect([await silent.received, await slow.received]).toEqual(['', '']);
  });

  it('answers 503 to what comes over an open connection meanwhile', async () => {
    const { answer, release } = heldAnswer();
    const { port, asked, stop } = await running({ answer });
    const { socket, received } = client(port);
    socket.write('GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n');
    await vi.waitFor(() => expect(asked).toHaveLength(1));
    const late = client(port);
    late.socket.write('GET /ping HTTP/1.1\r\n');
    await new Promise((resolve) => late.socket.once('ready', resolve));
    await get(port, '/healthz');
    const stopped = stop();
    late.socket.write('Host: 192.0.2.1\r\n\r\n');
    const reply = parsed(await late.received);
    expectRefusal(reply, 503, 'the agent is stopping');
    expect(asked).toHaveLength(1);
    release();
    expect(parsed(await received).status).toBe(200);
    await stopped;
    socket.destroy();
  });

  it('stops twice, and without having started', async () => {
    const { stop } = await running();
    await Promise.all([stop(), stop()]);
    await stop();
  });

  it('listens on every address of a name, with the same words', async () => {
    const { port } = await running({ address: 'localhost' });
    for (const { address } of await lookup('localhost', { all: true })) {
      const reply = await send(port, 'nonsense\r\n\r\n', address);
      expectRefusal(reply, 400, /^can't be read as HTTP/);
    }
  });

  it('listens on IPv6, or says that the machine has none', async () => {
    const loopbacks = (networkInterfaces()['lo'] ?? []).map(({ address }) => address);
    const bridge = running({ address: '::1' });
    if (!loopbacks.includes('::1')) return expect(bridge).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
    const { port } = await bridge;
    const request = 'GET /ping HTTP/1.1\r\nHost: 192.0.2.1\r\nConnection: close\r\n\r\n';
    expect((await send(port, request, '::1')).status).toBe(200);
    const own = `GET /ping HTTP/1.1\r\nHost: [::1]:${port}\r\nConnection: close\r\n\r\n`;
    expect((await send(port, own, '::1')).status).toBe(400);
  });
});
