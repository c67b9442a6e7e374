// Node.js, and the parts compiled for it.
import { messageOf } from '../../../shared/thrown.ts';
import type { Installation } from '../installation.ts';
import type { Box } from './box.ts';
import { type Finding, ok, wrong } from './report.ts';

export interface NativePart {
  name: string;
  /** Null where it can be loaded. */
  fault: string | null;
}

const least = { major: 20, minor: 19 };

/** Compiles native parts for this Node.js, where they lie. */
export const rebuildMend = ({ goThere, isClone }: Installation, ...names: string[]): string =>
  `${goThere}${isClone ? '' : 'sudo '}npm rebuild ${names.join(' ')}`;

/** Brings all of it anew. */
function againMends({ goThere, isClone, isPackaged }: Installation): string[] {
  if (isClone) return [`${goThere}npm ci`];
  return isPackaged ? ['sudo dpkg -i pathproof_*.deb'] : [];
}

export function judgeNode(
  version: string,
  parts: readonly NativePart[],
  installation: Installation,
): Finding[] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < least.major || (major === least.major && minor < least.minor);
  const needed = `${least.major}.${least.minor}`;
  const node = isOld
    ? wrong(
        null,
        `Node.js ${version}; ${needed} or later is needed`,
        'sudo npx -y n 22  # or as https://nodejs.org/en/download says',
      )
    : ok(null, `Node.js ${version}`);
  const faults = parts.flatMap(({ name, fault }) =>
    fault === null
      ? []
      : [
          wrong(
            name,
            `can't be loaded: ${fault}`,
            rebuildMend(installation, name),
            ...againMends(installation),
          ),
        ],
  );
  if (faults.length > 0) return [node, ...faults];
  return [node, ok('native parts', `${parts.map(({ name }) => name).join(', ')} load`)];
}

const nativeParts = ['@pathproof/packet-native', 'raw-socket', 'classic-level'];

const load = (name: string): Promise<NativePart> =>
  import(name).then(
    () => ({ name, fault: null }),
    (error: unknown) => ({ name, fault: messageOf(error).split('\n')[0] ?? '' }),
  );

export const node = async ({ installation }: Box): Promise<Finding[]> =>
  judgeNode(process.versions.node, await Promise.all(nativeParts.map(load)), installation);
