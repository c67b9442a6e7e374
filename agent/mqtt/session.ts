// One connection to the broker, from CONNECT to its end, and the only place that knows mqtt.js. A client is never used
// twice: a new one has empty stores, so mqtt.js can't send anything again on its own or remember a subscription.
import type { Socket } from 'node:net';
import {
  MqttClient,
  ReasonCodes,
  type IClientOptions,
  type IClientSubscribeOptions,
  type IPublishPacket,
} from 'mqtt';
import { connectStream, type Endpoint } from './endpoint.ts';
import { createPacketCap, filterIncoming } from './frames.ts';
import { MAX_PAYLOAD_BYTES, type Incoming, type Outgoing } from './messages.ts';
import { type Refused, codeOf, describe, isLinkFault, refusalOf } from './reason.ts';

// An MQTT 5 broker keeps back what is larger than this; below it, a message longer than CUT_BYTES arrives shortened.
const MAX_PACKET_BYTES = 1024 * 1024;
// Room for the topic, the properties and one byte more of payload than is allowed.
const CUT_BYTES = 512 * 1024;
const RECEIVE_MAXIMUM = 20;
// Connection refused: unacceptable protocol version, in 3.1.1's code and in 5's.
const PROTOCOL_REFUSED = [1, 132];

export interface SessionOptions {
  endpoint: Endpoint;
  protocol: 4 | 5;
  clientId: string;
  /** Null where nothing is to be said of its end. */
  will: { topic: string; payload: string } | null;
  subscriptions: readonly string[];
  connectTimeoutMs: number;
  keepaliveSeconds: number;
}

/** What the broker announced with its CONNACK. */
export interface BrokerLimits {
  maxPacketBytes: number;
  receiveMaximum: number;
  maxQos: 0 | 1;
  retain: boolean;
}

export interface SessionEnd {
  reason: string;
  protocolRefused: boolean;
  /** The network's doing: no message can have caused it. */
  linkFault: boolean;
}

export interface Refusal {
  topic: string;
  reason: string;
}

export interface SessionEvents {
  /** Connected, and the broker has answered the subscriptions; those in `refused` it did not grant. */
  onReady(limits: BrokerLimits, refused: Refusal[]): void;
  onMessage(incoming: Incoming): void;
  /** Once, and nothing after it. */
  onEnded(end: SessionEnd): void;
}

export interface Session {
  /** `settled` comes with null when the broker has it (QoS 0: when the socket has it), else with why it was refused. */
  publish(message: Outgoing, settled: (refusal: Refused | null) => void): void;
  /** With DISCONNECT the broker forgets the will, without it publishes it. */
  close(how: 'disconnect' | 'abort'): Promise<void>;
  /** This machine's end of the connection; null where there is none yet. */
  localAddress(): string | null;
}

export function openSession(options: SessionOptions, events: SessionEvents): Session {
  let ended = false;
  let connected = false;
  let farewell: string | null = null;
  let subackTimer: NodeJS.Timeout | undefined;

  const socket = connectStream(options.endpoint);
  filterIncoming(socket, createPacketCap(CUT_BYTES, 'cut'), () => {
    socket.destroy(new Error('the broker sent a malformed packet or one far too large'));
  });
  const client = new MqttClient(() => socket, clientOptions(options));

  const end = (reason: string, details: Partial<SessionEnd> = {}): void => {
    if (ended) return;
    ended = true;
    clearTimeout(subackTimer);
    client.end(true);
    socket.destroy();
    events.onEnded({ reason: farewell ?? reason, protocolRefused: false, linkFault: false, ...details });
  };
  const fail = (error: unknown): void => {
    end(describe(error), {
      protocolRefused:
        options.protocol === 5 && !connected && PROTOCOL_REFUSED.some((code) => code === codeOf(error)),
      linkFault: isLinkFault(error),
    });
  };
  // mqtt.js goes on parsing after a bad packet, and keeps a stream's error without a code to itself.
  client.on('error', fail);
  socket.on('error', fail);
  client.on('close', () => {
    end(`the broker closed the connection${connected ? '' : ' without answering CONNECT'}`);
  });
  client.on('disconnect', ({ reasonCode = 0 }) => {
    farewell = `the broker ended the connection: ${reasonText(reasonCode)}`;
  });
  client.on('connect', (connack) => {
    connected = true;
    const { maximumPacketSize, receiveMaximum, maximumQoS, retainAvailable } = connack.properties ?? {};
    const limits: BrokerLimits = {
      maxPacketBytes: maximumPacketSize ?? Infinity,
      receiveMaximum: receiveMaximum ?? 65535,
      maxQos: maximumQoS === 0 ? 0 : 1,
      retain: retainAvailable ?? true,
    };
    // mqtt.js waits for ever for a SUBACK.
    subackTimer = setTimeout(() => end('the broker did not answer SUBSCRIBE'), options.connectTimeoutMs);
    subscribe(client, options, (refused) => {
      clearTimeout(subackTimer);
      if (!ended) events.onReady(limits, refused);
    });
  });
  client.on('message', (topic, payload, packet) => {
    if (!ended) events.onMessage(toIncoming(topic, payload, packet));
  });

  return {
    publish(message, settled) {
      const properties = options.protocol === 5 ? { properties: propertiesOf(message) } : {};
      const { topic, payload, qos, retain } = message;
      client.publish(topic, payload, { qos, retain, ...properties }, (error) => {
        if (ended) return;
        const refusal = refusalOf(error);
        // Any other error tells of the connection's end, which onEnded does.
        if (!error || refusal !== null) settled(refusal);
      });
    },
    async close(how) {
      if (ended) return;
      ended = true;
      clearTimeout(subackTimer);
      await closeClient(client, socket, how === 'disconnect' && connected);
    },
    localAddress: () => socket.localAddress ?? null,
  };
}

