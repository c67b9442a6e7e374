// Reaching a broker that refuses, keeps silent or answers nonsense: the agent keeps trying and says each reason once.
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { behave, startBadBroker, type Line, type Packet } from './bad-broker.ts';
import { eventually, FAST, NEVER_RETRIES, startAgent } from './kit.ts';

const CONNACK = 0x20;

/** Misbehaves on the first `times` connections, then behaves. */
function afterTrying(times: number, misbehave: (packet: Packet, line: Line) => void) {
  return (packet: Packet, line: Line): void => {
    if (line.number <= times) misbehave(packet, line);
    else behave(packet, line);
  };
}

describe('a CONNACK that refuses', () => {
  // mqtt.js by itself never tries again after these.
  test.each([
    { version: 4, code: 3 },
    { version: 4, code: 5 },
    { version: 5, code: 134 },
    { version: 5, code: 136 },
    { version: 5, code: 137 },
  ] as const)(
    'with code $code on version $version is tried again, and said once',
    async ({ version, code }) => {
      const broker = await startBadBroker(
        afterTrying(3, (_packet, line) =>
          line.send(CONNACK, version === 5 ? 3 : 2, 0, code, ...(version === 5 ? [0] : [])),
        ),
      );
      const { mqtt, log } = startAgent({ url: broker.url }, { ...FAST, protocol: version });
      await eventually(() => expect(mqtt.connected()).toBe(true));
      expect(broker.lines.length).toBe(4);
      expect(mqtt.protocol()).toBe(version);
      expect(log.count(new RegExp(`refused.*code ${code}`))).toBe(1);
    },
  );

  test('for its protocol version makes the agent go on with 3.1.1 at once', async () => {
    for (const refusal of [Buffer.of(CONNACK, 2, 0, 1), Buffer.of(CONNACK, 3, 0, 132, 0)]) {
      const broker = await startBadBroker((packet, line) => {
        if (line.version === 5) line.send(refusal);
        else behave(packet, line);
      });
      const { mqtt, log } = startAgent({ url: broker.url }, NEVER_RETRIES);
      await eventually(() => expect(mqtt.connected()).toBe(true));
      expect(mqtt.protocol()).toBe(4);
      expect(log.count(/going on with 3\.1\.1/)).toBe(1);
      broker.lines.at(-1)?.socket.destroy();
      await eventually(() => expect(mqtt.connected()).toBe(false));
    }
  });

  test('says another reason when the reason changes, and again after a recovery', async () => {
    const refusals: Record<number, number> = { 1: 134, 2: 134, 3: 137, 4: 137, 6: 137 };
    const broker = await startBadBroker((packet, line) => {
      const code = refusals[line.number];
      if (code === undefined) behave(packet, line);
      else line.send(CONNACK, 3, 0, code, 0);
    });
    const { mqtt, log } = startAgent({ url: broker.url });
    await eventually(() => expect(mqtt.connected()).toBe(true));
    broker.lines.at(-1)?.socket.destroy();
    await eventually(() => expect(broker.lines.length).toBe(7));
    await eventually(() => expect(mqtt.connected()).toBe(true));
    expect(log.count(/code 134/)).toBe(1);
    expect(log.count(/code 137/)).toBe(2);
    expect(log.count(/MQTT connected/)).toBe(2);
  });
});

describe('a broker that can not be talked to', () => {
  test('because nothing listens: tried again, said once, until it is there', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
      });
    });
    let draws = 0;
    const random = () => ((draws += 1), 0.5);
    const { log, mqtt } = startAgent({ url: `mqtt://127.0.0.1:${port}` }, { ...FAST, random });
    await eventually(() => expect(draws).toBeGreaterThan(5));
    expect(log.lines.filter(({ level }) => level !== 'debug')).toHaveLength(1);
    expect(log.count(/not reached, retrying.*ECONNREFUSED/)).toBe(1);
    expect(mqtt.connected()).toBe(false);
  });

  test('because it is silent', async () => {
    const broker = await startBadBroker(afterTrying(2, () => undefined));
    const { mqtt, log } = startAgent({ url: broker.url }, { ...FAST, connectTimeoutMs: 30 });
    await eventually(() => expect(mqtt.connected()).toBe(true));
    expect(log.count(/connack timeout/)).toBe(1);
  });

  test('because it closes without a word', async () => {
    const broker = await startBadBroker(afterTrying(2, (_packet, line) => line.socket.end()));
    const { mqtt, log } = startAgent({ url: broker.url });
    await eventually(() => expect(mqtt.connected()).toBe(true));
    expect(log.count(/without answering CONNECT/)).toBe(1);
  });

  test('because it never answers SUBSCRIBE', async () => {
    const broker = await startBadBroker(
      afterTrying(1, (packet, line) => {
        if (packet.type === 'connect') behave(packet, line);
      }),
    );
    const { mqtt, log } = startAgent({ url: broker.url }, { ...FAST, connectTimeoutMs: 200 });
    await eventually(() => expect(mqtt.connected()).toBe(true));
    expect(broker.lines.length).toBe(2);
    expect(log.count(/did not answer SUBSCRIBE/)).toBe(1);
  });

  test('because it answers HTTP', async () => {
    const broker = await startBadBroker(
      afterTrying(1, (_packet, line) => line.send(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    );
    const { mqtt } = startAgent({ url: broker.url }, { ...FAST, connectTimeoutMs: 200 });
    await eventually(() => expect(mqtt.connected()).toBe(true));
  });
});

