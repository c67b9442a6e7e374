// Answers tried with real connections, in words: the broker, Home Assistant's topics on it, the port of the bridge.
import { bracketed } from '../../../shared/ip.ts';
import { messageOf } from '../../../shared/thrown.ts';
import { discoveryTopic, trialTopic } from '../../../shared/topics.ts';
import { silentLog } from '../../log.ts';
import type { EndpointSettings } from '../../mqtt/endpoint.ts';
import { lookAtBridge } from '../trials/bridge.ts';
import {
  type Asked,
  type BrokerAim,
  type BrokerSeen,
  askBroker,
  lookAtBroker,
  lookAtExternal,
  triedDevice,
} from '../trials/broker.ts';
import type { Answers, BrokerAnswer } from './answers.ts';
import type { Told } from './packets.ts';

type Aim = Pick<Answers, 'broker' | 'deviceName' | 'homeAssistantPrefix'>;

const endpointOf = ({ username, password, caFile }: BrokerAnswer, url: string): EndpointSettings => ({
  url,
  ...(username === null ? {} : { username }),
  ...(password === null ? {} : { password }),
  ...(caFile === null ? {} : { caFile }),
});

/** A person waits for it, and can go away from it. */
const aimOf = (agent: string, discoveryPrefix: string): BrokerAim => ({
  ...{ agent, discoveryPrefix, connectMs: 5000, echoMs: 5000 },
});

const good = (words: string): Told => ({ ok: true, words });
const bad = (words: string): Told => ({ ok: false, words });

/** Topics with why the broker does not allow them. */
const lackingOf = (refused: Asked['refused'], topic: string, refusal: string | null): string[] => [
  ...refused.map((one) => `${one.topic} (${one.reason})`),
  ...(refusal === null ? [] : [`${topic} (${refusal})`]),
];

function toldOfAsked({ label, refused, writing, readBack, agentStatus }: Asked, agent: string): Told {
  const topic = trialTopic(agent);
  const lacking = lackingOf(refused, topic, writing);
  if (lacking.length > 0) return bad(`${label} does not allow ${lacking.join(', ')}`);
  if (!readBack) return bad(`${label} takes what is published on ${topic}, and does not give it back`);
  const other =
    agentStatus === 'online' ? `; an agent named ${agent} is there: this one, or choose another name` : '';
  return good(`${label}: connected, published and read back${other}`);
}

/** The port is free: the embedded broker is really started at it. */
async function tryEmbedded(port: number, agent: string): Promise<Told> {
  const { startBroker } = await import('../../../broker-dev/broker.ts');
  try {
    const broker = await startBroker({ port, log: silentLog });
    try {
      return toldOfAsked(
        await askBroker({ url: `mqtt://127.0.0.1:${broker.port}` }, aimOf(agent, '')),
        agent,
      );
    } finally {
      await broker.stop();
    }
  } catch (error) {
    return bad(`port ${port}: ${messageOf(error)}`);
  }
}

/** In words, but for a port that is free. */
function toldOfBroker(seen: Exclude<BrokerSeen, { at: 'free' }>, agent: string): Told {
  switch (seen.at) {
    case 'refused':
      return bad(`port ${seen.port} can't be listened at: ${seen.code}`);
    case 'foreign': {
      const what = seen.fault === null ? 'another broker' : 'something else than a broker';
      return bad(`port ${seen.port} is taken, by ${what}: give its URL, or another port`);
    }
    case 'embedded':
      return good(`port ${seen.port}: an agent named ${agent} runs its broker there already`);
    default:
      return 'asked' in seen ? toldOfAsked(seen.asked, agent) : bad(`${seen.label}: ${seen.fault}`);
  }
}

/** Connects, publishes on the agent's own topics and reads that back; says whether an agent of that name is there. */
export async function brokerTrial({ broker, deviceName }: Aim): Promise<Told> {
  const place = broker.url === null ? { port: broker.port } : endpointOf(broker, broker.url);
  const seen = await lookAtBroker(place, aimOf(deviceName, ''));
  return seen.at === 'free' ? tryEmbedded(seen.port, deviceName) : toldOfBroker(seen, deviceName);
}

/** That discovery may be published, and whether Home Assistant has said there that it is. */
export async function homeAssistantTrial(aim: Aim): Promise<Told> {
  const { broker, deviceName, homeAssistantPrefix: prefix } = aim;
  if (prefix === '') return good('nothing is published for Home Assistant');
  if (broker.url === null)
    return good('Home Assistant must be given the same broker: the embedded one is on loopback');
  const seen = await lookAtExternal(endpointOf(broker, broker.url), aimOf(deviceName, prefix));
  if (!('asked' in seen)) return bad(`${seen.label}: ${seen.fault}`);
  const { refused, discovering, birth } = seen.asked;
  const ofPrefix = refused.filter(({ topic }) => topic.startsWith(`${prefix}/`));
  const lacking = lackingOf(ofPrefix, discoveryTopic(prefix, triedDevice), discovering);
  if (lacking.length > 0) return bad(`the broker does not allow ${lacking.join(', ')}`);
  const said =
    birth === null
      ? 'nothing of Home Assistant itself was seen (it says so when it starts)'
      : `Home Assistant says ${JSON.stringify(birth.slice(0, 20))}`;
  return good(`${prefix}/… may be published; ${said}`);
}

/** That the bridge can listen there. */
export async function bridgeTrial({ address, port }: Answers['bridge']): Promise<Told> {
  const place = `${bracketed(address)}:${port}`;
  const seen = await lookAtBridge(address, port);
  switch (seen.port) {
    case 'any':
    case 'free':
      return good(`${place} is free to listen at`);
    case 'refused':
      return bad(`${place} can't be listened at: ${seen.code}`);
    case 'pathproof':
      return good(`${place}: an agent runs there already`);
    case 'foreign':
      return bad(`${place} is taken by another program: choose another port`);
  }
}
