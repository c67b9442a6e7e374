// The agent's connection to its broker: kept up for ever, MQTT 5 first and 3.1.1 where the broker wants it, with a
// bounded outbox so that what was published while the broker was away still arrives, in order.
import { unmapped } from '../shared/ip.ts';
import type { Log } from './log.ts';
import { readEndpoint, type EndpointSettings } from './mqtt/endpoint.ts';
import type { Incoming, Outgoing } from './mqtt/messages.ts';
import { afterEnding, connected, firstAttempts } from './mqtt/reconnect.ts';
import { createSender } from './mqtt/sender.ts';
import {
  openSession,
  type Refusal,
  type BrokerLimits,
  type Session,
  type SessionEnd,
} from './mqtt/session.ts';
import { type MqttTuning, usualTuning } from './mqtt/tuning.ts';

export type { Incoming, Outgoing } from './mqtt/messages.ts';
export type { MqttTuning } from './mqtt/tuning.ts';

export interface MqttSettings extends EndpointSettings {
  clientId: string;
  will: { topic: string; payload: string };
  subscriptions: readonly string[];
}

export interface MqttListeners {
  log: Log;
  onMessage(incoming: Incoming): void;
  /** After each connect, once the broker has answered the subscriptions. */
  onConnected(): void;
}

export interface MqttConnection {
  start(): void;
  /** Sends what is waiting (bounded), then DISCONNECT; with something left it just drops the line: the will speaks. */
  stop(): Promise<void>;
  /** Never throws; sent now or as soon as there is a connection. */
  publish(message: Outgoing): void;
  connected(): boolean;
  /**
   * Connects anew at once where the connection is bound to one of these addresses of this machine's, the default route
   * being another line's now; where there is none, the next attempt is made now.
   */
  leave(addresses: readonly string[]): void;
  /** The version spoken, or tried next. This and outbox() are for tests, which see neither from outside. */
  protocol(): 4 | 5;
  /** Messages waiting or unacknowledged, and those given up since the start. */
  outbox(): { waiting: number; dropped: number };
}

const mayBeTakenOver =
  'MQTT broker keeps closing the connection: is another client connected with this identifier?';

/** Throws where the URL or a TLS file can't be used. */
export function createMqtt(
  settings: MqttSettings,
  listeners: MqttListeners,
  tuning: Partial<MqttTuning> = {},
): MqttConnection {
  const { log } = listeners;
  const tuned = { ...usualTuning, ...tuning };
  const endpoint = readEndpoint(settings);
  const broker = endpoint.label;
  const sender = createSender({
    log,
    broker,
    window: tuned.window,
    maxMessages: tuned.outboxMessages,
    maxBytes: tuned.outboxBytes,
    maxRetainedBytes: tuned.outboxRetainedBytes,
    maxLosses: tuned.maxLosses,
  });

  let started = false;
  let stopped: Promise<void> | null = null;
  let attempts = firstAttempts(tuned.protocol);
  let session: Session | null = null;
  let readyAtMs: number | null = null;
  let retryTimer: NodeJS.Timeout | undefined;

  function connect(): void {
    const { clientId, will, subscriptions } = settings;
    const { protocol } = attempts;
    const { connectTimeoutMs, keepaliveSeconds } = tuned;
    const opened = openSession(
      { endpoint, protocol, clientId, will, subscriptions, connectTimeoutMs, keepaliveSeconds },
      {
        onReady: (limits, refused) => onReady(opened, limits, refused),
        onMessage: (incoming) => guarded('message', () => listeners.onMessage(incoming)),
        onEnded,
      },
    );
    session = opened;
  }

  function onReady(opened: Session, limits: BrokerLimits, refused: Refusal[]): void {
    readyAtMs = performance.now();
    attempts = connected(attempts);
    log.info({ broker, protocol: attempts.protocol === 5 ? '5' : '3.1.1' }, 'MQTT connected');
    for (const fields of refused) log.error({ broker, ...fields }, 'MQTT subscription refused by the broker');
    guarded('connect', () => listeners.onConnected());
    sender.attach(opened, limits);
  }

  function onEnded(end: SessionEnd): void {
    const heldMs = readyAtMs === null ? null : performance.now() - readyAtMs;
    const { reason, linkFault } = end;
    session = null;
    readyAtMs = null;
    sender.detach(!linkFault);
    if (stopped !== null) return;
    const next = afterEnding(attempts, { ...end, heldMs, idle: sender.waiting() === 0 }, tuned);
    attempts = next.attempts;
    retryTimer = setTimeout(connect, next.waitMs);
    if (next.olderVersion) {
      return log.info({ broker }, 'MQTT broker does not speak MQTT 5, going on with 3.1.1');
    }
    if (next.mayBeTakenOver) log.warn({ broker, clientId: settings.clientId }, mayBeTakenOver);
    const what = heldMs === null ? 'MQTT broker not reached' : 'MQTT connection lost';
    if (next.isNews) log.warn({ broker, reason }, `${what}, retrying`);
    log.debug({ broker, reason, retryMs: next.waitMs }, 'MQTT next attempt');
  }

  // A listener that throws must not reach mqtt.js: it would never acknowledge another message.
  function guarded(what: string, run: () => unknown): void {
    const failed = (error: unknown): void => log.error({ err: error }, `MQTT ${what} handler failed`);
    try {
      Promise.resolve(run()).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  function leave(addresses: readonly string[]): void {
    if (!started || stopped !== null) return;
    const old = session;
    if (old === null) {
      clearTimeout(retryTimer);
      return connect();
    }
    const bound = old.localAddress();
    if (bound === null || !addresses.includes(unmapped(bound))) return;
    log.info({ broker, from: bound }, 'MQTT connects anew: the default route leaves by another uplink');
    session = null;
    readyAtMs = null;
    sender.detach(false);
    // By a dead line the farewell is lost; the broker then takes the new connection for the end of the old one.
    void old.close('disconnect');
    connect();
  }

  async function shutDown(): Promise<void> {
    clearTimeout(retryTimer);
    const left = await sender.drain(tuned.drainMs);
    if (left > 0) log.warn({ broker, left }, 'MQTT stopped with messages unsent');
    await session?.close(left === 0 ? 'disconnect' : 'abort');
    sender.detach(false);
    sender.stop();
    session = null;
    readyAtMs = null;
  }

  return {
    start() {
      if (started) return;
      started = true;
      connect();
    },
    stop() {
      started = true;
      stopped ??= shutDown();
      return stopped;
    },
    publish: (message) => sender.publish(message),
    connected: () => readyAtMs !== null,
    leave,
    protocol: () => attempts.protocol,
    outbox: () => ({ waiting: sender.waiting(), dropped: sender.dropped() }),
  };
}
