// The environment variables: who the agent is and where it listens. Each is read, checked and named here alone.
import { accessSync, constants, statSync } from 'node:fs';
import * as z from 'zod';
import { type Network, canonicalHost, familyOf, hostOfUrl, parseNetwork, scopeOf } from '../../shared/ip.ts';
import { type FieldProblem, parseWith, told } from '../../shared/issues.ts';
import { isAgentName } from '../../shared/topics.ts';

const whole = (least: number, most: number, fallback: number) =>
  z
    .string()
    .trim()
    .regex(/^\d+$/, {
      error: ({ input }) => `must be a whole number, not ${JSON.stringify(input)}`,
      abort: true,
    })
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .default(fallback);

const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'], { error: ({ input }) => `must be true or false, not ${JSON.stringify(input)}` })
    .transform((value) => value === 'true')
    .default(fallback);

const list = z
  .string()
  .transform((text) => text.split(',').map((element) => element.trim()))
  .refine((elements) => elements.every((element) => element !== ''), { error: 'has an empty element' });

/** Names each element that is not as it should be; empty ones are told already. */
const each =
  (isRight: (element: string) => boolean, complaint: string) =>
  (context: z.core.ParsePayload<string[]>): void => {
    for (const element of context.value.filter((text) => text !== '' && !isRight(text))) {
      const message = `${JSON.stringify(element)} ${complaint}`;
      context.issues.push({ code: 'custom', message, input: element });
    }
  };

/** Networks and host names, apart; null for an element that is neither. */
const target = (text: string): Network | string | null => parseNetwork(text) ?? canonicalHost(text);
const targets = list
  .check(each((text) => target(text) !== null, 'is no address, network or host name'))
  .transform((elements) => {
    const read = elements.map(target);
    return {
      networks: read.filter((one): one is Network => one !== null && typeof one !== 'string'),
      hosts: read.filter((one): one is string => typeof one === 'string'),
    };
  });

function urlProblem(text: string, protocols: readonly string[]): string | null {
  if (!URL.canParse(text)) return `must be a URL such as ${protocols[0]}//HOST:PORT`;
  const { protocol, hostname } = new URL(text);
  if (!protocols.includes(protocol)) {
    return `must be a URL that begins with ${protocols.join(', ')}; it begins with ${protocol}`;
  }
  return hostname === '' ? 'has no host' : null;
}

/** A URL's text is never repeated: it may hold a password. */
const urlWithout = (problemOf: (text: string) => string | null) => z.string().trim().check(told(problemOf));
const url = (...protocols: string[]) => urlWithout((text) => urlProblem(text, protocols));

/** This machine, or one of the user's own network. */
function isNear(host: string): boolean {
  return host === 'localhost' || (familyOf(host) !== null && scopeOf(host) === 'private');
}

