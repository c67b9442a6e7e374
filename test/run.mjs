// What `npm test`, `npm run lab` and `npm run bench` run: everything needed is set up, then vitest (the shell, the bench)
// is started in the lab's namespaces. Further arguments are its own.
import { fileURLToPath } from 'node:url';
import { ready, SetupError } from '../agent/setup.mjs';
import { runInNamespace } from './namespace.mjs';
import { ensurePackages } from './packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [first, ...rest] = process.argv.slice(2);
const mode = first === 'lab' || first === 'bench' ? first : 'test';
const extra = mode === 'test' ? process.argv.slice(2) : rest;

process.chdir(root);
// Debian keeps ip, mosquitto and nft where a user's PATH does not lead.
process.env.PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

async function words() {
  if (mode === 'lab') {
    const { compileLab } = await import('./lab-compile.mjs');
    return [process.execPath, compileLab(), ...extra];
  }
  if (mode === 'bench') {
    const { compileBench } = await import('./lab-compile.mjs');
    return [process.execPath, compileBench(), ...extra];
  }
  const report = process.env.PATHPROOF_REPORT;
  return [
    process.execPath,
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/vitest.config.ts',
    '--project=unit',
    '--project=lab',
    ...(process.env.CI === 'true' && report
      ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
      : []),
    ...extra,
  ];
}

try {
  ensurePackages({ bench: mode === 'bench' });
  // A choice of tests runs on the sources as they stand; what starts the agent as a user would builds it itself.
  await ready({ dev: true, build: mode === 'bench' || (mode === 'test' && extra.length === 0) });
  process.exitCode = await runInNamespace(await words(), { env: process.env, interactive: mode === 'lab' });
} catch (error) {
  console.error(error instanceof SetupError ? `${mode} can't run: ${error.message}` : error);
  process.exitCode = 1;
}
