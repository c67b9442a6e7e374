// agent.env as it is to be: every line that is there stays, but for the variables that are told otherwise. Pure.
import { quotedValue, readEnvText, unwritable } from '../../config/env-file.ts';
import { Refusal, type Answers } from './answers.ts';

export interface Variable {
  name: string;
  /** Null: not set any more. */
  value: string | null;
  /** What holds where it is not set: then it need not be written. */
  usual: string | null;
  comment: string;
}

export function variablesOf(answers: Answers, configFile: string): Variable[] {
  const { broker, bridge } = answers;
  const own = broker.url !== null;
  const ofBroker = (name: string, value: string | null, comment: string): Variable => ({
    name,
    value: own ? value : null,
    usual: null,
    comment,
  });
  const out = (name: string): Variable[] => (own ? [] : [{ name, value: null, usual: null, comment: '' }]);
  return [
    {
      name: 'DEVICE_NAME',
      value: answers.deviceName,
      usual: null,
      comment: 'Its name in topics: pathproof/NAME/…',
    },
    {
      name: 'CONFIG_FILE',
      value: configFile,
      usual: null,
      comment: 'The YAML file with uplinks, monitors and actions. SIGHUP reads it again.',
    },
    {
      name: 'SERVER_ADDRESS',
      value: bridge.address,
      usual: '127.0.0.1',
      comment: 'Where the HTTP bridge listens: an address of this machine, or 0.0.0.0 for all.',
    },
    {
      name: 'SERVER_PORT',
      value: String(bridge.port),
      usual: '8080',
      comment: 'And at which port.',
    },
    {
      name: 'BRIDGE_TOKEN',
      value: bridge.token,
      usual: null,
      comment: 'Askers send it as "Authorization: Bearer TOKEN", or as the password of Basic.',
    },
    ofBroker('MQTT_URL', broker.url, 'Your broker. Without it the agent runs one of its own, on loopback.'),
    ofBroker('MQTT_USERNAME', broker.username, 'Who the agent is to the broker.'),
    ofBroker('MQTT_PASSWORD', broker.password, 'And its password.'),
    ofBroker('MQTT_CA_FILE', broker.caFile, "Who has signed the broker's certificate (PEM)."),
    // They contradict the embedded broker.
    ...['MQTT_CERT_FILE', 'MQTT_KEY_FILE', 'MQTT_GROUPS'].flatMap(out),
    {
      name: 'EMBEDDED_BROKER_PORT',
      value: own ? null : String(broker.port),
      usual: '1883',
      comment: "The port of the agent's own broker, on loopback.",
    },
    {
      name: 'HOMEASSISTANT_PREFIX',
      value: answers.homeAssistantPrefix,
      usual: 'homeassistant',
      comment: "Home Assistant's discovery prefix. Empty turns discovery off.",
    },
  ];
}

const header = `# pathproof's settings, written by \`pathproof configure\`. agent.env.example explains every variable there is.
# One NAME=value a line; a value with a # in quotes; no comment behind a value.
`;

const assigned = /^(\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_]*)\s*=/;

/** The text with these variables in it. Throws Refusal where a value can't be written so that it is read as it is. */
export function envTextWith(text: string | null, wanted: readonly Variable[]): string {
  const before = text ?? '';
  const newline = before.includes('\r\n') ? '\r\n' : '\n';
  const { variables } = readEnvText(before, 'agent.env');
  const lines = before === '' ? header.split('\n') : before.split(/\r?\n/);
  // What follows the last line's end is no line.
  if (lines.at(-1) === '') lines.pop();
  for (const { name, value, usual, comment } of wanted) {
    const at = lines.findIndex((line) => assigned.exec(line.replace(/^\uFEFF/, ''))?.[2] === name);
    if (at >= 0 && variables[name] === (value ?? '')) continue;
    if (value === null) {
      if (at >= 0) lines.splice(at, 1);
      continue;
    }
    const quoted = quotedValue(value);
    if (quoted === null) throw new Refusal(`${name} ${unwritable}`);
    const line = `${name}=${quoted}`;
    if (at >= 0) lines[at] = `${assigned.exec(lines[at] ?? '')?.[1] ?? ''}${line}`;
    else if (value !== usual) {
      const example = lines.findIndex((one) => one.startsWith(`#${name}=`));
      if (example >= 0) lines.splice(example + 1, 0, line);
      else lines.push(...(before === '' ? [''] : []), `# ${comment}`, line);
    }
  }
  return lines.map((line) => `${line}${newline}`).join('');
}
