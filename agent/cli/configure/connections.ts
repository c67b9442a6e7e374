// Answers tried with real connections: the broker, Home Assistant's topics on it, the port of the bridge.
import { get } from 'node:http';
import { createServer } from 'node:net';
import { bracketed } from '../../../shared/ip.ts';
import { codeOf, messageOf } from '../../../shared/thrown.ts';
import { birthTopic, discoveryTopic, statusTopic } from '../../../shared/topics.ts';
import { silentLog } from '../../log.ts';
import { type Endpoint, readEndpoint } from '../../mqtt/endpoint.ts';
import type { Answers, BrokerAnswer } from './answers.ts';
import { connect, testTopic } from './session.ts';
import type { Told } from './packets.ts';

/** Retained messages come right behind the subscription. */
const quietMs = 300;

type Aim = Pick<Answers, 'broker' | 'deviceName' | 'homeAssistantPrefix'>;

function endpointOf({ url, username, password, caFile }: BrokerAnswer, port: number): Endpoint {
  return readEndpoint({
    url: url ?? `mqtt://127.0.0.1:${port}`,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(caFile === null ? {} : { caFile }),
  });
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Connects, publishes on the agent's own topics and reads that back; says whether an agent of that name is there. */
async function tryBroker(endpoint: Endpoint, { deviceName }: Aim): Promise<Told> {
  const topic = testTopic(deviceName);
  const heard = await connect(endpoint, deviceName, [topic, statusTopic(deviceName)]);
  try {
    const refusal = await heard.publish({ topic, payload: 'tried by pathproof configure', retain: false });
    const lacking = [...heard.refused, ...(refusal === null ? [] : [`${topic} (${refusal})`])];
    if (lacking.length > 0)
      return { ok: false, words: `${endpoint.label} does not allow ${lacking.join(', ')}` };
    if (!(await heard.until(topic)))
      return {
        ok: false,
        words: `${endpoint.label} takes what is published on ${topic}, and does not give it back`,
      };
    const online = heard.messages.get(statusTopic(deviceName)) === 'online';
    const other = online ? `; an agent named ${deviceName} is there: this one, or choose another name` : '';
    return { ok: true, words: `${endpoint.label}: connected, published and read back${other}` };
  } finally {
    await heard.session.close('disconnect');
  }
}

const isTaken = (error: unknown): boolean => codeOf(error) === 'EADDRINUSE';

async function tryEmbedded(aim: Aim): Promise<Told> {
  const { port } = aim.broker;
  const { startBroker } = await import('../../../broker-dev/broker.ts');
  try {
    const broker = await startBroker({ port, log: silentLog });
    try {
      return await tryBroker(endpointOf(aim.broker, broker.port), aim);
    } finally {
      await broker.stop();
    }
  } catch (error) {
    if (!isTaken(error)) throw error;
  }
  const there = await tryBroker(endpointOf(aim.broker, port), aim).catch(() => null);
  if (there?.words.includes('an agent named') === true)
    return {
      ok: true,
      words: `port ${port}: an agent named ${aim.deviceName} runs its broker there already`,
    };
  const what = there === null ? 'something else than a broker' : 'another broker';
  return { ok: false, words: `port ${port} is taken, by ${what}: give its URL, or another port` };
}

export async function brokerTrial(aim: Aim): Promise<Told> {
  try {
    return await (aim.broker.url === null ? tryEmbedded(aim) : tryBroker(endpointOf(aim.broker, 0), aim));
  } catch (error) {
    const where = aim.broker.url === null ? `port ${aim.broker.port}` : endpointLabel(aim.broker);
    return { ok: false, words: `${where}: ${messageOf(error)}` };
  }
}

/** Never with a password in it. */
function endpointLabel(broker: BrokerAnswer): string {
  try {
    return endpointOf(broker, 0).label;
  } catch {
    return 'the broker';
  }
}

/** That discovery may be published, and whether Home Assistant has said there that it is. */
export async function homeAssistantTrial(aim: Aim): Promise<Told> {
  const { broker, deviceName, homeAssistantPrefix: prefix } = aim;
  if (prefix === '') return { ok: true, words: 'nothing is published for Home Assistant' };
  if (broker.url === null)
    return {
      ok: true,
      words: 'Home Assistant must be given the same broker: the embedded one is on loopback',
    };
  try {
    const heard = await connect(endpointOf(broker, 0), deviceName, [birthTopic(prefix)]);
    try {
      // What is empty takes out what was retained, which nothing is under this name.
      const topic = discoveryTopic(prefix, `pathproof-configure-${deviceName}`);
      const refusal = await heard.publish({ topic, payload: '', retain: true });
      const lacking = [...heard.refused, ...(refusal === null ? [] : [`${topic} (${refusal})`])];
      if (lacking.length > 0) return { ok: false, words: `the broker does not allow ${lacking.join(', ')}` };
      await wait(quietMs);
      const said = heard.messages.get(birthTopic(prefix));
      const seen =
        said === undefined
          ? 'nothing of Home Assistant itself was seen (it says so when it starts)'
          : `Home Assistant says ${JSON.stringify(said.slice(0, 20))}`;
      return { ok: true, words: `${topic.split('/')[0]}/… may be published; ${seen}` };
    } finally {
      await heard.session.close('disconnect');
    }
  } catch (error) {
    return { ok: false, words: `${endpointLabel(broker)}: ${messageOf(error)}` };
  }
}

/** Whether one of ours answers there. */
function isAgent(address: string, port: number): Promise<boolean> {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return new Promise((resolve) => {
    get({ host, port, path: '/healthz', timeout: 2000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text.includes('"loopDelayMs"')));
    })
      .on('timeout', function (this: { destroy(): void }) {
        this.destroy();
      })
      .on('error', () => resolve(false));
  });
}

/** That the bridge can listen there. */
export async function bridgeTrial({ address, port }: Answers['bridge']): Promise<Told> {
  const place = `${bracketed(address)}:${port}`;
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, address, resolve);
    });
    return { ok: true, words: `${place} is free to listen at` };
  } catch (error) {
    if (!isTaken(error)) return { ok: false, words: `${place} can't be listened at: ${messageOf(error)}` };
    if (await isAgent(address, port)) return { ok: true, words: `${place}: an agent runs there already` };
    return { ok: false, words: `${place} is taken by another program: choose another port` };
  } finally {
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  }
}
