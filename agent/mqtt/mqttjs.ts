// What mqtt.js is told, and what it tells, in the agent's own words. Pure; the package has one importer, session.ts, so that
// its shapes are written out here.
import { type Incoming, type Outgoing, maxPayloadBytes } from './messages.ts';
import type { BrokerLimits, Refusal, SessionOptions } from './session.ts';

// An MQTT 5 broker keeps back what is larger than this.
const maxPacketBytes = 1024 * 1024;
const receiveMaximum = 20;

const propertiesOfConnect = { sessionExpiryInterval: 0, receiveMaximum, maximumPacketSize: maxPacketBytes };

export function clientOptions(options: SessionOptions) {
  const { endpoint, protocol, clientId, will, connectTimeoutMs, keepaliveSeconds } = options;
  const { username, password } = endpoint;
  return {
    protocolVersion: protocol,
    clientId,
    clean: true,
    ...(will === null ? {} : { will: { ...will, qos: 1 as const, retain: true } }),
    connectTimeout: connectTimeoutMs,
    keepalive: keepaliveSeconds,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    timerVariant: 'native' as const,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(protocol === 5 ? { properties: propertiesOfConnect } : {}),
  };
}

/** Retain-as-published (5 only): otherwise a command published as retained looks like any other. */
export const subscribeOptions = (protocol: 4 | 5) =>
  protocol === 5 ? { qos: 1 as const, rap: true } : { qos: 1 as const };

/** The subscriptions that were not granted, by the codes of a SUBACK; `names` are those of MQTT 5's reason codes. */
export const refusedBy = (
  subscriptions: readonly string[],
  codes: readonly number[],
  names: Record<number, string>,
): Refusal[] =>
  subscriptions
    .map((topic, index) => ({ topic, code: codes[index] ?? 0 }))
    .filter(({ code }) => code >= 128)
    .map(({ topic, code }) => ({ topic, reason: reasonText(code, names) }));

export const reasonText = (code: number, names: Record<number, string>): string =>
  `${names[code] || 'no reason given'} (code ${code})`;

interface ConnackProperties {
  maximumPacketSize?: number | undefined;
  receiveMaximum?: number | undefined;
  maximumQoS?: number | undefined;
  retainAvailable?: boolean | undefined;
}

export const limitsOf = (announced: ConnackProperties = {}): BrokerLimits => ({
  maxPacketBytes: announced.maximumPacketSize ?? Infinity,
  receiveMaximum: announced.receiveMaximum ?? 65535,
  maxQos: announced.maximumQoS === 0 ? 0 : 1,
  retain: announced.retainAvailable ?? true,
});

interface Packet {
  retain: boolean;
  properties?: { responseTopic?: string | undefined; correlationData?: Buffer | undefined } | undefined;
}

export function toIncoming(topic: string, payload: Buffer, { retain, properties }: Packet): Incoming {
  const tooLarge = payload.length > maxPayloadBytes;
  return {
    topic,
    payload: tooLarge ? Buffer.alloc(0) : payload,
    tooLarge,
    retained: retain,
    responseTopic: properties?.responseTopic ?? null,
    correlationData: properties?.correlationData ?? null,
  };
}

export function publishOptions({ qos, retain, correlationData, expirySeconds }: Outgoing, protocol: 4 | 5) {
  const properties = {
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(expirySeconds === undefined ? {} : { messageExpiryInterval: expirySeconds }),
  };
  return { qos, retain, ...(protocol === 5 ? { properties } : {}) };
}
