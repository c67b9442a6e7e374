// Runs a program in fresh namespaces, where nothing reaches the machine's network and nothing outlives the program.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../agent/setup.mjs';

const init = fileURLToPath(new URL('./namespace-init.sh', import.meta.url));
const graceMs = 5000;

/** Root of the machine, not of a container's user namespace. */
function isRealRoot() {
  const map = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/).map(Number);
  return process.getuid() === 0 && map[0] === 0 && map[1] === 0 && map[2] >= 2 ** 32 - 1;
}

function unshareWords() {
  const common = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
  const ways =
    process.getuid() === 0
      ? [common, ['--user', '--map-root-user', ...common]]
      : [['--user', '--map-root-user', ...common]];
  const failures = [];
  for (const way of ways) {
    const { status, stderr } = spawnSync('unshare', [...way, 'true'], { encoding: 'utf8' });
    if (status === 0) return way;
    failures.push(`unshare ${way.join(' ')}: ${stderr.trim()}`);
  }
  throw new SetupError(
    'it runs in network namespaces of its own, and this machine lets this user make none: run as root, or allow ' +
      `user namespaces (sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)\n${failures.join('\n')}`,
  );
}

/**
 * Runs argv and resolves with its exit status. Signals to this process end all that runs inside.
 * @param {string[]} argv
 * @param {{ env: NodeJS.ProcessEnv, interactive: boolean }} options in a shell, Ctrl-C is for what runs there
 */
export async function runInNamespace(argv, { env, interactive }) {
  const way = unshareWords();
  const labRoot = isRealRoot() && !way.includes('--user') ? '1' : '';
  // setpriv: should this process be killed, unshare goes too, and with it (--kill-child) the pid namespace.
  const words = ['--pdeathsig', 'KILL', 'unshare', ...way, 'sh', init, ...argv];
  const child = spawn('setpriv', words, {
    stdio: 'inherit',
    env: { ...env, PATHPROOF_LAB: '1', PATHPROOF_LAB_ROOT: labRoot },
  });
  const kill = () => child.kill('SIGKILL');
  process.on('SIGTERM', kill);
  process.on('SIGHUP', kill);
  // The terminal sends it to all: vitest reports what it has, within a time.
  process.on('SIGINT', () => interactive || setTimeout(kill, graceMs).unref());
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
}
