// Messages over a broker that loses, refuses and limits them.
import { describe, expect, test } from 'vitest';
import type { Outgoing } from '../../../agent/mqtt.ts';
import {
  behave,
  packetId,
  payloadOf,
  publish,
  startBadBroker,
  topicOf,
  type BadBroker,
} from './bad-broker.ts';
import { eventually, FAST, startAgent } from './kit.ts';

const message = (payload: string, extra: Partial<Outgoing> = {}): Outgoing => ({
  topic: 'pathproof/pi/probe/ping/result',
  payload,
  qos: 1,
  retain: false,
  ...extra,
});

const REQUEST = 'pathproof/pi/probe/ping/request';

function payloads(broker: BadBroker, version = 5): string[] {
  return broker.received.filter(({ type }) => type === 'publish').map((packet) => payloadOf(packet, version));
}

describe('incoming', () => {
  test('a handler that throws or rejects is logged, and the message acknowledged, as are those after it', async () => {
    const broker = await startBadBroker((packet, line) => {
      behave(packet, line);
      if (packet.type === 'subscribe')
        for (const id of [1, 2, 3]) line.send(publish(line, REQUEST, String(id), id));
    });
    const seen: string[] = [];
    const { log, mqtt } = startAgent({ url: broker.url }, FAST, {
      onMessage: ({ payload }): unknown => {
        seen.push(payload.toString());
        if (seen.length === 1) throw new Error('thrown by the handler');
        return seen.length === 2 ? Promise.reject(new Error('rejected by the handler')) : undefined;
      },
      onConnected: () => {
        throw new Error('thrown on connect');
      },
    });
    await eventually(() => expect(broker.count('puback')).toBe(3));
    await eventually(() => expect(log.count(/by the handler/)).toBe(2));
    expect(seen).toEqual(['1', '2', '3']);
    expect(log.count(/thrown on connect/)).toBe(1);
    expect(mqtt.connected()).toBe(true);
    expect(broker.lines.length).toBe(1);
  });

  test.each([4, 5] as const)(
    'on version %i a payload over 64 KiB arrives empty and flagged',
    async (version) => {
      const broker = await startBadBroker((packet, line) => {
        behave(packet, line);
        if (packet.type !== 'subscribe') return;
        line.send(publish(line, REQUEST, Buffer.alloc(65_536, 0x61), 1));
        line.send(publish(line, REQUEST, Buffer.alloc(65_537, 0x61), 2));
        line.send(publish(line, REQUEST, Buffer.alloc(20_000_000, 0x61), 3)); // never in memory as a whole
        line.send(publish(line, REQUEST, '{}', 4));
      });
      const { incoming } = startAgent({ url: broker.url }, { ...FAST, protocol: version });
      await eventually(() => expect(broker.count('puback')).toBe(4));
      expect(incoming.map(({ payload, tooLarge }) => [payload.length, tooLarge])).toEqual([
        [65_536, false],
        [0, true],
        [0, true],
        [2, false],
      ]);
      expect(broker.lines.length).toBe(1);
    },
  );
});

