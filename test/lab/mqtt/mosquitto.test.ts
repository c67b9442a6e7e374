// The agent's connection on a real mosquitto: MQTT 5, refusals, limits, and a broker that is killed at work.
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Outgoing } from '../../../agent/mqtt.ts';
import { makeCertificates } from '../../fixtures/certificates.ts';
import { eventually, FAST, startAgent, startPeer } from '../../unit/mqtt/kit.ts';
import { startRelay } from '../../unit/mqtt/relay.ts';
import { startMosquitto, type Mosquitto, type MosquittoOptions } from '../mosquitto.ts';

const REQUEST = 'pathproof/pi/probe/ping/request';
const RESULT = 'pathproof/pi/probe/ping/result';
const STATUS = 'pathproof/pi/status';

async function start(options: MosquittoOptions = {}): Promise<Mosquitto> {
  // Without it each QoS 1 round trip takes 44 ms: Nagle against delayed acknowledgements.
  const broker = await startMosquitto({
    ...options,
    config: ['set_tcp_nodelay true', ...(options.config ?? [])],
  });
  onTestFinished(() => broker[Symbol.asyncDispose]());
  return broker;
}

const result = (payload: string, extra: Partial<Outgoing> = {}): Outgoing => ({
  topic: RESULT,
  payload,
  qos: 1,
  retain: false,
  ...extra,
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

describe('MQTT 5', () => {
  test('hands on response topic and correlation data, and sends them with the answer and its expiry', async () => {
    const { url } = await start();
    const { mqtt, incoming } = startAgent({ url });
    await eventually(() => expect(mqtt.connected()).toBe(true));
    expect(mqtt.protocol()).toBe(5);
    const peer = await startPeer(url, 'answers/1', { protocolVersion: 5 });
    const correlationData = Buffer.from([0, 255, 7]);
    const properties = { responseTopic: 'answers/1', correlationData };
    await peer.client.publishAsync(REQUEST, '{}', { qos: 1, properties });
    await eventually(() => expect(incoming).toMatchObject([{ responseTopic: 'answers/1', correlationData }]));
    mqtt.publish({
      topic: 'answers/1',
      payload: 'ok',
      qos: 0,
      retain: false,
      correlationData,
      expirySeconds: 60,
    });
    await eventually(() => expect(peer.texts()).toEqual(['ok']));
    expect(peer.received[0]?.packet.properties).toMatchObject({ correlationData, messageExpiryInterval: 60 });
  });

  test('sees a retained command as retained, replayed or not', async () => {
    const { url } = await start();
    const peer = await startPeer(url, null);
    await peer.client.publishAsync(REQUEST, 'replayed', { qos: 1, retain: true });
    const { incoming } = startAgent({ url });
    await eventually(() => expect(incoming).toHaveLength(1));
    await peer.client.publishAsync(REQUEST, 'live', { qos: 1, retain: true });
    await peer.client.publishAsync(REQUEST, 'plain', { qos: 1 });
    await eventually(() => expect(incoming).toHaveLength(3));
    expect(incoming.map(({ payload, retained }) => [payload.toString(), retained])).toEqual([
      ['replayed', true],
      ['live', true],
      ['plain', false],
    ]);
  });

  test('a shared subscription gives each request to one member', async () => {
    const { url } = await start();
    const subscriptions = ['$share/attic/pathproof/group/attic/probe/+/request'];
    const agents = ['a', 'b'].map((clientId) => startAgent({ url, clientId, subscriptions }));
    for (const { mqtt } of agents) await eventually(() => expect(mqtt.connected()).toBe(true));
    const peer = await startPeer(url, null);
    for (const id of numbers(0, 10)) {
      await peer.client.publishAsync('pathproof/group/attic/probe/ping/request', id, { qos: 1 });
    }
    await eventually(() => expect(agents.map(({ incoming }) => incoming.length)).toEqual([5, 5]));
  });

  test.each([4, 5] as const)(
    'a session of version %i ends with its connection: what was sent meanwhile is not replayed',
    async (protocol) => {
      const { url } = await start();
      const first = startAgent({ url }, { ...FAST, protocol });
      await eventually(() => expect(first.mqtt.connected()).toBe(true));
      await first.mqtt.stop();
      const peer = await startPeer(url, null);
      await peer.client.publishAsync(REQUEST, 'missed', { qos: 1 });
      const second = startAgent({ url }, { ...FAST, protocol });
      await eventually(() => expect(second.mqtt.connected()).toBe(true));
      await peer.client.publishAsync(REQUEST, 'seen', { qos: 1 });
      await eventually(() =>
        expect(second.incoming.map(({ payload }) => payload.toString())).toEqual(['seen']),
      );
    },
  );
});

describe('a broker that refuses', () => {
  test.each([4, 5] as const)(
    'the password on version %i is asked again until it takes it, said once',
    async (protocol) => {
      const strict = await start({ passwords: { pi: 'new' } });
      const settings = { url: strict.url.replace('//', '//pi:old@') };
      const wrong = startAgent(settings, { ...FAST, protocol });
      await eventually(() => expect(wrong.log.text().split('next attempt').length).toBeGreaterThan(4));
      expect(wrong.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
      expect(
        wrong.log.count(protocol === 5 ? /Not authorized \(code 135\)/ : /Not authorized \(code 5\)/),
      ).toBe(1);
      expect(wrong.mqtt.protocol()).toBe(protocol);
      await strict.stop();
      await start({ port: strict.port, passwords: { pi: 'old' } });
      await eventually(() => expect(wrong.mqtt.connected()).toBe(true));
      expect(wrong.log.text()).not.toMatch(/pi:old|"old"/);
    },
  );

  test('credentials of their own settings are used', async () => {
    const { url } = await start({ passwords: { pi: 'p@ss:w%rd' } });
    const { mqtt } = startAgent({ url, username: 'pi', password: 'p@ss:w%rd' });
    await eventually(() => expect(mqtt.connected()).toBe(true));
  });

  test('a publish by its ACL is an error in the log on MQTT 5, and the next one arrives', async () => {
    const { url } = await start({ acl: ['topic readwrite pathproof/#', 'topic read #'] });
    const peer = await startPeer(url, '#');
    const { mqtt, log } = startAgent({ url });
    mqtt.publish(result('denied', { topic: 'elsewhere' }));
    mqtt.publish(result('granted'));
    await eventually(() => expect(peer.texts()).toEqual(['granted']));
    await eventually(() => expect(mqtt.outbox()).toEqual({ waiting: 0, dropped: 1 }));
    expect(log.count(/not sent: .*code 135.*elsewhere/)).toBe(1);
  });
});

describe('limits', () => {
  test('what is larger than the broker announced is never sent', async () => {
    const { url } = await start({ config: ['max_packet_size 2000'] });
    const peer = await startPeer(url, RESULT);
    const { mqtt, log } = startAgent({ url });
    mqtt.publish(result('x'.repeat(2000)));
    mqtt.publish(result('small'));
    await eventually(() => expect(peer.texts()).toEqual(['small']));
    expect(log.count(/larger than the 2000 bytes/)).toBe(1);
    expect(log.count(/connection lost/)).toBe(0);
  });

  test('on 3.1.1, where nothing is announced, it is given up after five losses and the others arrive', async () => {
    const { url } = await start({ config: ['max_packet_size 2000'] });
    const peer = await startPeer(url, RESULT);
    const agent = startAgent({ url }, { ...FAST, protocol: 4 });
    for (const payload of ['before', 'x'.repeat(2000), 'after']) agent.mqtt.publish(result(payload));
    await eventually(() => expect(agent.mqtt.outbox()).toEqual({ waiting: 0, dropped: 1 }));
    expect(new Set(peer.texts())).toEqual(new Set(['before', 'after']));
    expect(agent.connects).toBe(6);
  });

  test.each([4, 5] as const)(
    'a request over 64 KiB reaches version %i flagged and without its payload',
    async (protocol) => {
      const { url } = await start();
      const { incoming, mqtt } = startAgent({ url }, { ...FAST, protocol });
      await eventually(() => expect(mqtt.connected()).toBe(true));
      const peer = await startPeer(url, null);
      for (const bytes of [70_000, 900_000])
        await peer.client.publishAsync(REQUEST, 'x'.repeat(bytes), { qos: 1 });
      await peer.client.publishAsync(REQUEST, '{}', { qos: 1 });
      await eventually(() => expect(incoming).toHaveLength(3));
      expect(incoming.map(({ tooLarge, payload }) => [tooLarge, payload.length])).toEqual([
        [true, 0],
        [true, 0],
        [false, 2],
      ]);
    },
  );
});

describe('a connection lost at work', () => {
  test('what is published while the broker is dead arrives exactly once and in order', async () => {
    const broker = await start();
    const relay = await startRelay(broker.port);
    const { mqtt } = startAgent({ url: relay.url });
    const before = await startPeer(broker.url, RESULT, { clientId: 'before' });
    for (const payload of numbers(0, 50)) mqtt.publish(result(payload));
    await eventually(() => expect(before.texts()).toEqual(numbers(0, 50)));
    await eventually(() => expect(mqtt.outbox().waiting).toBe(0));

    relay.cut();
    await broker.kill();
    await eventually(() => expect(mqtt.connected()).toBe(false));
    for (const payload of numbers(50, 950))
      mqtt.publish(result(payload, { qos: Number(payload) % 10 === 0 ? 0 : 1 }));
    expect(mqtt.outbox()).toEqual({ waiting: 900, dropped: 0 });
    await broker.start();
    const after = await startPeer(broker.url, RESULT, { clientId: 'after' });
    relay.mend();
    await eventually(() => expect(after.texts()).toHaveLength(900));
    await eventually(() => expect(mqtt.outbox()).toEqual({ waiting: 0, dropped: 0 }));
    expect(after.texts()).toEqual(numbers(50, 950));
  });

  test('nothing is lost or overtaken when the line is cut again and again in the middle', async () => {
    const broker = await start();
    const relay = await startRelay(broker.port);
    const peer = await startPeer(broker.url, RESULT);
    const agent = startAgent({ url: relay.url });
    let cuts = 0;
    peer.client.on('message', () => {
      if (peer.received.length % 70 !== 0 || cuts === 8) return;
      cuts += 1;
      relay.cut();
      relay.mend();
    });
    const sent = numbers(0, 1000);
    for (const payload of sent) agent.mqtt.publish(result(payload));
    await eventually(() => expect(agent.mqtt.outbox()).toEqual({ waiting: 0, dropped: 0 }));
    await eventually(() => expect(new Set(peer.texts()).size).toBe(1000));
    expect([...new Set(peer.texts())]).toEqual(sent);
    expect(agent.connects).toBe(9);
  });

  test('the agent comes back after each kill, subscribed, and says that it is there', async () => {
    const broker = await start();
    const agent = startAgent({ url: broker.url });
    for (const turn of [1, 2, 3]) {
      await eventually(() => expect(agent.connects).toBe(turn));
      const peer = await startPeer(broker.url, null, { reconnectPeriod: 0 });
      await peer.client.publishAsync(REQUEST, String(turn), { qos: 1 });
      await eventually(() => expect(agent.incoming).toHaveLength(turn));
      await broker.kill();
      await eventually(() => expect(agent.mqtt.connected()).toBe(false));
      await broker.start();
    }
    await eventually(() => expect(agent.connects).toBe(4));
    expect(agent.log.count(/MQTT connection lost/)).toBe(3);
  });

  test('the will says offline, retained', async () => {
    const broker = await start();
    const relay = await startRelay(broker.port);
    const peer = await startPeer(broker.url, STATUS);
    const { mqtt } = startAgent({ url: relay.url }, FAST, {
      onConnected: () => mqtt.publish({ topic: STATUS, payload: 'online', qos: 1, retain: true }),
    });
    await eventually(() => expect(peer.texts()).toEqual(['online']));
    relay.cut();
    await eventually(() => expect(peer.texts()).toEqual(['online', 'offline']));
    const late = await startPeer(broker.url, STATUS);
    await eventually(() =>
      expect(late.received).toMatchObject([{ text: 'offline', packet: { retain: true } }]),
    );
    relay.mend();
    await eventually(() => expect(peer.texts()).toEqual(['online', 'offline', 'online']));
  });

  test('two agents with one identifier push each other out: a hint says so, once', async () => {
    const { url } = await start();
    const agents = [startAgent({ url }), startAgent({ url })];
    for (const agent of agents) await eventually(() => expect(agent.connects).toBeGreaterThan(6));
    for (const { log } of agents) expect(log.count(/another client connected with this identifier/)).toBe(1);
  });
});

test('a TLS broker that asks for a client certificate', async () => {
  const certificates = makeCertificates();
  onTestFinished(() => certificates.remove());
  const { ca, server, client } = certificates;
  const port = await freePort();
  await start({
    config: [
      `listener ${port} 127.0.0.1`,
      `cafile ${ca.certFile}`,
      `certfile ${server.certFile}`,
      `keyfile ${server.keyFile}`,
      'require_certificate true',
    ],
  });
  const url = `mqtt://127.0.0.1:${port}`;
  const { mqtt } = startAgent({ url, caFile: ca.certFile, ...client });
  await eventually(() => expect(mqtt.connected()).toBe(true));
  const stranger = startAgent({ url, caFile: ca.certFile });
  await eventually(() =>
    expect(stranger.log.count(/certificate required|ECONNRESET|without answering/)).toBeGreaterThan(0),
  );
  expect(stranger.mqtt.connected()).toBe(false);
  const plain = startAgent({ url }, { ...FAST, connectTimeoutMs: 200 });
  await eventually(() => expect(plain.log.count(/not reached, retrying/)).toBeGreaterThan(0));
});
