// Connections of others that stay on an uplink that the default route has left: ended by `ss -K` (ss(8)), so that they are
// made anew by the other one.
import { execFile } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { Failure } from '../../shared/failure.ts';
import { familyOf } from '../../shared/ip.ts';
import { codeOf } from '../../shared/thrown.ts';

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

/** Ends all established TCP connections from these local addresses. Rejects with Failure internal, in ss's own words. */
export async function endConnections(sources: readonly string[]): Promise<number> {
  const counts = await Promise.all(
    sources.map(async (source) => {
      // Without brackets ss takes what follows an IPv6 address's last colon for a port.
      const shown = await runSs([...killing, 'src', familyOf(source) === 6 ? `[${source}]` : source]);
      return shown.split('\n').filter((line) => line.trim() !== '').length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
