// One connection to a broker, to try it: what it allows, and what it gives back. It stands beside the agent's own.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../../mqtt/endpoint.ts';
import type { Incoming, Outgoing } from '../../mqtt/messages.ts';
import { type Refusal, type Session, type SessionEnd, openSession } from '../../mqtt/session.ts';

export interface Connection {
  protocol: 4 | 5;
  /** Subscriptions that the broker refused; MQTT 3.1.1 brokers may stay silent of it. */
  refused: readonly Refusal[];
  retains: boolean;
  /** Why the broker did not take a message; null where it did. */
  write(message: Omit<Outgoing, 'qos'>, patienceMs: number): Promise<string | null>;
  close(): Promise<void>;
}

export interface Wanted {
  endpoint: Endpoint;
  /** The agent's name. */
  agent: string;
  subscriptions: readonly string[];
  patienceMs: number;
  onMessage: (incoming: Incoming) => void;
}

/** It was ended, and whether another version of MQTT may do. */
class Ended extends Error {
  readonly protocolRefused: boolean;
  constructor({ reason, protocolRefused }: Pick<SessionEnd, 'reason' | 'protocolRefused'>) {
    super(reason);
    this.protocolRefused = protocolRefused;
  }
}

/** Resolves with null when it took too long. */
export const within = <T>(promise: Promise<T>, limitMs: number): Promise<T | null> =>
  Promise.race([promise, delay(limitMs, null, { ref: false })]);

async function writeBy(
  session: Session,
  ended: Promise<never>,
  message: Omit<Outgoing, 'qos'>,
  patienceMs: number,
): Promise<string | null> {
  const sent = new Promise<{ refusal: string | null }>((resolve) => {
    session.publish({ ...message, qos: 1 }, (refused) => resolve({ refusal: refused?.reason ?? null }));
  });
  try {
    const told = await within(Promise.race([sent, ended]), patienceMs);
    return told === null ? 'the broker did not acknowledge it' : told.refusal;
  } catch (error) {
    // Some brokers answer so to what they forbid.
    return error instanceof Ended ? `the connection was ended: ${error.message}` : String(error);
  }
}

function connectBy(
  { endpoint, agent, subscriptions, patienceMs, onMessage }: Wanted,
  protocol: 4 | 5,
): Promise<Connection> {
  let end: (why: Ended) => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => (end = reject));
  ended.catch(() => undefined);
  const opened = new Promise<Connection>((resolve) => {
    const session = openSession(
      {
        ...{ endpoint, protocol, subscriptions, will: null, keepaliveSeconds: 30 },
        connectTimeoutMs: patienceMs,
        // The agent's own would push it out where it runs.
        clientId: `pathproof-${agent}-trial-${randomUUID().slice(0, 8)}`,
      },
      {
        onReady: ({ retain }, refused) => {
          clearTimeout(timer);
          resolve({
            ...{ protocol, refused, retains: retain },
            write: (message, limitMs) => writeBy(session, ended, message, limitMs),
            close: () => session.close('disconnect'),
          });
        },
        onMessage,
        onEnded: (why) => {
          clearTimeout(timer);
          end(new Ended(why));
        },
      },
    );
    // A name that is not resolved, an address where nobody answers: mqtt.js waits from the connection on.
    const timer = setTimeout(() => {
      void session.close('abort');
      end(new Ended({ reason: `no answer within ${patienceMs / 1000} s`, protocolRefused: false }));
    }, patienceMs + 500);
    timer.unref();
  });
  return Promise.race([opened, ended]);
}

/**
 * Connects with a version of MQTT, and with 3.1.1 where a broker speaks that alone. Rejects with why there is no
 * connection, in words without a secret.
 */
export async function connect(wanted: Wanted, protocol: 4 | 5 = 5): Promise<Connection> {
  try {
    return await connectBy(wanted, protocol);
  } catch (error) {
    if (protocol === 5 && error instanceof Ended && error.protocolRefused) return connectBy(wanted, 4);
    throw error;
  }
}