describe('outgoing', () => {
  test('what waits from before the first connection is sent in order, QoS 0 among it', async () => {
    const broker = await startBadBroker(behave);
    const { mqtt } = startAgent({ url: broker.url });
    const sent = Array.from({ length: 200 }, (_, index) => String(index));
    for (const payload of sent) mqtt.publish(message(payload, { qos: Number(payload) % 3 === 0 ? 0 : 1 }));
    await eventually(() => expect(mqtt.outbox()).toEqual({ waiting: 0, dropped: 0 }));
    await eventually(() => expect(payloads(broker)).toEqual(sent));
  });

  test('a thousand QoS 0 messages do not overflow the stack', async () => {
    const broker = await startBadBroker(behave);
    const { mqtt } = startAgent({ url: broker.url });
    for (let index = 0; index < 1000; index += 1) mqtt.publish(message(String(index), { qos: 0 }));
    await eventually(() => expect(payloads(broker)).toHaveLength(1000));
  });

  test('a lost PUBACK means the message comes again, before those behind it, and nothing is lost', async () => {
    const broker = await startBadBroker((packet, line) => {
      if (packet.type === 'publish' && line.number === 1) {
        if (payloadOf(packet, 5) === '3')
          line.socket.destroy(); // has 0 to 3, acknowledged 0
        else if (payloadOf(packet, 5) === '0') behave(packet, line);
      } else behave(packet, line);
    });
    const { mqtt } = startAgent({ url: broker.url }, { ...FAST, window: 4 });
    for (const payload of ['0', '1', '2', '3', '4', '5']) mqtt.publish(message(payload));
    await eventually(() => expect(mqtt.outbox().waiting).toBe(0));
    const second = payloads(broker).slice(payloads(broker).indexOf('3') + 1);
    expect(second.slice(-5)).toEqual(['1', '2', '3', '4', '5']);
    expect(mqtt.outbox().dropped).toBe(0);
  });

  test('an unacknowledged message outlives a connection that went silent, and is not blamed for it', async () => {
    const broker = await startBadBroker((packet, line) => {
      const silent = line.number === 1 && (packet.type === 'publish' || packet.type === 'pingreq');
      if (!silent) behave(packet, line);
    });
    const { mqtt, log } = startAgent({ url: broker.url }, { ...FAST, keepaliveSeconds: 1, maxLosses: 1 });
    mqtt.publish(message('patient'));
    await eventually(() => expect(mqtt.outbox()).toEqual({ waiting: 0, dropped: 0 }));
    expect(log.count(/Keepalive timeout/)).toBe(1);
    expect(payloads(broker)).toEqual(['patient', 'patient']);
  });

  test('a message at which the broker always closes is given up after five losses; the others arrive', async () => {
    const broker = await startBadBroker((packet, line) => {
      if (packet.type === 'publish' && payloadOf(packet, 5) === 'poison') line.socket.destroy();
      else behave(packet, line);
    });
    const { mqtt, log } = startAgent({ url: broker.url });
    for (const payload of ['a', 'poison', 'b', 'c']) mqtt.publish(message(payload));
    await eventually(() => expect(mqtt.outbox()).toEqual({ waiting: 0, dropped: 1 }));
    expect(new Set(payloads(broker))).toEqual(new Set(['a', 'poison', 'b', 'c']));
    expect(log.count(/message dropped: the connection broke each time/)).toBe(1);
  });

  test('the window is the smaller of ours and the broker’s receive maximum', async () => {
    let announced = Buffer.of(0x21, 0, 2);
    const broker = await startBadBroker((packet, line) => {
      if (packet.type !== 'publish') behave(packet, line, announced);
    });
    const { mqtt } = startAgent({ url: broker.url });
    for (let index = 0; index < 50; index += 1) mqtt.publish(message(String(index)));
    await eventually(() => expect(broker.count('publish')).toBe(2));
    const [first] = broker.received.filter(({ type }) => type === 'publish');
    if (first) broker.lines[0]?.send(0x40, 2, packetId(first));
    await eventually(() => expect(broker.count('publish')).toBe(3));

    announced = Buffer.alloc(0);
    const wide = await startBadBroker((packet, line) => {
      if (packet.type !== 'publish') behave(packet, line);
    });
    const other = startAgent({ url: wide.url });
    for (let index = 0; index < 50; index += 1) other.mqtt.publish(message(String(index)));
    await eventually(() => expect(wide.count('publish')).toBe(20));
    expect(other.mqtt.outbox().waiting).toBe(50);
  });

  test('the broker’s limits are kept: packet size, highest QoS, no retained messages', async () => {
    const announced = Buffer.of(0x27, 0, 0, 4, 0, 0x24, 0, 0x25, 0); // 1024 bytes, QoS 0, no retain
    const broker = await startBadBroker((packet, line) => behave(packet, line, announced));
    const { mqtt, log } = startAgent({ url: broker.url });
    mqtt.publish(message('x'.repeat(1024)));
    mqtt.publish(message('small', { retain: true }));
    await eventually(() => expect(payloads(broker)).toEqual(['small']));
    expect(broker.received.find(({ type }) => type === 'publish')?.flags).toBe(0);
    expect(log.count(/larger than the 1024 bytes this broker accepts/)).toBe(1);
    expect(broker.lines.length).toBe(1);
  });

  test('what no broker may be sent is logged and dropped', async () => {
    const broker = await startBadBroker(behave);
    const { mqtt, log } = startAgent({ url: broker.url });
    mqtt.publish(message('x'.repeat(65_537)));
    for (const topic of ['', 'a/+/b', 'a/#', 'a\0b', 'x'.repeat(65_536)])
      mqtt.publish(message('lost', { topic }));
    mqtt.publish(message('x'.repeat(65_536)));
    await eventually(() => expect(payloads(broker)).toEqual(['x'.repeat(65_536)]));
    // Its acknowledgement is still on the way when the broker has it.
    await eventually(() => expect(mqtt.outbox()).toEqual({ waiting: 0, dropped: 6 }));
    expect(log.count(/MQTT message not sent/)).toBe(6);
    expect(broker.lines.length).toBe(1);
  });

  test('a PUBACK with a reason is an error in the log, and the next message goes out', async () => {
    const broker = await startBadBroker((packet, line) => {
      if (packet.type === 'publish' && payloadOf(packet, 5) === 'denied')
        line.send(0x40, 3, packetId(packet), 135);
      else behave(packet, line);
    });
    const { mqtt, log } = startAgent({ url: broker.url });
    mqtt.publish(message('denied'));
    mqtt.publish(message('granted'));
    await eventually(() => expect(mqtt.outbox()).toEqual({ waiting: 0, dropped: 1 }));
    expect(log.count(/not sent: .*Not authorized \(code 135\)/)).toBe(1);
    expect(payloads(broker)).toEqual(['denied', 'granted']);
  });

  test('while there is no broker the outbox keeps the newest and says once that it drops, then how many', async () => {
    let up = false;
    const broker = await startBadBroker((packet, line) =>
      up ? behave(packet, line) : line.socket.destroy(),
    );
    const { mqtt, log } = startAgent({ url: broker.url }, { ...FAST, outboxMessages: 10 });
    for (let index = 0; index < 25; index += 1) mqtt.publish(message(String(index)));
    expect(mqtt.outbox()).toEqual({ waiting: 10, dropped: 15 });
    up = true;
    await eventually(() => expect(mqtt.outbox().waiting).toBe(0));
    expect(payloads(broker)).toEqual(['15', '16', '17', '18', '19', '20', '21', '22', '23', '24']);
    expect(log.count(/outbox drops messages.*full/)).toBe(1);
    expect(log.count(/were dropped meanwhile.*15/)).toBe(1);
  });
});

