// What becomes of a message is told once, whatever becomes of it.
import { expect, test } from 'vitest';
import type { Outgoing } from '../../../agent/mqtt.ts';
import type { Undelivered } from '../../../agent/mqtt/messages.ts';
import { type BadBroker, behave, packetId, payloadOf, startBadBroker } from './bad-broker.ts';
import { eventually, FAST, NEVER_RETRIES, startAgent } from './kit.ts';

type Told = [payload: string, delivered: boolean, why: Undelivered | null];

/** Messages that remember what was told of them. */
function recorder() {
  const told: Told[] = [];
  const message = (payload: string, extra: Partial<Outgoing> = {}): Outgoing => ({
    topic: 'pathproof/pi/event',
    payload,
    qos: 1,
    retain: false,
    settled: (delivered, why) => told.push([payload, delivered, why ?? null]),
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
    ['a', true, null],
    ['b', true, null],
  ]);
});

test('what no broker or not this one takes is given up, with the reason', async () => {
  const { told, message } = recorder();
  const broker = await startBadBroker((packet, line) => {
    if (packet.type !== 'publish') behave(packet, line, Buffer.of(0x27, 0, 0, 4, 0));
    else if (payloadOf(packet, 5) === 'denied') line.send(0x40, 3, packetId(packet), 135);
    else if (payloadOf(packet, 5) === 'malformed') line.send(0x40, 3, packetId(packet), 153);
    else line.socket.destroy();
  });
  const { mqtt } = startAgent({ url: broker.url });
  mqtt.publish(message('unsendable', { topic: '#' }));
  mqtt.publish(message('denied'));
  mqtt.publish(message('malformed'));
  mqtt.publish(message('large', { payload: 'x'.repeat(2000) }));
  mqtt.publish(message('poison'));
  await eventually(() => expect(mqtt.outbox().waiting).toBe(0));
  await mqtt.stop();
  expect(told.sort()).toEqual([
    ['denied', false, 'refused'],
    ['large', false, 'unfit'],
    ['malformed', false, 'unfit'],
    ['poison', false, 'poison'],
    ['unsendable', false, 'unfit'],
  ]);
});

test('what there was no room or no time for is given up', async () => {
  const { told, message } = recorder();
  const { mqtt } = startAgent({ url: 'mqtt://127.0.0.1:1' }, { ...NEVER_RETRIES, outboxMessages: 1 });
  mqtt.publish(message('full'));
  mqtt.publish(message('left'));
  expect(told).toEqual([['full', false, null]]);
  await mqtt.stop();
  mqtt.publish(message('late'));
  expect(told).toEqual([
    ['full', false, null],
    ['left', false, null],
    ['late', false, null],
  ]);
});

test('what waited longer than it lives is given up as expired', async () => {
  const { told, message } = recorder();
  const broker = await startBadBroker(behave);
  const { mqtt } = startAgent({ url: broker.url });
  mqtt.publish(message('expired', { expirySeconds: 0 }));
  await eventually(() => expect(told).toEqual([['expired', false, 'expired']]));
  expect(broker.count('publish')).toBe(0);
});

test('what stop() leaves unacknowledged is given up', async () => {
  const { told, message } = recorder();
  const broker = await silent();
  const { mqtt } = startAgent({ url: broker.url }, { ...FAST, drainMs: 20 });
  mqtt.publish(message('a'));
  await eventually(() => expect(broker.count('publish')).toBe(1));
  await mqtt.stop();
  expect(told).toEqual([['a', false, null]]);
});

test('what is refused again and again is said once', async () => {
  const { told, message } = recorder();
  const broker = await startBadBroker((packet, line) => {
    if (packet.type === 'publish') line.send(0x40, 3, packetId(packet), 135);
    else behave(packet, line);
  });
  const { mqtt, log } = startAgent({ url: broker.url });
  for (let time = 1; time <= 3; time += 1) {
    mqtt.publish(message('denied'));
    await eventually(() => expect(told).toHaveLength(time));
  }
  expect(log.count(/MQTT message not sent: .*Not authorized/i)).toBe(1);
});
