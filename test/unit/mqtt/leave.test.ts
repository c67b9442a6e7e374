// A connection that leaves the line it went by: at once, with nothing lost, and only where it went by that one.
import { expect, test } from 'vitest';
import { behave, startBadBroker } from './bad-broker.ts';
import { eventually, NEVER_RETRIES, startAgent } from './kit.ts';

test('connects anew at once where it is bound to an address that is left, and sends what waited', async () => {
  const broker = await startBadBroker(behave);
  const { mqtt } = startAgent({ url: broker.url }, NEVER_RETRIES);
  await eventually(() => expect(mqtt.connected()).toBe(true));
  mqtt.leave(['192.0.2.1', '127.0.0.1']);
  expect(mqtt.connected()).toBe(false);
  let delivered = false;
  const settled = (is: boolean): void => void (delivered = is);
  mqtt.publish({ topic: 'a', payload: 'b', qos: 1, retain: false, settled });
  await eventually(() => expect(mqtt.connected()).toBe(true));
  expect(broker.lines.length).toBe(2);
  await eventually(() => expect(delivered).toBe(true));
  await eventually(() => expect(broker.lines[0]?.socket.destroyed).toBe(true));
});

test('stays where it is bound to another address', async () => {
  const broker = await startBadBroker(behave);
  const { mqtt } = startAgent({ url: broker.url }, NEVER_RETRIES);
  await eventually(() => expect(mqtt.connected()).toBe(true));
  mqtt.leave(['192.0.2.1']);
  expect(mqtt.connected()).toBe(true);
  expect(broker.lines.length).toBe(1);
});

test('tries again at once where there is no connection: by the other line the broker may be there', async () => {
  let isThere = false;
  const broker = await startBadBroker((packet, line) => {
    if (isThere) behave(packet, line);
    else line.socket.destroy();
  });
  const { mqtt, log } = startAgent({ url: broker.url }, NEVER_RETRIES);
  await eventually(() => expect(log.count(/not reached/)).toBe(1));
  isThere = true;
  mqtt.leave([]);
  await eventually(() => expect(mqtt.connected()).toBe(true));
});
