// One connection to a broker, to try it: what it allows, and what it gives back.
import { randomBytes } from 'node:crypto';
import type { Endpoint } from '../../mqtt/endpoint.ts';
import type { Outgoing } from '../../mqtt/messages.ts';
import { type Session, type SessionEnd, openSession } from '../../mqtt/session.ts';

const patienceMs = 5000;

class Ended extends Error {
  readonly end: SessionEnd;
  constructor(end: SessionEnd) {
    super(end.reason);
    this.end = end;
  }
}

export interface Heard {
  refused: string[];
  /** Topics with what they said, retained ones too. */
  messages: Map<string, string>;
  /** Why the broker did not take a message; null where it did. */
  publish(message: Pick<Outgoing, 'topic' | 'payload' | 'retain'>): Promise<string | null>;
  until(topic: string): Promise<boolean>;
  session: Session;
}

/** One connection, without a second try but for brokers that speak MQTT 3.1.1 alone. Rejects with why it ended. */
export async function connect(
  endpoint: Endpoint,
  agent: string,
  subscriptions: readonly string[],
  protocol: 4 | 5 = 5,
): Promise<Heard> {
  const messages = new Map<string, string>();
  let wake = (): void => undefined;
  let ready: (refused: string[]) => void = () => undefined;
  let end: (why: SessionEnd) => void = () => undefined;
  const opening = new Promise<string[]>((resolve) => {
    ready = resolve;
  });
  const ended = new Promise<never>((_resolve, reject) => {
    end = (why) => reject(new Ended(why));
  });
  ended.catch(() => undefined);
  const session = openSession(
    {
      endpoint,
      protocol,
      // The agent's own would push it out where it runs.
      clientId: `pathproof-${agent}-${randomBytes(4).toString('hex')}`,
      will: { topic: testTopic(agent), payload: '' },
      subscriptions,
      connectTimeoutMs: patienceMs,
      keepaliveSeconds: 30,
    },
    {
      onReady: (_limits, refused) => ready(refused.map(({ topic, reason }) => `${topic} (${reason})`)),
      onMessage({ topic, payload }) {
        messages.set(topic, payload.toString());
        wake();
      },
      onEnded: (why) => end(why),
    },
  );
  try {
    const refused = await Promise.race([opening, ended]);
    return {
      refused,
      messages,
      session,
      publish: (message) =>
        Promise.race([
          ended,
          new Promise<string | null>((resolve) => {
            session.publish({ ...message, qos: 1 }, (refusal) => resolve(refusal?.reason ?? null));
          }),
        ]),
      async until(topic) {
        const deadline = performance.now() + patienceMs;
        while (!messages.has(topic) && performance.now() < deadline) {
          await Promise.race([
            ended,
            new Promise<void>((resolve) => {
              wake = resolve;
              setTimeout(resolve, deadline - performance.now()).unref();
            }),
          ]);
        }
        return messages.has(topic);
      },
    };
  } catch (error) {
    if (error instanceof Ended && error.end.protocolRefused)
      return connect(endpoint, agent, subscriptions, 4);
    throw error;
  }
}

export const testTopic = (agent: string): string => `pathproof/${agent}/configure`;
