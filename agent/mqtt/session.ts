// One connection to the broker, from CONNECT to its end, and the only place that knows mqtt.js. A client is never used
// twice: a new one has empty stores, so mqtt.js can't send anything again on its own or remember a subscription.
import type { Socket } from 'node:net';
import { MqttClient, ReasonCodes } from 'mqtt';
import { connectStream, type Endpoint } from './endpoint.ts';
import { createPacketCap, filterIncoming } from './frames.ts';
import type { Incoming, Outgoing } from './messages.ts';
import {
  clientOptions,
  limitsOf,
  publishOptions,
  reasonText,
  refusedBy,
  subscribeOptions,
  toIncoming,
} from './mqttjs.ts';
import { type Refused, codeOf, describe, isLinkFault, refusalOf } from './reason.ts';

// A longer message arrives shortened: room for the topic, the properties and one byte more of payload than is allowed.
const cutBytes = 512 * 1024;
// Connection refused: unacceptable protocol version, in 3.1.1's code and in 5's.
const refusedVersionCodes = [1, 132];

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
  filterIncoming(socket, createPacketCap(cutBytes, 'cut'), () => {
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
        options.protocol === 5 && !connected && refusedVersionCodes.some((code) => code === codeOf(error)),
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
    farewell = `the broker ended the connection: ${reasonText(reasonCode, ReasonCodes)}`;
  });
  client.on('connect', (connack) => {
    connected = true;
    const limits = limitsOf(connack.properties);
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
      const { topic, payload } = message;
      client.publish(topic, payload, publishOptions(message, options.protocol), (error) => {
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

function subscribe(
  client: MqttClient,
  { subscriptions, protocol }: SessionOptions,
  answered: (refused: Refusal[]) => void,
): void {
  client.subscribe([...subscriptions], subscribeOptions(protocol), (error, _granted, suback) => {
    if (error && suback === undefined) return;
    answered(refusedBy(subscriptions, suback?.granted.map(Number) ?? [], ReasonCodes));
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
