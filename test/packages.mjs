// The Debian packages that tests use: found by what they bring, and installed where this may be done.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from '../agent/setup.mjs';

const testPackages = {
  iproute2: 'ip',
  mosquitto: 'mosquitto',
  'mosquitto-clients': 'mosquitto_pub',
  tcpdump: 'tcpdump',
  traceroute: 'traceroute',
  nftables: 'nft',
  ethtool: 'ethtool',
  openssl: 'openssl',
  procps: 'sysctl',
  python3: 'python3',
  'python3-jinja2': () => imports('jinja2'),
  curl: 'curl',
  'iputils-ping': 'ping',
  'util-linux': 'unshare',
  systemd: 'systemd-analyze',
  fish: 'fish',
  zsh: 'zsh',
};
const benchPackages = { fping: 'fping', 'mtr-tiny': 'mtr', 'python3-icmplib': () => imports('icmplib') };

/** @param {{ bench: boolean }} options */
export function ensurePackages({ bench }) {
  const absent = () => lacking(bench ? { ...testPackages, ...benchPackages } : testPackages);
  if (absent().length === 0) return;
  if (process.getuid() !== 0 || !isOnPath('apt-get')) {
    throw new SetupError(`these Debian packages are needed: sudo apt-get install ${absent().join(' ')}`);
  }
  install(absent());
  if (absent().length > 0)
    throw new SetupError(`still missing after apt-get install: ${absent().join(', ')}`);
}

function lacking(packages) {
  return Object.entries(packages)
    .filter(([, brings]) => !(typeof brings === 'function' ? brings() : isOnPath(brings)))
    .map(([name]) => name);
}

function install(names) {
  console.error(`pathproof: installing ${names.join(' ')} …`);
  // RUNLEVEL=1 keeps System V scripts from starting mosquitto; where systemd runs it is put out below.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  aptGet(['update', '-q'], env);
  aptGet(['install', '-q', '-y', '--no-install-recommends', ...names], env);
  if (names.includes('mosquitto') && existsSync('/run/systemd/system')) {
    execFileSync('systemctl', ['disable', '--now', '-q', 'mosquitto.service'], { stdio: 'inherit' });
  }
}

function aptGet(args, env) {
  const { status, error, stdout, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' });
  if (status !== 0)
    throw new SetupError(`apt-get ${args[0]} failed (${error ?? status}):\n${stdout}${stderr}`);
}

function imports(module) {
  return spawnSync('/usr/bin/python3', ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
}

function isOnPath(program) {
  return process.env.PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
