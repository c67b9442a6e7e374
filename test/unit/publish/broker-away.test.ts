// An hour of events and measurements while the broker is away: the real connection, broker and store; the hour is the
// outbox's clock.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { now } from '../../../agent/clock.ts';
import { openOutbox } from '../../../agent/publish/outbox.ts';
import { openStore } from '../../../agent/store/index.ts';
import { startBroker } from '../../../broker-dev/broker.ts';
import { Event, newEvent } from '../../../shared/event.ts';
import { eventually, FAST, recordLog, startAgent, startPeer } from '../mqtt/kit.ts';

const secondMs = 1000;
const hourSeconds = 3600;

/** Bytes in use once nothing is left to be collected. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
}

interface Hour {
  /** Stands for the time on both clocks. */
  passedMs: number;
}

async function openAt(url: string, hour: Hour) {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-away-'));
  const log = recordLog();
  const store = await openStore(folder, log);
  const agent = startAgent(
    { url },
    { ...FAST, protocol: 4, drainMs: 8000 },
    { onConnected: () => outbox.connected() },
  );
  const outbox = await openOutbox(
    {
      agent: 'pi',
      store,
      log,
      publish: (message) => agent.mqtt.publish(message),
      isConnected: () => agent.mqtt.connected(),
      now: () => {
        const { epochMs, upMs, boot } = now();
        return { epochMs: epochMs + hour.passedMs, upMs: upMs + hour.passedMs, boot };
      },
    },
    { pauseMs: 50 },
  );
  onTestFinished(async () => {
    await outbox.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return { outbox, agent, log };
}

const result = (payload: string) => ({
  topic: 'pathproof/pi/probe/ping/result',
  payload,
  qos: 1 as const,
  retain: false,
  expirySeconds: 3600,
});

it('all events of the hour arrive once and in order, with as many measurements as there was room for', async () => {
  const broker = await startBroker({ port: 0, log: recordLog() });
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const hour: Hour = { passedMs: 0 };
  const { outbox, agent, log } = await openAt(url, hour);
  await eventually(() => expect(agent.mqtt.connected()).toBe(true));
  const early = await startPeer(url, 'pathproof/pi/#');
  const told: Event[] = [];
  const tell = async (number: number): Promise<void> => {
    const event = newEvent('monitor.down', `m${number}`, { evidence: { filling: 'x'.repeat(500) } }, number);
    told.push(event);
    await outbox.event(event);
  };
  await tell(-1);
  await eventually(() => expect(early.texts()).toHaveLength(1));
  await early.client.endAsync(true);
  await broker.stop();
  await eventually(() => expect(agent.mqtt.connected()).toBe(false));

  const heapBefore = heapBytes();
  // Two hundred monitors, each every minute, and an event each three seconds.
  for (let second = 0; second < hourSeconds; second += 1) {
    hour.passedMs += secondMs;
    for (let probe = 0; probe < 4; probe += 1) {
      outbox.measurement(result(`${second}.${probe} ${'x'.repeat(800)}`));
    }
    if (second % 3 === 0) await tell(second);
  }
  const { events, measurements } = outbox.depth();
  expect(events).toBe(1200);
  expect(events + measurements).toBe(10_000);
  expect(agent.mqtt.outbox().waiting).toBe(0);
  // Measurements rest in memory: the outbox's bound of 16 MiB, and what it keeps beside.
  expect(heapBytes() - heapBefore).toBeLessThan(20 << 20);

  const again = await startBroker({ port: broker.port, log: recordLog() });
  onTestFinished(() => again.stop());
  const late = await startPeer(url, 'pathproof/pi/#');
  await eventually(() => expect(outbox.depth()).toEqual({ events: 0, measurements: 0 }), 40_000);
  const arrived = (): Event[] =>
    late.received
      .filter(({ topic }) => topic.endsWith('/event'))
      .map(({ text }) => Event.parse(JSON.parse(text)));
  await eventually(() => expect(arrived()).toHaveLength(1201));
  const seen = new Set<string>();
  const deduped = arrived().filter(({ id }) => !seen.has(id) && seen.add(id));
  expect(deduped.filter(({ kind }) => kind === 'monitor.down').map(({ id }) => id)).toEqual(
    told.slice(1).map(({ id }) => id),
  );
  expect(deduped.at(-1)).toMatchObject({ kind: 'outbox.dropped', evidence: { events: 0 } });
  expect(log.count(/the outbox drops messages/)).toBe(1);
}, 60_000);
