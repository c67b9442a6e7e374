// Discovery over a real connection: what a Home Assistant that comes later finds at the broker.
import { expect, it, onTestFinished } from 'vitest';
import { createDiscovery } from '../../../../agent/publish/discovery.ts';
import { startBroker } from '../../../../broker-dev/broker.ts';
import { discoveryMessages } from '../../../../homeassistant/discovery.ts';
import { messagesProblems } from '../../../fixtures/homeassistant/validator.ts';
import { memoryStore } from '../../../fixtures/store.ts';
import { described } from '../../homeassistant/described.ts';
import { FAST, eventually, recordLog, startAgent, startPeer } from '../../mqtt/kit.ts';

it('two hundred monitors are all there, and after one is removed all but that', async () => {
  const broker = await startBroker({ port: 0, log: recordLog() });
  onTestFinished(() => broker.stop());
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const monitors = Array.from({ length: 200 }, (_, index) => ({
    name: `m${index}`,
    title: `m${index}`,
    kind: 'traceroute' as const,
    cron: false,
  }));
  let many = { ...described, uplinks: [], monitors };
  const discovery = createDiscovery({
    prefix: 'homeassistant',
    store: memoryStore(),
    log: recordLog(),
    devices: () => discoveryMessages(many),
    republishStates: () => undefined,
    publish: (message) => agent.mqtt.publish(message),
  });
  onTestFinished(() => discovery.stop());
  const agent = startAgent({ url }, FAST, { onConnected: () => discovery.connected() });

  const configs = 'homeassistant/device/+/config';
  const present = await startPeer(url, configs);
  const latest = () => new Map(present.received.map(({ topic, text }) => [topic, text]));
  await eventually(() => expect(latest().size).toBe(201));
  expect(messagesProblems([...latest()].map(([topic, payload]) => ({ topic, payload })))).toEqual([]);

  many = { ...many, monitors: monitors.slice(1) };
  discovery.changed();
  await eventually(() => expect(present.texts().at(-1)).toBe(''));
  const later = await startPeer(url, configs);
  await eventually(() => expect(later.received).toHaveLength(200));
  expect(later.received.some(({ topic }) => topic.endsWith('_monitor_m0/config'))).toBe(false);
  expect(agent.mqtt.outbox().dropped).toBe(0);
  expect(agent.log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
});