/** Paths are put behind it, and the token goes there. */
function ipinfoProblem(text: string): string | null {
  const problem = urlProblem(text, ['https:', 'http:']);
  if (problem !== null) return problem;
  const url = new URL(text);
  const { protocol, username, password } = url;
  if (username !== '' || password !== '') return 'must not hold a user name or a password';
  if (/[?#\s]/.test(text)) return 'must end with its path: no ?, no # and no blanks';
  return protocol === 'https:' || isNear(hostOfUrl(url))
    ? null
    : 'must begin with https: but for loopback and private addresses: the token would go in the clear';
}

function readable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}
const file = z
  .string()
  .refine(readable, { error: ({ input }) => `there is no readable file ${JSON.stringify(input)}` });

const isListenable = (address: string): boolean => address === 'localhost' || familyOf(address) !== null;
const loopback = (address: string): boolean => address === 'localhost' || /^(127\.|::1$)/.test(address);

const Variables = z.object({
  DEVICE_NAME: z
    .string()
    .refine(isAgentName, {
      error: 'must be 1 to 64 of A-Z a-z 0-9 _ - and not be "group"',
    })
    .optional(),
  SERVER_ADDRESS: z
    .string()
    .trim()
    .refine(isListenable, {
      error: ({ input }) =>
        `must be an address of this machine (or 0.0.0.0, ::), not ${JSON.stringify(input)}`,
    })
    .default('127.0.0.1'),
  SERVER_PORT: whole(0, 65535, 8080),
  BRIDGE_TOKEN: z.string().min(8, { error: 'must have at least 8 characters' }).optional(),
  BRIDGE_OPEN: flag(false),
  ALLOWED_TARGETS: targets.optional(),
  MQTT_URL: url('mqtt:', 'mqtts:', 'tcp:', 'ssl:', 'tls:').optional(),
  EMBEDDED_BROKER_PORT: whole(0, 65535, 1883),
  MQTT_USERNAME: z.string().optional(),
  MQTT_PASSWORD: z.string().optional(),
  MQTT_CA_FILE: file.optional(),
  MQTT_CERT_FILE: file.optional(),
  MQTT_KEY_FILE: file.optional(),
  MQTT_GROUPS: list
    .check(each(isAgentName, 'is no name of a group: 1 to 64 of A-Z a-z 0-9 _ - and not "group"'))
    .default([]),
  MQTT_ALLOW_FORCE: flag(false),
  HOMEASSISTANT_PREFIX: z
    .string()
    .regex(/^[^+#\s/]*$/, { error: 'must be one level of a topic: no blanks, /, + or #' })
    .default('homeassistant'),
  HOP_NAMES: flag(true),
  IPINFO_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'must be letters, digits and signs without blanks' })
    .optional(),
  IPINFO_URL: urlWithout(ipinfoProblem).optional(),
  ASN_DATABASE_FILE: z.string().optional(),
  CYMRU_LOOKUP: flag(false),
  STATE_DIR: z.string().optional(),
  CONFIG_FILE: z.string().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  SYSLOG_ADDRESS: url('udp:').optional(),
  PROBE_CONCURRENCY: whole(1, 1024, 32),
  PROBE_RATE: whole(1, 100_000, 1000),
});

export type Environment = z.output<typeof Variables>;
export const variableNames = Object.keys(Variables.shape);
/** Those that name a file or a folder. */
export const pathVariables: readonly string[] = [
  'MQTT_CA_FILE',
  'MQTT_CERT_FILE',
  'MQTT_KEY_FILE',
  'ASN_DATABASE_FILE',
  'STATE_DIR',
  'CONFIG_FILE',
];

/** What is wrong with a variable by itself; null where nothing is. */
export function variableProblem(name: keyof typeof Variables.shape, text: string): string | null {
  const parsed = parseWith(z.object({ value: Variables.shape[name] }), { value: text });
  return parsed.ok ? null : (parsed.problems[0]?.message ?? null);
}

/** Variables that contradict each other, by what is set: told beside whatever else is wrong. */
function contradictions(set: Readonly<Record<string, string | undefined>>): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (path: string, message: string): void => void problems.push({ path, message });
  const needs = (name: string, other: string, why = ''): void => {
    if (set[name] !== undefined && set[other] === undefined) refuse(name, `needs ${other}${why}`);
  };
  const address = (set['SERVER_ADDRESS'] ?? '127.0.0.1').trim();
  const open = isListenable(address) && !loopback(address);
  if (open && set['BRIDGE_TOKEN'] === undefined && set['BRIDGE_OPEN'] !== 'true') {
    const others = `others than this machine can reach it at ${address}`;
    refuse('SERVER_ADDRESS', `${others}; set BRIDGE_TOKEN, or BRIDGE_OPEN=true to let everyone ask`);
  }
  needs('MQTT_GROUPS', 'MQTT_URL', ': groups are a feature of MQTT 5 that the embedded broker does not have');
  for (const name of ['MQTT_USERNAME', 'MQTT_CA_FILE', 'MQTT_CERT_FILE', 'MQTT_KEY_FILE']) {
    needs(name, 'MQTT_URL', '; the embedded broker asks for none');
  }
  needs('MQTT_PASSWORD', 'MQTT_USERNAME');
  needs('IPINFO_URL', 'IPINFO_TOKEN');
  needs('MQTT_CERT_FILE', 'MQTT_KEY_FILE');
  needs('MQTT_KEY_FILE', 'MQTT_CERT_FILE');
  return problems;
}

/** Reads the variables; empty ones count as not set, but for HOMEASSISTANT_PREFIX. */
export function readEnvironment(
  given: Readonly<Record<string, string | undefined>>,
): { ok: true; env: Environment } | { ok: false; problems: FieldProblem[] } {
  const set = Object.fromEntries(
    variableNames
      .map((name): [string, string | undefined] => [name, given[name]])
      .filter(([name, value]) => value !== undefined && (value !== '' || name === 'HOMEASSISTANT_PREFIX')),
  );
  const parsed = parseWith(Variables, set);
  const problems = [...(parsed.ok ? [] : parsed.problems), ...contradictions(set)];
  return parsed.ok && problems.length === 0 ? { ok: true, env: parsed.value } : { ok: false, problems };
}