function clientOptions(options: SessionOptions): IClientOptions {
  const { endpoint, protocol, clientId, will, connectTimeoutMs, keepaliveSeconds } = options;
  return {
    protocolVersion: protocol,
    clientId,
    clean: true,
    ...(will === null ? {} : { will: { ...will, qos: 1, retain: true } }),
    connectTimeout: connectTimeoutMs,
    keepalive: keepaliveSeconds,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    timerVariant: 'native',
    ...(endpoint.username === undefined ? {} : { username: endpoint.username }),
    ...(endpoint.password === undefined ? {} : { password: endpoint.password }),
    ...(protocol === 5
      ? {
          properties: {
            sessionExpiryInterval: 0,
            receiveMaximum: RECEIVE_MAXIMUM,
            maximumPacketSize: MAX_PACKET_BYTES,
          },
        }
      : {}),
  };
}

function subscribe(
  client: MqttClient,
  { subscriptions, protocol }: SessionOptions,
  answered: (refused: Refusal[]) => void,
): void {
  // Retain-as-published (5 only): otherwise a command published as retained looks like any other.
  const wish: IClientSubscribeOptions = protocol === 5 ? { qos: 1, rap: true } : { qos: 1 };
  client.subscribe([...subscriptions], wish, (error, _granted, suback) => {
    if (error && suback === undefined) return;
    const codes = suback?.granted.map(Number) ?? [];
    answered(
      subscriptions
        .map((topic, index) => ({ topic, code: codes[index] ?? 0 }))
        .filter(({ code }) => code >= 128)
        .map(({ topic, code }) => ({ topic, reason: reasonText(code) })),
    );
  });
}

function closeClient(client: MqttClient, socket: Socket, politely: boolean): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    // A broker that does not close after DISCONNECT is not waited for.
    const timer = setTimeout(() => socket.destroy(), 500);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    client.end(!politely);
    return undefined;
  });
}

function toIncoming(topic: string, payload: Buffer, packet: IPublishPacket): Incoming {
  const tooLarge = payload.length > MAX_PAYLOAD_BYTES;
  return {
    topic,
    payload: tooLarge ? Buffer.alloc(0) : payload,
    tooLarge,
    retained: packet.retain,
    responseTopic: packet.properties?.responseTopic ?? null,
    correlationData: packet.properties?.correlationData ?? null,
  };
}

function propertiesOf({
  correlationData,
  expirySeconds,
}: Outgoing): NonNullable<IPublishPacket['properties']> {
  return {
    ...(correlationData === undefined ? {} : { correlationData }),
    ...(expirySeconds === undefined ? {} : { messageExpiryInterval: expirySeconds }),
  };
}

function reasonText(code: number): string {
  const names: Record<number, string> = ReasonCodes;
  return `${names[code] || 'no reason given'} (code ${code})`;
}
