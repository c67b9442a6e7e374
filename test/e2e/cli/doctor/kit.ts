// `pathproof doctor` run on the lab, and what it said read by its contract.
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type DoctorLine, DoctorReport } from '../../../../agent/cli/doctor/report.ts';
import { Terminal } from '../../../fixtures/pty.ts';
import { type MosquittoOptions, startMosquitto } from '../../../lab/mosquitto.ts';
import { type Lab, createLab } from '../../../lab/topology.ts';

const cli = fileURLToPath(new URL('../../../../dist/agent/cli.js', import.meta.url));
export const uplinks = [
  'uplinks:',
  '  fibre: { interface: eth0, priority: 10, targets: [1.1.1.1, 8.8.8.8] }',
  '  lte: { interface: eth1, priority: 20, gateway: 192.168.2.1, metered: true }',
].join('\n');

/** For matchers, whose own type is `any`. */
export const like = (words: string | RegExp): unknown => expect.stringMatching(words);

/** Of the file that is running. */
export let lab: Lab;
/** Of the row that is running. */
export let folder = '';
/** What the agent starts, as the machine has it; without sudo, which a root without one is told no commands with. */
let programs = '';
/** Done after the row, the last first. */
export const cleanups: (() => Promise<void> | void)[] = [];

/** A lab for the file, a folder for each row. */
export function prepare(): void {
  beforeAll(async () => {
    programs = mkdtempSync(join(tmpdir(), 'pathproof-doctor-programs-'));
    // For other users too.
    chmodSync(programs, 0o755);
    for (const name of ['ip', 'curl', 'setpriv', 'ss'])
      symlinkSync(sh(`command -v ${name}`).trim(), join(programs, name));
    lab = await createLab();
  });
  afterAll(async () => {
    rmSync(programs, { recursive: true });
    await lab.stop();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pathproof-doctor-'));
  });
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
    rmSync(folder, { recursive: true });
  });
}

interface Asked {
  config?: string;
  env?: Record<string, string>;
  prefix?: readonly string[];
  words?: readonly string[];
  /** When Ctrl-C is typed; never without. */
  until?: Promise<unknown>;
}

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
  tookMs: number;
}

/** Writes its YAML file. */
function placeOf({ config = uplinks, env = {}, words = [] }: Asked) {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, config);
  const own = { PATH: programs, DEVICE_NAME: 'pi', EMBEDDED_BROKER_PORT: '0', SERVER_PORT: '0' };
  return {
    argv: [process.execPath, cli, 'doctor', ...words],
    options: {
      cwd: folder,
      env: { ...own, STATE_DIR: join(folder, 'state'), CONFIG_FILE: file, ...env },
    },
  };
}

export function run(asked: Asked = {}): Promise<Ended> {
  const { argv, options } = placeOf(asked);
  const [program = '', ...args] = [...(asked.prefix ?? []), ...argv];
  const beganMs = performance.now();
  return new Promise((resolve) => {
    const child = execFile(program, args, options, (error, stdout, stderr) =>
      resolve({
        status: error === null ? 0 : Number(error.code),
        stdout,
        stderr,
        tookMs: performance.now() - beganMs,
      }),
    );
    void asked.until?.then(() => child.kill('SIGINT'));
  });
}

export function inTerminal(asked: Asked = {}): Terminal {
  const { argv, options } = placeOf(asked);
  return new Terminal(argv, options);
}

export interface Examined extends DoctorReport {
  status: number;
  tookMs: number;
  of(check: string): DoctorLine[];
  wrong: DoctorLine[];
}

export async function examine(asked: Asked = {}): Promise<Examined> {
  const { status, stdout, stderr, tookMs } = await run({ ...asked, words: ['--json'] });
  expect(stderr).toBe('');
  const report = DoctorReport.parse(JSON.parse(stdout));
  expect(status).toBe(report.right ? 0 : 1);
  return {
    ...report,
    status,
    tookMs,
    of: (check) => report.lines.filter((line) => line.check === check),
    wrong: report.lines.filter((line) => line.status === 'wrong'),
  };
}

export const sh = (command: string): string => execFileSync('sh', ['-c', command], { encoding: 'utf8' });

export async function occupy(onData: (text: string) => string | null = () => null): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const answer = onData(chunk.toString('latin1'));
      if (answer !== null) socket.end(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export async function mosquittoWith(options: MosquittoOptions = {}) {
  const mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true'], ...options });
  cleanups.push(() => mosquitto[Symbol.asyncDispose]());
  return mosquitto;
}
