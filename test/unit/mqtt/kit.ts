// What the MQTT tests share: a log that remembers, an agent's connection with short delays, another client.
import { Socket } from 'node:net';
import { connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { onTestFinished, vi } from 'vitest';
import type { Log } from '../../../agent/log.ts';
import {
  createMqtt,
  type Incoming,
  type MqttConnection,
  type MqttListeners,
  type MqttSettings,
  type MqttTuning,
} from '../../../agent/mqtt.ts';

export interface LogLine {
  level: keyof Log;
  message: string;
  fields: string;
}

export interface RecordedLog extends Log {
  lines: LogLine[];
  /** How many lines say it, those for debugging left out. */
  count(pattern: RegExp): number;
  /** All of it. */
  text(): string;
}

export function recordLog(): RecordedLog {
  const lines: LogLine[] = [];
  const at =
    (level: keyof Log) =>
    (fields: object, message: string): void => {
      lines.push({ level, message, fields: JSON.stringify(fields, plainError) });
    };
  return {
    lines,
    count: (pattern) =>
      lines.filter(({ level, message, fields }) => level !== 'debug' && pattern.test(`${message} ${fields}`))
        .length,
    text: () => lines.map(({ message, fields }) => `${message} ${fields}`).join('\n'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

function plainError(_key: string, value: unknown): unknown {
  return value instanceof Error ? { message: value.message, stack: value.stack } : value;
}

export interface Agent {
  mqtt: MqttConnection;
  log: RecordedLog;
  incoming: Incoming[];
  connects: number;
}

export const FAST: Partial<MqttTuning> = { firstRetryMs: 5, maxRetryMs: 50 };
/** A back-off that no test outlives: what needs it would time out. */
export const NEVER_RETRIES: Partial<MqttTuning> = { firstRetryMs: 3_600_000, maxRetryMs: 3_600_000 };

/** A started connection, stopped at the test's end. */
export function startAgent(
  settings: Partial<MqttSettings> & { url: string },
  tuning: Partial<MqttTuning> = FAST,
  listeners: Partial<MqttListeners> = {},
): Agent {
  const log = recordLog();
  const agent: Omit<Agent, 'mqtt'> = { log, incoming: [], connects: 0 };
  const mqtt = createMqtt(
    {
      clientId: 'agent-under-test',
      will: { topic: 'pathproof/pi/status', payload: 'offline' },
      subscriptions: ['pathproof/pi/probe/+/request'],
      ...settings,
    },
    {
      log,
      onMessage: (incoming) => agent.incoming.push(incoming),
      onConnected: () => (agent.connects += 1),
      ...listeners,
    },
    { drainMs: 200, ...tuning },
  );
  mqtt.start();
  onTestFinished(() => mqtt.stop());
  return Object.assign(agent, { mqtt });
}

export interface Peer {
  client: MqttClient;
  received: { topic: string; text: string; packet: IPublishPacket }[];
  texts(): string[];
}

/** Another client of the same broker, subscribed to `topic`, ended at the test's end. */
export async function startPeer(
  url: string,
  topic: string | null,
  options: IClientOptions = {},
): Promise<Peer> {
  const client = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 10, ...options });
  const received: Peer['received'] = [];
  // Its PUBACKs would hold its next PUBLISH for the broker's delayed ACK, 44 ms each.
  const hurry = () => client.stream instanceof Socket && client.stream.setNoDelay(true);
  hurry();
  client.on('connect', hurry);
  client.on('message', (at, payload, packet) =>
    received.push({ topic: at, text: payload.toString(), packet }),
  );
  onTestFinished(() => client.endAsync(true));
  if (topic !== null) await client.subscribeAsync(topic, { qos: 1 });
  return { client, received, texts: () => received.map(({ text }) => text) };
}

/** Polls until `check` no longer throws. */
export function eventually<T>(check: () => T, timeoutMs = 8000): Promise<T> {
  return vi.waitFor(check, { timeout: timeoutMs, interval: 5 });
}
