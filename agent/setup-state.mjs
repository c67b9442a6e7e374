// What a clone has and what it lacks, read from its files; changes nothing.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const nativeModules = ['raw-socket', '@pathproof/packet-native'];
const sources = ['agent', 'shared', 'broker-dev', 'homeassistant'];
const buildInputs = ['tsconfig.json', 'package.json'];

/**
 * Packages of package-lock.json that node_modules lacks or has in another version.
 * @param {{ dev: boolean }} options whether those of development count
 * @returns {string[]}
 */
export function missingPackages({ dev }) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && !entry.optional && (dev || !(entry.dev || entry.devOptional)))
    .filter(
      ([path, { version }]) =>
        present[path]?.version !== version || !modifiedMs(join(root, path, 'package.json')),
    )
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

/** Whether dist/ is absent, or older than a source. A copy without sources has nothing to build from. */
export function lacksBuild() {
  const builtMs = modifiedMs(join(root, 'dist', 'agent', 'main.js'));
  if (builtMs === undefined) return true;
  if (modifiedMs(join(root, 'agent', 'main.ts')) === undefined) return false;
  return [
    ...sources.flatMap((folder) => typescriptIn(join(root, folder))),
    ...buildInputs.map((file) => join(root, file)),
  ].some((path) => (modifiedMs(path) ?? 0) > builtMs);
}

/** Native parts that can't be loaded by this Node, each with the reason: not compiled, or for another version. */
export function unloadableModules() {
  const require = createRequire(join(root, 'package.json'));
  return nativeModules.flatMap((name) => {
    try {
      require(name);
      return [];
    } catch (error) {
      return [{ name, reason: String(error.message).split('\n')[0] }];
    }
  });
}

/** Folders are listed too: a deleted or renamed file shows in the time of the folder it was in. */
function typescriptIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.reduce(
    (found, entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'build') found.push(...typescriptIn(path));
      else if (entry.name.endsWith('.ts')) found.push(path);
      return found;
    },
    [folder],
  );
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