const MALFORMED_LENGTH = Buffer.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x7f);

describe('a bad packet', () => {
  // On the first connection, once subscribed.
  test.each([
    ['of an unknown type', Buffer.of(0x00, 0x00)],
    ['with a malformed length', MALFORMED_LENGTH],
    ['with QoS 3', Buffer.of(0x36, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01)],
    ['with an empty SUBACK', Buffer.of(0x90, 0x00)],
    ['that is a second CONNACK', Buffer.of(0x20, 0x03, 0x00, 0x00, 0x00)],
    ['with a topic alias nobody offered', Buffer.of(0x30, 0x07, 0x00, 0x01, 0x61, 0x03, 0x23, 0x00, 0x05)],
    ['far too large that is no PUBLISH', Buffer.of(0x90, 0xff, 0xff, 0xff, 0x7f)],
  ])('%s: the connection is made anew', async (_name, bytes) => {
    const broker = await startBadBroker((packet, line) => {
      behave(packet, line);
      if (packet.type === 'subscribe' && line.number === 1) line.send(bytes);
    });
    const { mqtt, log } = startAgent({ url: broker.url });
    await eventually(() => expect(broker.lines.length).toBe(2));
    await eventually(() => expect(mqtt.connected()).toBe(true));
    await eventually(() => expect(broker.count('subscribe')).toBe(2));
    if (bytes === MALFORMED_LENGTH) expect(log.count(/the broker sent a malformed packet/)).toBe(1);
  });
});

describe('a connection that ends', () => {
  test('tells the reason a broker gave with DISCONNECT', async () => {
    const broker = await startBadBroker((packet, line) => {
      behave(packet, line);
      if (packet.type === 'subscribe' && line.number === 1) {
        line.send(0xe0, 2, 0x8e, 0);
        line.socket.end();
      }
    });
    const { log, mqtt } = startAgent({ url: broker.url });
    await eventually(() => expect(broker.lines.length).toBe(2));
    await eventually(() => expect(mqtt.connected()).toBe(true));
    expect(log.count(/MQTT connection lost.*Session taken over \(code 142\)/)).toBe(1);
  });

  test('because PINGREQ is not answered is made anew', async () => {
    const broker = await startBadBroker((packet, line) => {
      if (packet.type !== 'pingreq' || line.number > 1) behave(packet, line);
    });
    const { log } = startAgent({ url: broker.url }, { ...FAST, keepaliveSeconds: 1 });
    await eventually(() => expect(broker.lines.length).toBe(2));
    expect(log.count(/Keepalive timeout/)).toBe(1);
  });

  test.each([
    { stableMs: 3_600_000, waits: [1, 2, 4, 8, 16] },
    { stableMs: 0, waits: [1, 1, 1, 1, 1] },
  ])('starts the back-off afresh only if it lasted $stableMs ms', async ({ stableMs, waits }) => {
    const broker = await startBadBroker((packet, line) => {
      behave(packet, line);
      if (packet.type === 'subscribe') line.socket.end();
    });
    const { log } = startAgent({ url: broker.url }, { firstRetryMs: 1, random: () => 0, stableMs });
    const retries = () =>
      log.lines.flatMap(({ fields }) => /"retryMs":(\d+)/.exec(fields)?.[1] ?? []).map(Number);
    await eventually(() => expect(retries().slice(0, 5)).toEqual(waits));
  });
});

test('CONNECT asks for a clean session that ends with the connection', async () => {
  const broker = await startBadBroker(behave);
  startAgent({ url: broker.url });
  await eventually(() => expect(broker.count('connect')).toBe(1));
  const body = broker.received[0]?.body ?? Buffer.alloc(0);
  expect(body.readUInt8(7) & 0x02).toBe(0x02);
  expect(body.includes(Buffer.of(0x11, 0, 0, 0, 0))).toBe(true); // session expiry interval
});

test('stop() while it waits, connects or has not started leaves nothing behind', async () => {
  const silent = await startBadBroker(() => undefined);
  const waiting = startAgent({ url: 'mqtt://127.0.0.1:1' }, NEVER_RETRIES);
  const connecting = startAgent({ url: silent.url });
  await eventually(() => expect(waiting.log.count(/not reached/)).toBe(1));
  await eventually(() => expect(silent.count('connect')).toBe(1));
  await Promise.all([waiting.mqtt.stop(), connecting.mqtt.stop(), connecting.mqtt.stop()]);
  await eventually(() => expect(silent.lines[0]?.socket.destroyed).toBe(true));
  expect(silent.lines.length).toBe(1);
});
