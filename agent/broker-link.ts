// The agent's broker, its own or the user's: started or connected to, and published through.
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { type Incoming, type MqttConnection, type Outgoing, createMqtt } from './mqtt.ts';
import { mqttSecurity } from './mqtt/security.ts';
import { startOrRetry } from './retry.ts';

export interface LinkRole {
  will: { topic: string; payload: string };
  subscriptions: readonly string[];
  onMessage(incoming: Incoming): void;
  /** What is published at each connection. */
  introduction(): Outgoing[];
  /** After the introduction, at each connection. */
  onConnected(): void;
}

export interface BrokerLink {
  /** Resolves once the embedded broker has been tried, or at once with an external one; neither stops the agent. */
  start(role: LinkRole): Promise<void>;
  /** Never throws; dropped while there is no broker to be had at all. */
  publish(message: Outgoing): void;
  connected(): boolean;
  /** Connects anew at once where the connection is bound to one of these local addresses. */
  leave(addresses: readonly string[]): void;
  /** The embedded broker's port, or `external`; null while its port is taken. */
  place(): { port: number } | 'external' | null;
  stop(): Promise<void>;
}

/** `stopped`: the agent stops, and starts no broker any more. */
export function createBrokerLink(config: Config, log: Log, stopped: AbortSignal): BrokerLink {
  let mqtt: MqttConnection | null = null;
  let place: ReturnType<BrokerLink['place']> = null;
  let stopBroker = (): Promise<void> => Promise.resolve();

  const connect = (role: LinkRole, url: string, protocol: 4 | 5): void => {
    const { will, subscriptions, onMessage, introduction } = role;
    const settings = {
      ...mqttSecurity(config),
      url,
      clientId: `pathproof-${config.DEVICE_NAME}`,
      will,
      subscriptions,
    };
    const onConnected = (): void => {
      introduction().forEach((message) => opened.publish(message));
      role.onConnected();
    };
    const opened = createMqtt(settings, { log, onMessage, onConnected }, { protocol });
    mqtt = opened;
    opened.start();
  };
  const startEmbedded = async (role: LinkRole): Promise<void> => {
    // Loaded only where it is used: an agent with a broker of the user's keeps aedes out of its memory.
    const { startBroker } = await import('../broker-dev/broker.ts');
    const { port, stop } = await startBroker({ port: config.EMBEDDED_BROKER_PORT, log });
    stopBroker = stop;
    place = { port };
    connect(role, `mqtt://127.0.0.1:${port}`, 4);
  };

  return {
    async start(role) {
      if (config.MQTT_URL === undefined) {
        await startOrRetry(log, stopped, () => startEmbedded(role), {
          what: 'the embedded broker',
          wayOut:
            'give the broker that is there as MQTT_URL, or choose EMBEDDED_BROKER_PORT; until then there is no MQTT',
        });
      } else {
        connect(role, config.MQTT_URL, 5);
        place = 'external';
      }
    },
    publish: (message) => (mqtt === null ? message.settled?.(false) : mqtt.publish(message)),
    connected: () => mqtt?.connected() ?? false,
    leave: (addresses) => mqtt?.leave(addresses),
    place: () => place,
    async stop() {
      await mqtt?.stop();
      await stopBroker();
    },
  };
}
