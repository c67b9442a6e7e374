// Compiles the lab's shell and the bench: Node 20 runs no TypeScript, a shell needs the terminal that vitest keeps, and
// what is timed should have the machine to itself.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { SetupError } from '../agent/setup.mjs';

const outDirs = { lab: 'node_modules/.cache/pathproof-lab', bench: 'node_modules/.cache/pathproof-bench' };

/** Returns the path of the program to run. */
export function compileLab() {
  compile('lab');
  copyPython('test/lab', outDirs.lab);
  return `${outDirs.lab}/shell.js`;
}

/** Returns the path of the program to run. */
export function compileBench() {
  compile('bench');
  for (const folder of ['test/lab', 'test/bench']) copyPython(folder, `${outDirs.bench}/${folder}`);
  return `${outDirs.bench}/test/bench/main.js`;
}

function compile(name) {
  const project = ['-p', `test/${name}/tsconfig.json`, '--outDir', outDirs[name]];
  const tsc = ['node_modules/typescript/bin/tsc', ...project];
  const { status, stdout } = spawnSync(process.execPath, tsc, { encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`the ${name} does not compile:\n${stdout}`);
}

function copyPython(from, to) {
  for (const file of readdirSync(from).filter((name) => name.endsWith('.py'))) {
    copyFileSync(`${from}/${file}`, `${to}/${file}`);
  }
}
