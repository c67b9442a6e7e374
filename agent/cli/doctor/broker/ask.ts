// One connection to the broker, as the agent would make it but with a name of its own: what it lets the agent do.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../../../config.ts';
import { readEndpoint } from '../../../mqtt/endpoint.ts';
import type { Incoming, Outgoing } from '../../../mqtt/messages.ts';
import { mqttSecurity } from '../../../mqtt/security.ts';
import { type Refusal, type Session, openSession } from '../../../mqtt/session.ts';
import {
  birthTopic,
  discoveryTopic,
  doctorTopic,
  requestSubscriptions,
  statusTopic,
} from '../../../../shared/topics.ts';

/** What a connection showed. */
export interface Asked {
  label: string;
  protocol: 4 | 5;
  /** Subscriptions that the broker refused; MQTT 3.1.1 brokers may stay silent of it. */
  refused: readonly Refusal[];
  /** Why the agent's own topic, and that of discovery, can't be written; null where nothing was said against it. */
  writing: string | null;
  discovering: string | null;
  /** What was written came back. */
  readBack: boolean;
  retains: boolean;
  /** What the broker keeps of the agent's status, of Home Assistant's birth, and how many others announce themselves. */
  agentStatus: string | null;
  birth: string | null;
  announced: number;
}

const connectMs = 3000;
const echoMs = 1500;
const settleMs = 1000;
/** What is retained comes at once. */
const retainedMs = 250;

interface Heard {
  echo: string | null;
  status: string | null;
  birth: string | null;
  announced: Set<string>;
}

interface Connected {
  session: Session;
  refused: readonly Refusal[];
  retains: boolean;
}

/** Which of them refused, so that the other version is tried. */
class OldBroker extends Error {}

/** Resolves with null when it took too long. */
const within = <T>(promise: Promise<T>, limitMs: number): Promise<T | null> =>
  Promise.race([promise, delay(limitMs, null, { ref: false })]);

interface Settled {
  /** Null where nothing was said against it. */
  refusal: string | null;
  settled: boolean;
}

async function write(session: Session, message: Omit<Outgoing, 'qos'>): Promise<Settled> {
  const sent = new Promise<Settled>((resolve) => {
    session.publish({ ...message, qos: 1 }, (refused) =>
      resolve({ refusal: refused?.reason ?? null, settled: true }),
    );
  });
  return (await within(sent, settleMs)) ?? { refusal: null, settled: false };
}

function connect(
  config: Config,
  url: string,
  protocol: 4 | 5,
  onMessage: (incoming: Incoming) => void,
): Promise<Connected> {
  const { DEVICE_NAME: name, HOMEASSISTANT_PREFIX: prefix } = config;
  const endpoint = readEndpoint({ ...mqttSecurity(config), url });
  const subscriptions = [
    doctorTopic(name),
    statusTopic(name),
    // Not the groups': this would take another's requests.
    ...requestSubscriptions(name, []),
    ...(prefix === '' ? [] : [birthTopic(prefix), discoveryTopic(prefix, '+')]),
  ];
  return new Promise((resolve, reject) => {
    const session = openSession(
      {
        ...{
          endpoint,
          protocol,
          will: null,
          subscriptions,
          connectTimeoutMs: connectMs,
          keepaliveSeconds: 30,
        },
        clientId: `pathproof-${name}-doctor-${process.pid}`,
      },
      {
        onReady: ({ retain }, refused) => resolve({ session, refused, retains: retain }),
        onMessage,
        onEnded: ({ reason, protocolRefused }) =>
          reject(protocolRefused ? new OldBroker(reason) : new Error(reason)),
      },
    );
    // A name that is not resolved, an address where nobody answers: mqtt.js waits from the connection on.
    const giveUp = (): void => {
      void session.close('abort');
      reject(new Error(`no answer within ${connectMs / 1000} s`));
    };
    const timer = setTimeout(giveUp, connectMs + 500);
    timer.unref();
  });
}

/** Rejects with why there is no connection, in words without a secret. */
export async function askBroker(config: Config, url: string, protocol: 4 | 5): Promise<Asked> {
  const { DEVICE_NAME: name, HOMEASSISTANT_PREFIX: prefix } = config;
  const [own, status] = [doctorTopic(name), statusTopic(name)];
  const nonce = randomUUID();
  const heard: Heard = { echo: null, status: null, birth: null, announced: new Set() };
  let cameBack: () => void = () => undefined;
  const echoed = new Promise<void>((resolve) => (cameBack = resolve));

  function onMessage({ topic, payload }: Incoming): void {
    const text = payload.toString();
    if (topic === own && text === nonce) cameBack();
    else if (topic === status) heard.status = text;
    else if (prefix === '') return;
    else if (topic === birthTopic(prefix)) heard.birth = text;
    else if (topic.startsWith(`${prefix}/`) && !topic.includes('/pathproof_')) heard.announced.add(topic);
  }

  let connected: Connected;
  try {
    connected = await connect(config, url, protocol, onMessage);
  } catch (error) {
    if (error instanceof OldBroker) return askBroker(config, url, 4);
    throw error;
  }
  const { session, refused, retains } = connected;
  try {
    // Not retained, so that nothing is left even where this is killed.
    const written = write(session, { topic: own, payload: nonce, retain: false });
    const readBack =
      (await within(
        echoed.then(() => true),
        echoMs,
      )) ?? false;
    const { refusal, settled } = await written;
    // Nothing is announced by it: an empty message, not kept, of a device that there is none of.
    const topic = discoveryTopic(prefix, 'pathproof_doctor');
    const discovery = prefix === '' ? null : await write(session, { topic, payload: '', retain: false });
    await delay(retainedMs);
    return {
      label: readEndpoint({ ...mqttSecurity(config), url }).label,
      protocol,
      refused,
      writing: refusal ?? (settled ? null : 'the broker did not acknowledge it'),
      discovering: discovery?.refusal ?? null,
      readBack,
      retains,
      agentStatus: heard.status,
      birth: heard.birth,
      announced: heard.announced.size,
    };
  } finally {
    await session.close('disconnect');
  }
}
