// What a clone has and what it lacks, read from its files (paths are relative to it); changes nothing.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const installed = join('node_modules', '.package-lock.json');
const nativeModules = ['raw-socket', '@pathproof/packet-native'];
const sources = ['agent', 'shared', 'broker-dev', 'homeassistant'];
const buildInputs = ['tsconfig.json', 'package.json', 'agent/packet/native/index.d.ts'];
const ownBinary = 'agent/packet/native/build/Release/packet_native.node';
const ownNativeSources = ['agent/packet/native/packet_native.c', 'agent/packet/native/binding.gyp'];

/**
 * Packages of package-lock.json that node_modules lacks or has in another version.
 * @param {{ dev: boolean }} options whether those of development count
 * @returns {string[]}
 */
export function missingPackages({ dev }) {
  const wanted = readPackages('package-lock.json');
  const present = readPackages(installed);
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && !entry.optional && (dev || !(entry.dev || entry.devOptional)))
    .filter(
      ([path, { version }]) => present[path]?.version !== version || !modifiedMs(join(path, 'package.json')),
    )
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
}

/** Whether this copy was installed for development: it should stay so. */
export function hasDevPackages() {
  return Object.values(readPackages(installed)).some(({ dev }) => dev);
}

/** Whether dist/ is absent, or older than a source. A copy without sources has nothing to build from. */
export function lacksBuild() {
  const built = join('dist', 'agent', 'main.js');
  if (modifiedMs(built) === undefined) return true;
  if (modifiedMs(join('agent', 'main.ts')) === undefined) return false;
  return isOlder(built, [...sources.flatMap(typescriptIn), ...buildInputs]);
}

/** Native parts that can't be used by this Node, each with the reason: not compiled, for another version, outdated. */
export function unusableModules() {
  const require = createRequire(join(root, 'package.json'));
  const unusable = nativeModules.flatMap((name) => {
    try {
      require(name);
      return [];
    } catch (error) {
      return [{ name, reason: String(error.message).split('\n')[0] }];
    }
  });
  if (unusable.length === 0 && isOlder(ownBinary, ownNativeSources)) {
    unusable.push({ name: '@pathproof/packet-native', reason: 'older than its source' });
  }
  return unusable;
}

/** Folders are listed too: a deleted or renamed file shows in the time of the folder it was in. */
function typescriptIn(folder) {
  const paths = [folder];
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'native') paths.push(...typescriptIn(path));
    else if (entry.name.endsWith('.ts')) paths.push(path);
  }
  return paths;
}

function entriesOf(folder) {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function isOlder(path, inputs) {
  const madeMs = modifiedMs(path) ?? 0;
  return inputs.some((input) => (modifiedMs(input) ?? 0) > madeMs);
}

function modifiedMs(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs;
}
