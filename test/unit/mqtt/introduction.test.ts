// All that an agent with as many monitors as there may be says at each connection, over a real connection and broker.
import { expect, test, onTestFinished } from 'vitest';
import { retained, statusMessage } from '../../../agent/publish/availability.ts';
import { monitorMessages } from '../../../agent/publish/monitor-state.ts';
import { startBroker } from '../../../broker-dev/broker.ts';
import { discoveryTopic } from '../../../shared/topics.ts';
import { knownMonitor } from '../publish/states.ts';
import { eventually, FAST, recordLog, startAgent, startPeer } from './kit.ts';

const names = Array.from({ length: 500 }, (_, n) => `m${n}`);

const introduction = (round: number) => [
  statusMessage('pi', 'online'),
  retained('pathproof/pi/info', String(round)),
  ...names.flatMap((monitor) => monitorMessages('pi', knownMonitor({ monitor, badInARow: round }))),
  ...names.map((name) => retained(discoveryTopic('homeassistant', name), 'x'.repeat(10_000))),
];

test('arrives in full, though it was said twice before the broker took any of it', async () => {
  const broker = await startBroker({ port: 0, log: recordLog() });
  onTestFinished(() => broker.stop());
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const peer = await startPeer(url, '#');
  const { mqtt, log } = startAgent(
    { url },
    { ...FAST, protocol: 4, drainMs: 8000 },
    { onConnected: () => [1, 2].flatMap(introduction).forEach((message) => mqtt.publish(message)) },
  );
  mqtt.publish({ topic: 'pathproof/pi/event', payload: 'an event', qos: 1, retain: false });
  await eventually(() => expect(peer.received.length).toBeGreaterThanOrEqual(1503), 20_000);
  await eventually(() => expect(mqtt.outbox()).toEqual({ waiting: 0, dropped: 0 }));
  expect(log.count(/drop/)).toBe(0);
  const said = new Map(peer.received.map(({ topic, text }) => [topic, text]));
  expect(said.get('pathproof/pi/status')).toBe('online');
  expect(said.get('pathproof/pi/info')).toBe('2');
  expect(said.get('pathproof/pi/event')).toBe('an event');
  expect(peer.received).toHaveLength(1503);
  expect(said.size).toBe(1503);
}, 30_000);
