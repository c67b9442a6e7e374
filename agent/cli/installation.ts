// How this installation is called where a person is, so that a command that is told can be pasted as it stands.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { settingsFolder } from '../config/service.ts';

export interface Installation {
  /** The folder that has dist/. */
  root: string;
  /** With its sources, set up and built by npm; else a package of the system's, or npm's. */
  isClone: boolean;
  isPackaged: boolean;
  /** Goes there, where the person is elsewhere; empty where they are there. */
  goThere: string;
  /** The words before a command of it: `npx .` in a clone, `pathproof` of the Debian package, else its path. */
  command: string;
  /** What runs the agent itself. */
  start: string;
}

/** Where the Debian package puts it, beside /usr/bin/pathproof. */
const packaged = '/usr/lib/pathproof';

/** A path as a shell reads it back. */
const quoted = (path: string): string =>
  /^[\w/.@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

/** Where settings are kept unless a person says otherwise: what is installed as a package is no place for them. */
export const usualSettingsFolder = ({ root, isClone }: Pick<Installation, 'root' | 'isClone'>): string =>
  isClone ? root : settingsFolder;

/** `folder` is where the person is. Pure. */
export function installationAt(root: string, isClone: boolean, folder: string): Installation {
  const isPackaged = root === packaged;
  const goThere = folder === root ? '' : `cd ${quoted(root)} && `;
  const here = { root, isClone, isPackaged, goThere };
  if (isPackaged) return { ...here, command: 'pathproof', start: 'pathproof run' };
  if (isClone && goThere === '') return { ...here, command: 'npx .', start: 'npm start' };
  const command = quoted(join(root, 'agent/pathproof.mjs'));
  return { ...here, command, start: `${command} run` };
}

/** This one; it stands in dist/agent/cli. */
export function thisInstallation(folder = process.cwd()): Installation {
  const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
  return installationAt(root, existsSync(join(root, 'tsconfig.json')), folder);
}
