// Echoes as tcpdump saw them pass an interface, with the kernel's stamps in nanoseconds; needs the machine's root.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { needsRealRoot } from '../lab/root.ts';
import { agentNode, run } from '../lab/programs.ts';

// The kernel hands a block of packets over once it is full or a second old. Immediate mode would wake tcpdump for each
// packet, within its send and after its stamp: our RTTs, from the driver's stamp on, were 16 µs off with it and are 2 µs
// off without (p50, two processors). ping's, from its own stamp before the send on, are 8 µs off either way.
const settleMs = 1500;

export interface CapturedEcho {
  /** ICMP payload. */
  payloadBytes: number;
  sentUs: number;
  /** From the request's stamp to that of its first reply. */
  rttMs: number;
}

/** Records what passes while `work` runs; resolves with the answered echoes in the order sent. */
export async function echoesDuring(
  interfaceName: string,
  work: () => Promise<void>,
): Promise<CapturedEcho[]> {
  needsRealRoot('rtt: tcpdump');
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-bench-'));
  const file = join(folder, 'echoes.pcap');
  const precise = '--time-stamp-precision=nano';
  // -Z root: the user it would change to may not write here.
  const options = ['-i', interfaceName, '-n', '-s', '96', '-B', '16384', '-Z', 'root'];
  const child = spawn('tcpdump', [...options, precise, '-w', file, 'icmp'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  const ended = new Promise((end) => child.once('close', end));
  try {
    await new Promise<void>((listening, reject) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        said.push(line);
        if (line.includes('listening on')) listening();
      });
      void ended.then(() => reject(new Error(`tcpdump ended early: ${said.join('\n')}`)));
    });
    await work();
    await sleep(settleMs);
    child.kill('SIGINT');
    await ended;
    if (!said.includes('0 packets dropped by kernel')) throw new Error(`tcpdump: ${said.join('\n')}`);
    return matchEchoes((await run(agentNode, ['tcpdump', '-n', '-tt', precise, '-r', file])).stdout);
  } finally {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  }
}

const icmpHeaderBytes = 8;
const line =
  /^(\d+)\.(\d{9}) IP ([\d.]+) > ([\d.]+): ICMP echo (request|reply), id (\d+), seq (\d+), length (\d+)/;

/** Pairs requests with replies by far end, identifier and sequence number. */
export function matchEchoes(text: string): CapturedEcho[] {
  const requests = new Map<string, { seconds: number; nanoseconds: number }>();
  const echoes: CapturedEcho[] = [];
  for (const row of text.split('\n')) {
    const [, seconds, nanoseconds, from, to, kind, identifier, sequence, length] = line.exec(row) ?? [];
    const at = { seconds: Number(seconds), nanoseconds: Number(nanoseconds) };
    const key = `${kind === 'request' ? to : from} ${identifier} ${sequence}`;
    const sent = requests.get(key);
    if (kind === 'request') requests.set(key, at);
    if (kind !== 'reply' || sent === undefined) continue;
    requests.delete(key);
    echoes.push({
      payloadBytes: Number(length) - icmpHeaderBytes,
      sentUs: sent.seconds * 1e6 + sent.nanoseconds / 1000,
      rttMs: (at.seconds - sent.seconds) * 1000 + (at.nanoseconds - sent.nanoseconds) / 1e6,
    });
  }
  return echoes.sort((a, b) => a.sentUs - b.sentUs);
}
