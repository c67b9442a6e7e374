// The embedded broker against clients that are greedy, slow or not MQTT at all.
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startBroker, type BrokerOptions } from '../../../broker-dev/broker.ts';
import { createRetainedLimit } from '../../../broker-dev/retained.ts';
import { eventually, recordLog, startPeer } from '../mqtt/kit.ts';

async function start(options: Partial<BrokerOptions> = {}) {
  const log = recordLog();
  const broker = await startBroker({ port: 0, log, ...options });
  onTestFinished(() => broker.stop());
  return { broker, log, url: `mqtt://127.0.0.1:${broker.port}` };
}

async function rawSocket(
  port: number,
): Promise<{ socket: Socket; closed: () => boolean; bytes: () => Buffer }> {
  const socket = connect(port, '127.0.0.1');
  let closed = false;
  const chunks: Buffer[] = [];
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('close', () => (closed = true));
  onTestFinished(() => {
    socket.destroy();
  });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { socket, closed: () => closed, bytes: () => Buffer.concat(chunks) };
}

/** CONNECT of protocol version 4, clean, with the client identifier `raw`. */
const CONNECT = Buffer.from([0x10, 15, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 3, 0x72, 0x61, 0x77]);

describe('a broker', () => {
  test('passes messages on, keeps retained ones, and publishes wills', async () => {
    const { url } = await start();
    const peer = await startPeer(url, 'a/#');
    const will = { topic: 'a/will', payload: Buffer.from('gone'), qos: 1 as const };
    const other = await startPeer(url, null, { will });
    await other.client.publishAsync('a/b', 'kept', { qos: 1, retain: true });
    await eventually(() => expect(peer.texts()).toEqual(['kept']));
    const late = await startPeer(url, 'a/#');
    await eventually(() => expect(late.received[0]?.packet.retain).toBe(true));
    other.client.stream.destroy();
    await eventually(() => expect(peer.texts()).toContain('gone'));
  });

  test('says with a code that its port is taken', async () => {
    const { broker } = await start();
    await expect(startBroker({ port: broker.port, log: recordLog() })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });

  test.each(['0.0.0.0', '::', '192.168.1.10', 'broker.test', '127.0.0.1.example.com'])(
    'does not listen on %s',
    async (host) => {
      await expect(startBroker({ port: 0, host, log: recordLog() })).rejects.toThrow(/loopback only/);
    },
  );

  test('stops with clients connected and half-connected, and frees its port', async () => {
    const { broker, url } = await start();
    await startPeer(url, 'a');
    const half = await rawSocket(broker.port);
    await broker.stop();
    await eventually(() => expect(half.closed()).toBe(true));
    const again = await startBroker({ port: broker.port, log: recordLog() });
    await again.stop();
  });

  test('refuses MQTT 5 with the code that makes clients fall back', async () => {
    const { url } = await start();
    await expect(startPeer(url, null, { protocolVersion: 5, reconnectPeriod: 0 })).rejects.toMatchObject({
      code: 1,
    });
  });

  test('refuses shared subscriptions instead of granting what it would never deliver', async () => {
    const { url } = await start();
    const { client } = await startPeer(url, null);
    await expect(client.subscribeAsync('$share/group/a')).rejects.toThrow(/Subscribe error/);
    const peer = await startPeer(url, 'a');
    await client.publishAsync('a', 'still here', { qos: 1 });
    await eventually(() => expect(peer.texts()).toEqual(['still here']));
  });

  test('ends each session with its connection: nothing is queued for who may never come back', async () => {
    const { url } = await start();
    const lasting = { clientId: 'lasting', clean: false, reconnectPeriod: 0 };
    const first = await startPeer(url, 'a', lasting);
    await first.client.endAsync(true);
    const { client } = await startPeer(url, null);
    await client.publishAsync('a', 'missed', { qos: 1 });
    const second = await startPeer(url, null, lasting);
    await second.client.subscribeAsync('a', { qos: 1 });
    await client.publishAsync('a', 'seen', { qos: 1 });
    await eventually(() => expect(second.texts()).toEqual(['seen']));
  });

  test('closes on a publish to its own topics and goes on serving', async () => {
    const { url } = await start();
    const bad = await startPeer(url, null, { reconnectPeriod: 0 });
    bad.client.publish('$SYS/x', 'no');
    await eventually(() => expect(bad.client.connected).toBe(false));
    await startPeer(url, 'a');
  });
});

describe('limits', () => {
  test('a packet over 1 MiB closes the connection at its header, before and after CONNECT', async () => {
    const { broker, log } = await start();
    const before = await rawSocket(broker.port);
    before.socket.write(Buffer.of(0x10, 0x80, 0xc2, 0xd7, 0x2f)); // CONNECT of 100 MB
    await eventually(() => expect(before.closed()).toBe(true));

    const after = await rawSocket(broker.port);
    after.socket.write(CONNECT);
    await eventually(() => expect(after.bytes()).toEqual(Buffer.of(0x20, 2, 0, 0)));
    for (const byte of [0x30, 0x81, 0x80, 0x40]) after.socket.write(Buffer.of(byte)); // 1 048 577 bytes, byte by byte
    await eventually(() => expect(after.closed()).toBe(true));
    expect(log.count(/packet too large/)).toBe(2);
  });

  test('a packet of 60 KiB in small pieces passes', async () => {
    const { url, broker } = await start();
    const peer = await startPeer(url, 'a');
    const raw = await rawSocket(broker.port);
    const body = Buffer.concat([Buffer.of(0, 1, 0x61), Buffer.alloc(60_000, 0x62)]);
    const bytes = Buffer.concat([CONNECT, Buffer.of(0x30, 0xe3, 0xd4, 0x03), body, Buffer.of(0xc0, 0)]);
    for (let at = 0; at < bytes.length; at += 997) raw.socket.write(bytes.subarray(at, at + 997));
    await eventually(() => expect(peer.texts()[0]).toHaveLength(60_000));
    await eventually(() => expect(raw.bytes().subarray(-2)).toEqual(Buffer.of(0xd0, 0)));
  });

  test.each(['POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', '\0', '\x16\x03\x01'])(
    'what does not begin as MQTT is closed: %j',
    async (text) => {
      const { broker, url } = await start();
      const raw = await rawSocket(broker.port);
      raw.socket.write(text);
      await eventually(() => expect(raw.closed()).toBe(true));
      expect(raw.bytes()).toHaveLength(0);
      await startPeer(url, 'a');
    },
  );

  test('who does not send CONNECT in time is closed', async () => {
    const { broker } = await start({ connectTimeoutMs: 50 });
    const silent = await rawSocket(broker.port);
    const slow = await rawSocket(broker.port);
    slow.socket.write(CONNECT.subarray(0, 5));
    await eventually(() => expect([silent.closed(), slow.closed()]).toEqual([true, true]));
  });

  test('one connection too many is refused, and there is room again when one has gone', async () => {
    const { broker, log, url } = await start({ maxConnections: 2 });
    const first = await startPeer(url, 'a');
    await startPeer(url, 'a');
    const third = await rawSocket(broker.port);
    await eventually(() => expect(third.closed()).toBe(true));
    expect(log.count(/too many connections/)).toBe(1);
    await first.client.endAsync(true);
    await startPeer(url, 'a');
  });

  test('topics meant to break it do not', async () => {
    const { url } = await start();
    for (const topic of ['a/'.repeat(300), '__proto__/constructor', '/', 'x'.repeat(60_000)]) {
      const odd = await startPeer(url, null, { reconnectPeriod: 0, clientId: '__proto__' });
      odd.client.publish(topic, '1', { qos: 1, retain: true });
      odd.client.subscribe(topic);
      await odd.client.endAsync(true);
    }
    const peer = await startPeer(url, 'a');
    await peer.client.publishAsync('a', 'alive', { qos: 1 });
    await eventually(() => expect(peer.texts()).toEqual(['alive']));
  });

  test('what is retained is bounded; the rest is delivered but not kept', async () => {
    const { url, log } = await start();
    const peer = await startPeer(url, 'big/#');
    const payload = 'x'.repeat(64_000);
    const sent = Array.from({ length: 300 }, (_, index) => `big/${index}`); // 19 MB
    await Promise.all(
      sent.map((topic) => peer.client.publishAsync(topic, payload, { qos: 1, retain: true })),
    );
    await eventually(() => expect(peer.received.map(({ topic }) => topic)).toEqual(sent));
    const notKept = log.count(/retained store full/);
    expect(notKept).toBeGreaterThan(30);
    const late = await startPeer(url, 'big/#');
    await eventually(() => expect(late.received).toHaveLength(300 - notKept));
  });
});

describe('the count of what is retained', () => {
  test('replaces a topic’s earlier message, and frees a cleared topic', () => {
    const admit = createRetainedLimit(100);
    expect(admit('a', 60)).toBe(true);
    expect(admit('a', 90)).toBe(true);
    expect(admit('b', 20)).toBe(false);
    expect(admit('a', 10)).toBe(true);
    expect(admit('b', 20)).toBe(true);
    expect(admit('b', 90)).toBe(false);
    expect(admit('a', 0)).toBe(true);
    expect(admit('b', 90)).toBe(true);
  });
});
