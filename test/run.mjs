// What `npm test`, `npm run lab` and `npm run bench` run: everything needed is set up, then vitest (the shell, the bench)
// is started in the lab's namespaces. Further arguments are its own.
import { fileURLToPath } from 'node:url';
import { ready, SetupError } from '../agent/setup.mjs';
import { runInNamespace } from './namespace.mjs';
import { ensurePackages } from './packages.mjs';
import { runAllTests, vitest } from './vitest.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [first, ...rest] = process.argv.slice(2);
const mode = first === 'lab' || first === 'bench' ? first : 'test';
const extra = mode === 'test' ? process.argv.slice(2) : rest;

process.chdir(root);
// Debian keeps ip, mosquitto and nft where a user's PATH does not lead.
process.env.PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

async function program() {
  const { compileLab, compileBench } = await import('./lab-compile.mjs');
  return [process.execPath, mode === 'lab' ? compileLab() : compileBench(), ...extra];
}

const inNamespace = (argv) => runInNamespace(argv, { env: process.env, interactive: mode === 'lab' });

/** Resolves with the exit status. */
async function run() {
  if (mode !== 'test') return inNamespace(await program());
  return extra.length > 0 ? inNamespace(vitest('run', ...extra)) : runAllTests(inNamespace);
}

try {
  ensurePackages({ bench: mode === 'bench' });
  // A choice of tests runs on the sources as they stand; what starts the agent as a user would builds it itself.
  await ready({ dev: true, build: mode === 'bench' || (mode === 'test' && extra.length === 0) });
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof SetupError ? `${mode} can't run: ${error.message}` : error);
  process.exitCode = 1;
}
