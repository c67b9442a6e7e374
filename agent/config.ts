// All settings, read once at the start and all their errors told at once. The only reader of process.env.
import { accessSync, constants, existsSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type FieldProblem, sayProblems } from '../shared/issues.ts';
import { isAgentName } from '../shared/topics.ts';
import { type Environment, pathVariables, readEnvironment } from './config/env.ts';
import { misspeltVariables, readEnvText } from './config/env-file.ts';
import { type FileSettings, emptyFile, readFileSettings } from './config/file.ts';
import { type SettingsFiles, besideTheAgent, readText } from './config/place.ts';
import { type ServiceManager, managerVariables, serviceManagerOf } from './config/service-manager.ts';

export interface Config extends Environment {
  DEVICE_NAME: string;
  STATE_DIR: string;
  file: FileSettings;
}

/** The host's name, made fit for a topic. */
export function defaultName(host: string): string {
  const name = host.replace(/[^A-Za-z0-9_-]/g, '-').slice(0, 64);
  return isAgentName(name) ? name : 'agent';
}

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** The system's place where it is writable, or can be made; else the user's (XDG Base Directory Specification). */
export function stateDirectory(environment: NodeJS.Dict<string>, systems = '/var/lib/pathproof'): string {
  if (isWritable(existsSync(systems) ? systems : dirname(systems))) return systems;
  const given = environment['XDG_STATE_HOME'] ?? '';
  const users = isAbsolute(given) ? given : join(environment['HOME'] ?? homedir(), '.local', 'state');
  return join(users, 'pathproof');
}

/** What the file of variables sets, and beneath that what the place itself does. */
function readEnvFile({ envFile: path, read, defaults = {}, folder }: SettingsFiles): {
  variables: NodeJS.Dict<string>;
  problems: FieldProblem[];
} {
  const text = path === null ? null : read(path);
  if (path === null || text === null) return { variables: defaults, problems: [] };
  if (typeof text !== 'string') return { variables: defaults, problems: [{ path, ...text }] };
  const { variables, problems } = readEnvText(text, path);
  const placed = ([name, value]: [string, string | undefined]): [string, string | undefined] =>
    folder !== undefined && pathVariables.includes(name) && value !== undefined && value !== ''
      ? [name, resolve(folder, value)]
      : [name, value];
  return {
    variables: { ...defaults, ...Object.fromEntries(Object.entries(variables).map(placed)) },
    problems,
  };
}

/** Reads the YAML file; its problems bear its path. */
export function readConfigFile(
  path: string | undefined,
  { read: readFrom }: SettingsFiles = besideTheAgent,
): {
  settings: FileSettings;
  problems: FieldProblem[];
} {
  if (path === undefined) return { settings: emptyFile, problems: [] };
  const text = readFrom(path) ?? readText(path);
  if (typeof text !== 'string') return { settings: emptyFile, problems: [{ path: 'CONFIG_FILE', ...text }] };
  const read = readFileSettings(text);
  if (read.ok) return { settings: read.settings, problems: [] };
  const problems = read.problems.map((problem) => ({ path, message: sayProblems([problem]) }));
  return { settings: emptyFile, problems };
}

const stateDirOf = (given: NodeJS.Dict<string>, environment: NodeJS.Dict<string>): string =>
  given['STATE_DIR'] === undefined || given['STATE_DIR'] === ''
    ? stateDirectory(environment)
    : given['STATE_DIR'];

/** STATE_DIR alone, whatever else is wrong. */
export function readStateDirectory(
  environment: NodeJS.Dict<string> = process.env,
  files: SettingsFiles = besideTheAgent,
): string {
  return stateDirOf({ ...readEnvFile(files).variables, ...environment }, environment);
}

/** The configuration, or every problem with it. Real environment variables win over files. */
export function readConfig(
  environment: NodeJS.Dict<string> = process.env,
  files: SettingsFiles = besideTheAgent,
): { ok: true; config: Config } | { ok: false; problems: FieldProblem[] } {
  const fromFile = readEnvFile(files);
  const given = { ...fromFile.variables, ...environment };
  const read = readEnvironment(given);
  const { settings, problems } = readConfigFile(
    given['CONFIG_FILE'] === '' ? undefined : given['CONFIG_FILE'],
    files,
  );
  const misspelt = misspeltVariables(environment);
  const all = [...fromFile.problems, ...misspelt, ...(read.ok ? [] : read.problems), ...problems];
  if (!read.ok || all.length > 0) return { ok: false, problems: all };
  const { env } = read;
  const config: Config = {
    ...env,
    DEVICE_NAME: env.DEVICE_NAME ?? defaultName(hostname()),
    STATE_DIR: stateDirOf(given, environment),
    file: settings,
  };
  return { ok: true, config };
}

/** Whether the terminal can do nothing but print line after line. */
export const isDumbTerminal = (environment: NodeJS.Dict<string> = process.env): boolean =>
  environment['TERM'] === 'dumb';

/** The service manager that this process is to tell of itself; null where there is none. */
export const readServiceManager = (): ServiceManager | null => serviceManagerOf(process.env, process.pid);

/** Variables that are shown to nobody; a URL may hold a password. */
export const secrets: readonly string[] = [
  'BRIDGE_TOKEN',
  'IPINFO_TOKEN',
  'IPINFO_URL',
  'MQTT_PASSWORD',
  'MQTT_URL',
];

/**
 * Makes the environment fit for the programs that the agent starts, which inherit it: without secrets, without the way to the
 * service manager, and with messages in the words that are looked for, whatever language the user speaks. To be called
 * once it has been read. Returns it.
 */
export function leaveToPrograms(environment: NodeJS.Dict<string> = process.env): NodeJS.Dict<string> {
  for (const name of [...secrets, ...managerVariables]) Reflect.deleteProperty(environment, name);
  environment['LC_ALL'] = 'C';
  return environment;
}