describe('stop()', () => {
  test('sends what is waiting, then DISCONNECT', async () => {
    const broker = await startBadBroker(behave);
    const { mqtt } = startAgent({ url: broker.url }, { ...FAST, drainMs: 8000 });
    await eventually(() => expect(mqtt.connected()).toBe(true));
    for (let index = 0; index < 100; index += 1) mqtt.publish(message(String(index)));
    await mqtt.stop();
    await eventually(() => expect(broker.received.at(-1)?.type).toBe('disconnect'));
    expect(payloads(broker)).toHaveLength(100);
  });

  test('with a message the broker never acknowledges ends without DISCONNECT, so that the will speaks', async () => {
    const broker = await startBadBroker((packet, line) => {
      if (packet.type !== 'publish') behave(packet, line);
    });
    const { mqtt, log } = startAgent({ url: broker.url });
    await eventually(() => expect(mqtt.connected()).toBe(true));
    mqtt.publish(message('offline', { topic: 'pathproof/pi/status', retain: true }));
    await mqtt.stop();
    await eventually(() => expect(broker.lines[0]?.socket.destroyed).toBe(true));
    expect(broker.received.map(({ type }) => type)).toEqual(['connect', 'subscribe', 'publish']);
    expect(broker.received.map((packet) => packet.type === 'publish' && topicOf(packet))).toContain(
      'pathproof/pi/status',
    );
    expect(log.count(/stopped with messages unsent/)).toBe(1);
  });

  test('does not come back when the broker closes in the middle of it', async () => {
    const broker = await startBadBroker((packet, line) => {
      if (packet.type === 'publish') line.socket.destroy();
      else behave(packet, line);
    });
    const { mqtt, log } = startAgent({ url: broker.url }, { ...FAST, drainMs: 8000 });
    await eventually(() => expect(mqtt.connected()).toBe(true));
    mqtt.publish(message('offline'));
    await mqtt.stop();
    expect(broker.count('publish')).toBe(1);
    expect(log.text()).not.toContain('next attempt');
  });
});
