// Makes a clone runnable, doing only what is needed: packages installed, native parts loadable, TypeScript built.
import { spawn } from 'node:child_process';
import { accessSync, constants, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withLock } from './setup-lock.mjs';
import { hasDevPackages, lacksBuild, missingPackages, root, unusableModules } from './setup-state.mjs';

/** Something the person who started this can mend; the message says how. */
export class SetupError extends Error {}

/**
 * Resolves when the agent can be imported from dist/ (from its sources, without `build`); with `dev`, the development
 * packages are there too.
 * @param {{ dev?: boolean, build?: boolean }} [options]
 */
export async function ready({ dev = false, build = true } = {}) {
  checkNode(process.versions.node);
  const next = () => nextStep({ dev, build: build && lacksBuild() });
  if (next() === undefined) return;
  const setUp = async () => {
    for (let step = next(), previous; step; previous = step, step = next()) {
      if (step.name === previous?.name) throw new SetupError(`${step.name} has not helped: ${step.why}`);
      await take(step);
    }
  };
  try {
    await withLock(join(root, 'build', 'setup.lock'), setUp);
  } catch (error) {
    if (error.code !== 'EACCES' && error.code !== 'EROFS') throw error;
    throw new SetupError(
      `${next().saying} needs to write in ${root}: run it once as its owner (${error.code})`,
    );
  }
}

/** @param {string} version */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(
    `Node.js 20.19 or later is needed, this is ${version} (https://nodejs.org/en/download)`,
  );
}

/** The first thing still to be done, in the order in which each needs the one before. */
function nextStep({ dev, build }) {
  const packages = missingPackages({ dev: dev || build });
  if (packages.length > 0) {
    const kind = dev || build || hasDevPackages() ? '--include=dev' : '--omit=dev';
    const why = `${packages.length} packages missing or of another version, first ${packages[0]}`;
    return { name: 'npm ci', argv: ['ci', kind], compiles: true, saying: 'installing packages', why };
  }
  const modules = unusableModules();
  if (modules.length > 0) {
    const why = modules.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
    const argv = ['rebuild', ...modules.map(({ name }) => name)];
    return { name: 'npm rebuild', argv, compiles: true, saying: 'compiling native parts', why };
  }
  if (!build) return undefined;
  const why = 'dist/ is out of date still';
  return { name: 'npm run build', argv: ['run', 'build'], saying: 'building', why };
}

async function take({ name, argv, saying, compiles = false }) {
  const tools = compiles ? ['npm', 'python3', 'make', 'g++'] : ['npm'];
  const absent = tools.filter((tool) => !isOnPath(tool));
  if (absent.length > 0) {
    throw new SetupError(
      `${saying} needs ${absent.join(', ')}; on Debian: sudo apt-get install ${absent.join(' ')}`,
    );
  }
  const running = npm(argv);
  console.error(`pathproof: ${saying} (${name}) …`);
  const { status, output } = await running;
  if (status === 0) return;
  if (name === 'npm run build') rmSync(join(root, 'dist'), { recursive: true, force: true }); // half of one looks whole
  throw new SetupError(`${name} failed (${status}):\n${output}`);
}

function isOnPath(tool) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Its output is for failures only. A signal meant for this process ends npm too. */
async function npm(argv) {
  let child, ended;
  const end = (signal) => {
    ended = signal;
    child?.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, end);
  child = spawn('npm', argv, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
  const status = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  for (const signal of signals) process.off(signal, end);
  if (ended) throw new SetupError(`stopped by ${ended}`);
  return { status, output: Buffer.concat(chunks).toString().trimEnd() };
}
