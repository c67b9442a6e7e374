// The state folders of all agents on this machine, as their services have them.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

const real = (path: string): string | null => {
  try {
    return realpathSync(path);
  } catch {
    // Not there, or a link to a folder that only root and its service may see.
    return null;
  }
};

/** Behind symbolic links: systemd keeps those of users that come and go in /var/lib/private. `own` is one of them, wherever it is. */
export function stateFolders(own: string, systems = '/var/lib'): string[] {
  const there = existsSync(systems) ? readdirSync(systems) : [];
  const names = there.filter((name) => /^pathproof(-|$)/.test(name));
  const paths = [own, ...names.map((name) => join(systems, name))];
  return [...new Set(paths.flatMap((path) => real(path) ?? []))];
}
