// Connections of others that stay on an uplink that the default route has left: ended by `ss -K` (ss(8)), so that they are
// made anew by the other one.
import { execFile } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { Failure } from '../../shared/failure.ts';
import { type Family, type Network, familyOf } from '../../shared/ip.ts';
import { codeOf } from '../../shared/thrown.ts';
import { readInterfaces } from './ip.ts';

const patienceMs = 5000;
const trialMs = 500;

/** Its words where it fails; ss ends with 0 also where the kernel can't end connections. */
function runSs(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('ss', args, { timeout: patienceMs, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const isMissing = codeOf(error) === 'ENOENT';
      const why = isMissing
        ? 'ss is not installed (apt-get install iproute2)'
        : stderr.trim() || error.message;
      reject(new Failure('internal', `ss ${args.join(' ')}: ${why}`, { cause: error }));
    });
  });
}

const killing = ['--no-header', '--tcp', '--kill', 'state', 'established'];

/** Whether the kernel ends connections when asked to (CONFIG_INET_DIAG_DESTROY): tried on one of our own, over loopback. */
export async function canEndConnections(): Promise<boolean> {
  const server = createServer((accepted) => accepted.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Failure('internal', 'no port could be had');
  const trial = connect(address.port, '127.0.0.1');
  try {
    await once(trial, 'connect');
    const ended = new Promise<boolean>((resolve) => {
      trial.once('error', () => resolve(true)).once('close', () => resolve(true));
      setTimeout(() => resolve(false), trialMs).unref();
    });
    await runSs([...killing, 'dport', '=', `:${address.port}`]);
    return await ended;
  } finally {
    trial.destroy();
    server.close();
  }
}

/** Those on which something listens, by whatever address. */
async function listeningPorts(): Promise<string[]> {
  const shown = await runSs(['--no-header', '--numeric', '--tcp', '--listening']);
  const ports = shown.split('\n').map((line) => /:(\d+)$/.exec(line.trim().split(/\s+/)[3] ?? '')?.[1]);
  return [...new Set(ports)].filter((port) => port !== undefined);
}

/** The networks that stand at the interfaces of these addresses. */
async function networksAt(sources: readonly string[]): Promise<Network[]> {
  const interfaces = await readInterfaces();
  return interfaces
    .map(({ addresses }) => addresses)
    .filter((addresses) => addresses.some(({ address }) => sources.includes(address)))
    .flat();
}

const bracketed = (family: Family | null, text: string): string => (family === 6 ? `[${text}]` : text);

/** ss's filter. Without brackets it takes what follows an IPv6 address's last colon for a port. */
const leavingFrom = (source: string, near: readonly Network[], ports: readonly string[]): string[] => [
  ...['src', bracketed(familyOf(source), source)],
  ...near
    .filter(({ family }) => family === familyOf(source))
    .flatMap(({ family, address, prefixLength }) => {
      const network = bracketed(family, `${address}/${prefixLength}`);
      return ['and', 'not', 'dst', network];
    }),
  ...ports.flatMap((port) => ['and', 'not', 'sport', '=', `:${port}`]),
];

/**
 * Ends the established TCP connections from these local addresses that another uplink would do for as well: not those with
 * neighbours, nor those that came in from outside (ssh), to a port that listens. Answers how many. Rejects with Failure
 * internal, in ss's own words.
 */
export async function endConnections(sources: readonly string[]): Promise<number> {
  const [near, ports] = await Promise.all([networksAt(sources), listeningPorts()]);
  const counts = await Promise.all(
    sources.map(async (source) => {
      const shown = await runSs([...killing, ...leavingFrom(source, near, ports)]);
      return shown.split('\n').filter((line) => line.trim() !== '').length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
