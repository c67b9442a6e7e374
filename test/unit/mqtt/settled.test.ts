// What becomes of a message is told once, whatever becomes of it.
import { expect, test } from 'vitest';
import type { Outgoing } from '../../../agent/mqtt.ts';
import { type BadBroker, behave, packetId, payloadOf, startBadBroker } from './bad-broker.ts';
import { eventually, FAST, NEVER_RETRIES, startAgent } from './kit.ts';

type Told = [payload: string, delivered: boolean, blamed: boolean];

/** Messages that remember what was told of them. */
function recorder() {
  const told: Told[] = [];
  const message = (payload: string, extra: Partial<Outgoing> = {}): Outgoing => ({
    topic: 'pathproof/pi/event',
    payload,
    qos: 1,
    retain: false,
    settled: (delivered, blamed = false) => told.push([payload, delivered, blamed]),
    ...extra,
  });
  return { told, message };
}

/** Takes connections and subscriptions, and leaves messages unanswered. */
const silent = (): Promise<BadBroker> =>
  startBadBroker((packet, line) => {
    if (packet.type !== 'publish') behave(packet, line);
  });

test('what the broker has, and at QoS 0 what was sent, is delivered', async () => {
  const { told, message } = recorder();
  const broker = await startBadBroker(behave);
  const { mqtt } = startAgent({ url: broker.url });
  mqtt.publish(message('a'));
  mqtt.publish(message('b', { qos: 0 }));
  await eventually(() => expect(broker.count('publish')).toBe(2));
  await mqtt.stop();
  expect(told.sort()).toEqual([
    ['a', true, false],
    ['b', true, false],
  ]);
});

test('what no broker or not this one takes is given up, and blamed', async () => {
  const { told, message } = recorder();
  const broker = await startBadBroker((packet, line) => {
    if (packet.type !== 'publish') behave(packet, line, Buffer.of(0x27, 0, 0, 4, 0));
    else if (payloadOf(packet, 5) === 'denied') line.send(0x40, 3, packetId(packet), 135);
    else line.socket.destroy();
  });
  const { mqtt } = startAgent({ url: broker.url });
  mqtt.publish(message('unsendable', { topic: '#' }));
  mqtt.publish(message('denied'));
  mqtt.publish(message('large', { payload: 'x'.repeat(2000) }));
  mqtt.publish(message('poison'));
  await eventually(() => expect(mqtt.outbox().waiting).toBe(0));
  await mqtt.stop();
  expect(told.sort()).toEqual([
    ['denied', false, true],
    ['large', false, true],
    ['poison', false, true],
    ['unsendable', false, true],
  ]);
});

test('what there was no room or no time for is given up, and not blamed', async () => {
  const { told, message } = recorder();
  const { mqtt } = startAgent({ url: 'mqtt://127.0.0.1:1' }, { ...NEVER_RETRIES, outboxMessages: 1 });
  mqtt.publish(message('full'));
  mqtt.publish(message('left'));
  expect(told).toEqual([['full', false, false]]);
  await mqtt.stop();
  mqtt.publish(message('late'));
  expect(told).toEqual([
    ['full', false, false],
    ['left', false, false],
    ['late', false, false],
  ]);
});

test('what waited longer than it lives is given up, and not blamed', async () => {
  const { told, message } = recorder();
  const broker = await startBadBroker(behave);
  const { mqtt } = startAgent({ url: broker.url });
  mqtt.publish(message('expired', { expirySeconds: 0 }));
  await eventually(() => expect(told).toEqual([['expired', false, false]]));
  expect(broker.count('publish')).toBe(0);
});

test('what stop() leaves unacknowledged is given up', async () => {
  const { told, message } = recorder();
  const broker = await silent();
  const { mqtt } = startAgent({ url: broker.url }, { ...FAST, drainMs: 20 });
  mqtt.publish(message('a'));
  await eventually(() => expect(broker.count('publish')).toBe(1));
  await mqtt.stop();
  expect(told).toEqual([['a', false, false]]);
});
