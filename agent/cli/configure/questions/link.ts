// Who the agent is, its broker, Home Assistant on it, and where its bridge listens.
import { randomBytes } from 'node:crypto';
import { isLoopback } from '../../../../shared/ip.ts';
import { variableProblem } from '../../../config/env.ts';
import { quotedValue, unwritable } from '../../../config/env-file.ts';
import type { Answers, BrokerAnswer } from '../answers.ts';
import { bridgeTrial, brokerTrial, homeAssistantTrial } from '../connections.ts';
import type { Asking } from '../prompts.ts';
import type { Port } from '../proposal.ts';
import { untilKept } from './asked.ts';

const writable = (text: string): string | null => (quotedValue(text) === null ? unwritable : null);

const portProblem = (name: 'SERVER_PORT' | 'EMBEDDED_BROKER_PORT') => (text: string) =>
  variableProblem(name, text);

export const askName = (asking: Asking, before: string): Promise<string> =>
  asking.text('What is this agent called? (in topics: pathproof/NAME/…)', before, (text) =>
    variableProblem('DEVICE_NAME', text),
  );

async function askOwnBroker(asking: Asking, before: BrokerAnswer): Promise<BrokerAnswer> {
  const url = await asking.text(
    'Its URL (mqtt://HOST:PORT, mqtts://HOST:PORT)',
    before.url ?? 'mqtt://',
    (text) => variableProblem('MQTT_URL', text) ?? writable(text),
  );
  const username = await asking.text('User name (empty: none)', before.username ?? '', writable);
  if (username === '') return { ...before, url, username: null, password: null };
  const keeps = before.password !== null && before.username === username;
  const typed = await asking.secret(
    keeps ? 'Password (empty: as it was)' : 'Password (empty: none)',
    writable,
  );
  const password = typed === '' ? (keeps ? before.password : null) : typed;
  return { ...before, url, username, password };
}

async function askCa(asking: Asking, broker: BrokerAnswer): Promise<BrokerAnswer> {
  if (!/^(mqtts|ssl|tls):/.test(broker.url ?? '')) return { ...broker, caFile: null };
  const caFile = await asking.text(
    "A file with the certificate that signed the broker's, PEM (empty: those of the system)",
    broker.caFile ?? '',
    (text) => (text === '' ? null : (variableProblem('MQTT_CA_FILE', text) ?? writable(text))),
  );
  return { ...broker, caFile: caFile === '' ? null : caFile };
}

export async function askBroker(asking: Asking, answers: Answers): Promise<BrokerAnswer> {
  let before = answers.broker;
  return untilKept(
    asking,
    async () => {
      const which = await asking.choose(
        'Which MQTT broker?',
        [
          { value: 'embedded', label: "the agent's own", hint: 'embedded, on loopback' },
          { value: 'url', label: 'yours', hint: 'such as mosquitto, or that of Home Assistant' },
        ],
        before.url === null ? 'embedded' : 'url',
      );
      if (which === 'url') before = await askCa(asking, await askOwnBroker(asking, before));
      else {
        const port = await asking.text('Its port', String(before.port), portProblem('EMBEDDED_BROKER_PORT'));
        before = { url: null, port: Number(port), username: null, password: null, caFile: null };
      }
      asking.step('connecting …');
      return before;
    },
    async (broker) => [await brokerTrial({ ...answers, broker })],
  );
}

export const askHomeAssistant = (asking: Asking, answers: Answers): Promise<string> =>
  untilKept(
    asking,
    () =>
      asking.text(
        "Home Assistant's discovery prefix (empty: no discovery)",
        answers.homeAssistantPrefix,
        (text) => variableProblem('HOMEASSISTANT_PREFIX', text),
      ),
    async (homeAssistantPrefix) => [await homeAssistantTrial({ ...answers, homeAssistantPrefix })],
  );

const isOpen = (address: string): boolean => address !== 'localhost' && !isLoopback(address);

/** 24 random bytes. */
const newToken = (): string => randomBytes(24).toString('base64url');

/** Beyond loopback there is a token: that of agent.env, or one made now. */
export async function askBridge(
  asking: Asking,
  before: Answers['bridge'],
  ports: readonly Port[],
  isOpenToAll: boolean,
): Promise<Answers['bridge']> {
  const addresses = ports.filter(({ state }) => state === 'up').flatMap((port) => port.addresses.slice(0, 1));
  const places = [...new Set(['127.0.0.1', ...addresses, '0.0.0.0', before.address])];
  const hints: Record<string, string> = { '127.0.0.1': 'this machine alone', '0.0.0.0': 'all addresses' };
  return untilKept(
    asking,
    async () => {
      const address = await asking.choose(
        'Where should the HTTP bridge listen (for Uptime Kuma, curl)? Beyond this machine it asks for a token.',
        places.map((value) => ({ value, label: value, hint: hints[value] ?? 'whoever reaches that' })),
        before.address,
      );
      const port = await asking.text('At which port?', String(before.port), portProblem('SERVER_PORT'));
      const token = before.token ?? (isOpen(address) && !isOpenToAll ? newToken() : null);
      return { address, port: Number(port), token };
    },
    async (bridge) => [await bridgeTrial(bridge)],
  );
}
