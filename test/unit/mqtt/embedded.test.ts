// The agent's connection and the embedded broker together, as `npm start` runs them.
import { describe, expect, onTestFinished, test } from 'vitest';
import { startBroker } from '../../../broker-dev/broker.ts';
import { eventually, FAST, NEVER_RETRIES, recordLog, startAgent, startPeer } from './kit.ts';

async function start() {
  const broker = await startBroker({ port: 0, log: recordLog() });
  onTestFinished(() => broker.stop());
  return { broker, url: `mqtt://127.0.0.1:${broker.port}` };
}

const REQUEST = 'pathproof/pi/probe/ping/request';
const STATUS = 'pathproof/pi/status';

describe('the agent on the embedded broker', () => {
  test('falls back to 3.1.1 without waiting, takes a request and answers', async () => {
    const { url } = await start();
    const { mqtt, incoming, log } = startAgent({ url }, NEVER_RETRIES);
    await eventually(() => expect(mqtt.connected()).toBe(true));
    expect(mqtt.protocol()).toBe(4);
    const peer = await startPeer(url, 'pathproof/pi/probe/+/result');
    await peer.client.publishAsync(REQUEST, '{"target":"127.0.0.1"}', { qos: 1 });
    await eventually(() => expect(incoming).toHaveLength(1));
    expect(incoming[0]).toMatchObject({
      topic: REQUEST,
      tooLarge: false,
      retained: false,
      responseTopic: null,
      correlationData: null,
    });
    expect(incoming[0]?.payload.toString()).toBe('{"target":"127.0.0.1"}');
    mqtt.publish({
      topic: 'pathproof/pi/probe/ping/result',
      payload: 'done',
      qos: 1,
      retain: false,
      expirySeconds: 60,
    });
    await eventually(() => expect(peer.texts()).toEqual(['done']));
    expect(log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });

  test('hears of a request that is too large, and the asker stays connected', async () => {
    const { url } = await start();
    const { incoming, mqtt } = startAgent({ url });
    await eventually(() => expect(mqtt.connected()).toBe(true));
    const peer = await startPeer(url, null, { reconnectPeriod: 0 });
    for (const bytes of [64 * 1024 + 1, 600_000, 1024 * 1024 - 100])
      await peer.client.publishAsync(REQUEST, 'x'.repeat(bytes), { qos: 1 });
    await eventually(() => expect(incoming.map(({ tooLarge }) => tooLarge)).toEqual([true, true, true]));
    expect(incoming.map(({ payload }) => payload.length)).toEqual([0, 0, 0]);
    expect(peer.client.connected).toBe(true);
  });

  test('sees that a replayed request is retained', async () => {
    const { url } = await start();
    const peer = await startPeer(url, null);
    await peer.client.publishAsync(REQUEST, 'old', { qos: 1, retain: true });
    const { incoming } = startAgent({ url });
    await eventually(() => expect(incoming.map(({ retained }) => retained)).toEqual([true]));
  });

  test('a subscription the broker refuses is said, and the others work', async () => {
    const { url } = await start();
    const shared = '$share/attic/pathproof/group/attic/probe/+/request';
    const { incoming, log, mqtt } = startAgent({
      url,
      subscriptions: [shared, 'pathproof/pi/probe/+/request'],
    });
    await eventually(() => expect(mqtt.connected()).toBe(true));
    expect(log.count(/subscription refused.*\$share\/attic.*code 128/)).toBe(1);
    const peer = await startPeer(url, null);
    await peer.client.publishAsync(REQUEST, '{}', { qos: 1 });
    await eventually(() => expect(incoming).toHaveLength(1));
  });

  test('a publish the broker denies by closing is given up, and those behind it arrive', async () => {
    const { url } = await start();
    const peer = await startPeer(url, 'a');
    const { mqtt } = startAgent({ url });
    mqtt.publish({ topic: '$SYS/denied', payload: 'never', qos: 1, retain: false });
    mqtt.publish({ topic: 'a', payload: 'behind it', qos: 1, retain: false });
    await eventually(() => expect(peer.texts()).toEqual(['behind it']));
    expect(mqtt.outbox()).toEqual({ waiting: 0, dropped: 1 });
  });

  test('a broker that is started later or again is found; each time the agent says it is there', async () => {
    const { broker, url } = await start();
    await broker.stop();
    const agent = startAgent({ url }, { ...FAST, protocol: 4 });
    await eventually(() => expect(agent.log.count(/ECONNREFUSED/)).toBe(1));
    for (const turn of [1, 2]) {
      const again = await startBroker({ port: broker.port, log: recordLog() });
      await eventually(() => expect(agent.connects).toBe(turn));
      await again.stop();
      await eventually(() => expect(agent.mqtt.connected()).toBe(false));
    }
  });

  test('the will says offline when the agent goes without a word; stop() leaves what the agent said itself', async () => {
    const { url } = await start();
    const peer = await startPeer(url, STATUS);
    const crashed = startAgent({ url }, { ...FAST, drainMs: 8000 }, { onConnected: () => say('online') });
    const say = (payload: string) => crashed.mqtt.publish({ topic: STATUS, payload, qos: 1, retain: true });
    await eventually(() => expect(peer.texts()).toEqual(['online']));
    // The broker ends the session of one client when another with its identifier comes: to it, the agent has died.
    await startPeer(url, null, { clientId: 'agent-under-test', reconnectPeriod: 0 });
    await eventually(() => expect(peer.texts().slice(0, 3)).toEqual(['online', 'offline', 'online']));
    say('stopping');
    await crashed.mqtt.stop();
    const late = await startPeer(url, STATUS);
    await eventually(() => expect(late.texts()).toEqual(['stopping']));
  });
});
