// A service of systemd: where its files are, and what its unit (agent/systemd/) says of the agent's settings. Pure.

/** An instance's name is part of its agent's name and of its user's, which has 31 characters at most. */
export const isInstance = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/.test(name);
export const instanceShape = '1 to 21 of A-Z a-z 0-9 _ -, the first a letter or a digit';

export const settingsFolder = '/etc/pathproof';

export interface ServicePlace {
  /** Need not be there. */
  envFile: string;
  /** What the unit sets; a line of the file wins over it (systemd.exec(5), EnvironmentFile). */
  defaults: Readonly<Record<string, string>>;
  /** Where it runs: relative paths in the file are meant from there. */
  folder: string;
}

/** `pathproof@INSTANCE`, or `pathproof` for null. `host` is the machine's name. */
export function servicePlace(instance: string | null, host: string): ServicePlace {
  const folder = `/var/lib/pathproof${instance === null ? '' : `-${instance}`}`;
  const own = {
    CONFIG_FILE: `${settingsFolder}/${instance}.yaml`,
    // %l: as far as the first dot.
    DEVICE_NAME: `${host.replace(/\..*$/s, '')}-${instance}`,
  };
  return {
    envFile: `${settingsFolder}/${instance ?? 'agent'}.env`,
    defaults: { STATE_DIR: folder, ...(instance === null ? {} : own) },
    folder,
  };
}
