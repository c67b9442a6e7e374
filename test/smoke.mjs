// The built package, as it is installed for use: packed, installed without development packages, started, asked.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ready } from '../agent/setup.mjs';
import { runInNamespace } from './namespace.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pathproof-smoke-'));
const installed = join(folder, 'package');

const run = (file, args, cwd) => execFileSync(file, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });

try {
  await ready({ dev: true });
  run('npm', ['pack', '--silent', '--pack-destination', folder], root);
  const [tarball] = run('ls', [folder], root).toString().trim().split('\n');
  run('tar', ['-xzf', join(folder, tarball), '-C', folder], root);
  copyFileSync(join(root, 'package-lock.json'), join(installed, 'package-lock.json'));
  run('npm', ['ci', '--omit=dev', '--silent'], installed);
  if (existsSync(join(installed, 'node_modules', 'typescript')))
    throw new Error('development packages are installed');
  const probe = fileURLToPath(new URL('./smoke-probe.mjs', import.meta.url));
  process.exitCode = await runInNamespace([process.execPath, probe, installed], {
    env: process.env,
    interactive: false,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
