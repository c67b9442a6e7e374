// Where a command finds the settings: in the file that is named, in those of a service, or in agent.env where it is.
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { codeOf, messageOf } from '../../shared/thrown.ts';
import { instanceShape, isInstance, servicePlace } from './service.ts';

/** Where the settings come from. */
export interface SettingsFiles {
  /** The file of variables; null where there is none. */
  envFile: string | null;
  /** A file's text, null where it is not there, or why it can't be read. */
  read(path: string): string | { message: string } | null;
  /** What holds where neither the file nor the environment says otherwise. */
  defaults?: Readonly<Record<string, string>>;
  /** Relative paths in the file are meant from there; else from the folder that this runs in. */
  folder?: string;
}

export interface SettingsPlace extends SettingsFiles {
  /** Where a file of variables would have been read, where there is none. */
  tried: readonly string[];
}

export interface SettingsChoice {
  envFile?: string | undefined;
  instance?: string | undefined;
}

export type SettingsFound = { ok: true; place: SettingsPlace } | { ok: false; message: string };

/** In the folder that the agent is started in. */
export const envFile = 'agent.env';

export function readText(path: string): string | { message: string } {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return { message: `can't be read: ${messageOf(error)}` };
  }
}

const readIfThere: SettingsFiles['read'] = (path) => (existsSync(path) ? readText(path) : null);

/** Where an agent finds them: it is started in their folder, or given them in its environment. */
export const besideTheAgent: SettingsFiles = { envFile, read: readIfThere };

function accessTo(path: string): 'readable' | 'missing' | 'refused' {
  try {
    // Before its content: whether it is there.
    statSync(path);
    accessSync(path, constants.R_OK);
    return 'readable';
  } catch (error) {
    return ['EACCES', 'EPERM'].includes(codeOf(error)) ? 'refused' : 'missing';
  }
}

type Candidate = Omit<SettingsPlace, 'read' | 'tried'> & { envFile: string };

function named(path: string, single: Candidate): Candidate {
  const whole = resolve(path);
  return whole === single.envFile ? single : { envFile: path, folder: dirname(whole) };
}

/** The first of those that is there. */
function firstOf(candidates: readonly Candidate[]): SettingsFound {
  const tried: string[] = [];
  for (const candidate of candidates) {
    const path = resolve(candidate.envFile);
    const access = accessTo(path);
    if (access === 'refused') return { ok: false, message: `${path} may not be read by this user; sudo may` };
    if (access === 'readable') return { ok: true, place: { ...candidate, tried: [], read: readIfThere } };
    tried.push(path);
  }
  return { ok: true, place: { envFile: null, tried, read: readIfThere } };
}

/**
 * The file that was named; else those of the instance that was; else agent.env of this folder; else that of the service.
 * A service's settings have what its unit sets beneath them. Says why where a file is not to be had.
 */
export function settingsPlace({ envFile: path, instance }: SettingsChoice, host = hostname()): SettingsFound {
  const single = servicePlace(null, host);
  if (path !== undefined) {
    if (accessTo(path) === 'missing')
      return { ok: false, message: `there is no file ${JSON.stringify(path)}` };
    return firstOf([named(path, single)]);
  }
  if (instance === undefined) return firstOf([named(envFile, single), single]);
  if (!isInstance(instance))
    return {
      ok: false,
      message: `the name of an instance must be ${instanceShape}, not ${JSON.stringify(instance)}`,
    };
  const service = servicePlace(instance, host);
  const found = firstOf([service]);
  // The unit needs no file either.
  return found.ok ? { ok: true, place: { ...service, ...found.place } } : found;
}
