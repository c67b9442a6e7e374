// Compiles the lab for `npm run lab`: Node 20 runs no TypeScript, and a shell needs the terminal that vitest keeps.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { SetupError } from '../agent/setup.mjs';

const outDir = 'node_modules/.cache/pathproof-lab';
const source = 'test/lab';

/** Returns the path of the program to run. */
export function compileLab() {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'test/lab/tsconfig.json', '--outDir', outDir];
  const { status, stdout } = spawnSync(process.execPath, tsc, { encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`the lab does not compile:\n${stdout}`);
  for (const file of readdirSync(source).filter((name) => name.endsWith('.py'))) {
    copyFileSync(`${source}/${file}`, `${outDir}/${file}`);
  }
  return `${outDir}/shell.js`;
}
