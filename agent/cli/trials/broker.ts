// The broker as the agent meets it: the user's, or the port that the embedded one takes. Asked by a connection that lets
// nothing behind.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../shared/thrown.ts';
import {
  birthTopic,
  discoveryTopic,
  requestSubscriptions,
  statusTopic,
  trialTopic,
} from '../../../shared/topics.ts';
import { type EndpointSettings, readEndpoint } from '../../mqtt/endpoint.ts';
import type { Incoming } from '../../mqtt/messages.ts';
import { type Refusal } from '../../mqtt/session.ts';
import { type Connection, connect, within } from './connection.ts';
import { portState } from './port.ts';

/** Whose topics are tried, and how long is waited. */
export interface BrokerAim {
  agent: string;
  /** Empty where Home Assistant's part is not tried. */
  discoveryPrefix: string;
  connectMs: number;
  /** For what is written to come back. */
  echoMs: number;
}

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

/** `fault` is why there is no connection. */
export type ExternalSeen =
  { at: 'external'; asked: Asked } | { at: 'external'; label: string; host: string; fault: string };

export type BrokerSeen =
  | ExternalSeen
  | { at: 'embedded'; port: number; asked: Asked }
  /** Of the embedded one's port: `fault` is why what holds it is no broker that lets us in. */
  | { at: 'free'; port: number }
  | { at: 'refused'; port: number; code: string }
  | { at: 'foreign'; port: number; fault: string | null };

/** A URL, or the embedded one's port. */
export type BrokerPlace = EndpointSettings | { port: number };

const loopback = '127.0.0.1';
const settleMs = 1000;
/** What is retained comes at once. */
const retainedMs = 250;

interface Heard {
  status: string | null;
  birth: string | null;
  announced: Set<string>;
}

/** The device that discovery is tried with; there is none of it. */
export const triedDevice = 'pathproof_doctor';

async function tryTopics(
  connection: Connection,
  { agent, discoveryPrefix: prefix, echoMs }: BrokerAim,
  nonce: string,
  echoed: Promise<unknown>,
): Promise<Pick<Asked, 'writing' | 'discovering' | 'readBack'>> {
  // Not retained, so that nothing is left even where this is killed.
  const written = connection.write(
    { topic: trialTopic(agent), payload: nonce, retain: false },
    Math.max(settleMs, echoMs),
  );
  const cameBack = within(
    echoed.then(() => true),
    echoMs,
  );
  // Nobody waits for the echo of what was refused.
  const refusal = written.then((refused) => (refused === null ? cameBack : null));
  const readBack = (await Promise.race([cameBack, refusal])) ?? false;
  const writing = await written;
  // Nothing is announced by it: an empty message, not kept.
  const topic = discoveryTopic(prefix, triedDevice);
  const discovering =
    prefix === '' ? null : await connection.write({ topic, payload: '', retain: false }, settleMs);
  return { writing, discovering, readBack };
}

/** Rejects with why there is no connection, in words without a secret. */
export async function askBroker(
  settings: EndpointSettings,
  aim: BrokerAim,
  protocol: 4 | 5 = 5,
): Promise<Asked> {
  const { agent, discoveryPrefix: prefix, connectMs: patienceMs } = aim;
  const endpoint = readEndpoint(settings);
  const [own, status] = [trialTopic(agent), statusTopic(agent)];
  const nonce = randomUUID();
  const heard: Heard = { status: null, birth: null, announced: new Set() };
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

  // Not the groups' requests: this would take another's.
  const ofHomeAssistant = prefix === '' ? [] : [birthTopic(prefix), discoveryTopic(prefix, '+')];
  const subscriptions = [own, status, ...requestSubscriptions(agent, []), ...ofHomeAssistant];
  const connection = await connect({ endpoint, agent, subscriptions, patienceMs, onMessage }, protocol);
  try {
    const tried = await tryTopics(connection, aim, nonce, echoed);
    await delay(retainedMs);
    const { refused, retains } = connection;
    return {
      ...{ label: endpoint.label, protocol: connection.protocol, refused, retains },
      ...tried,
      agentStatus: heard.status,
      birth: heard.birth,
      announced: heard.announced.size,
    };
  } finally {
    await connection.close();
  }
}

async function lookAtEmbedded(port: number, aim: BrokerAim): Promise<BrokerSeen> {
  if (port === 0) return { at: 'free', port };
  const state = await portState(loopback, port);
  if (state === 'free') return { at: 'free', port };
  if (state !== 'held') return { at: 'refused', port, code: state.refused };
  try {
    const asked = await askBroker({ url: `mqtt://${loopback}:${port}` }, aim, 4);
    // The agent that runs keeps it up to date; its last will is what a broker of somebody else's would hold.
    return asked.agentStatus === 'online'
      ? { at: 'embedded', port, asked }
      : { at: 'foreign', port, fault: null };
  } catch (error) {
    return { at: 'foreign', port, fault: messageOf(error) };
  }
}

/** Never rejects. */
export async function lookAtExternal(settings: EndpointSettings, aim: BrokerAim): Promise<ExternalSeen> {
  let [label, host] = ['MQTT_URL', ''];
  try {
    ({ label, host } = readEndpoint(settings));
    return { at: 'external', asked: await askBroker(settings, aim) };
  } catch (error) {
    return { at: 'external', label, host, fault: messageOf(error) };
  }
}

/** Never rejects. */
export const lookAtBroker = (place: BrokerPlace, aim: BrokerAim): Promise<BrokerSeen> =>
  'url' in place ? lookAtExternal(place, aim) : lookAtEmbedded(place.port, aim);
