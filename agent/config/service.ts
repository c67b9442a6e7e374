// A service of systemd: where its files are, and what its unit (agent/systemd/) says of the agent's settings. Pure.
import { basename, dirname } from 'node:path';

/** An instance's name is part of its agent's name and of its user's, which has 31 characters at most. */
export const isInstance = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/.test(name);
export const instanceShape = '1 to 21 of A-Z a-z 0-9 _ -, the first a letter or a digit';

export const settingsFolder = '/etc/pathproof';
/** The YAML file of an instance, as its unit names it. */
export const instanceFile = (instance: string): string => `${settingsFolder}/${instance}.yaml`;

export interface ServicePlace {
  /** Need not be there. */
  envFile: string;
  /** What the unit sets; a line of the file wins over it (systemd.exec(5), EnvironmentFile). */
  defaults: Readonly<Record<string, string>>;
  /** Where it runs: relative paths in the file are meant from there. */
  folder: string;
}

/** As systemctl is told a service. */
export const serviceName = (instance: string | null): string =>
  instance === null ? 'pathproof' : `pathproof@${instance}`;

/** Of the service whose variables a file has: null for `pathproof` itself; undefined where they are no service's. */
export function instanceOf(file: string): string | null | undefined {
  const name = basename(file, '.env');
  if (dirname(file) !== settingsFolder || !file.endsWith('.env')) return undefined;
  if (name === 'agent') return null;
  return isInstance(name) ? name : undefined;
}

/** `host` is the machine's name. */
export function servicePlace(instance: string | null, host: string): ServicePlace {
  const folder = `/var/lib/pathproof${instance === null ? '' : `-${instance}`}`;
  // %l: as far as the first dot.
  const machine = host.replace(/\..*$/s, '');
  const own =
    instance === null ? {} : { CONFIG_FILE: instanceFile(instance), DEVICE_NAME: `${machine}-${instance}` };
  return {
    envFile: `${settingsFolder}/${instance ?? 'agent'}.env`,
    defaults: { STATE_DIR: folder, ...own },
    folder,
  };
}
