// A real mosquitto on loopback, to be stopped, killed and started again on the same port.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentNode, run } from './programs.ts';

export interface MosquittoOptions {
  /** A free one by default. */
  port?: number;
  /** User names with their passwords; anonymous clients are then refused. */
  passwords?: Readonly<Record<string, string>>;
  /** Lines of an ACL file. */
  acl?: readonly string[];
  /** Further lines of mosquitto.conf, such as `max_packet_size 4096`. */
  config?: readonly string[];
}

export class Mosquitto implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  private readonly options: MosquittoOptions;
  private running: { child: ChildProcess; folder: string } | undefined;
  private output = '';

  constructor(port: number, options: MosquittoOptions) {
    this.port = port;
    this.url = `mqtt://127.0.0.1:${port}`;
    this.options = options;
  }

  /** What it has logged, to look into when a test fails. */
  get log(): string {
    return this.output;
  }

  async start(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'pathproof-mosquitto-'));
    const config = await writeConfig(folder, this.port, this.options);
    const child = spawn('mosquitto', ['-v', '-c', config], { stdio: 'pipe' });
    this.running = { child, folder };
    const before = this.output.length;
    const keep = (chunk: Buffer) => (this.output += chunk.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => (this.output += error.message));
    // its word, and not only an open port: another program may have that
    while (!(this.output.slice(before).includes(' running') && (await accepts(this.port)))) {
      if (child.exitCode !== null || child.pid === undefined)
        throw new Error(`mosquitto ended:\n${this.output}`);
      await sleep(5);
    }
  }

  /** Orderly: clients are told. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** As a crash does: connections are reset, nothing is said. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.running === undefined) return;
    const { child, folder } = this.running;
    this.running = undefined;
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill(signal);
      await ended;
    }
    await rm(folder, { recursive: true });
  }
}

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  for (;;) {
    const mosquitto = new Mosquitto(options.port ?? (await freePort()), options);
    try {
      await mosquitto.start();
      return mosquitto;
    } catch (error) {
      await mosquitto.stop();
      const wasTaken = options.port === undefined && String(error).includes('already in use');
      if (!wasTaken) throw error; // else another test was given the same free port
    }
  }
}

async function writeConfig(folder: string, port: number, options: MosquittoOptions): Promise<string> {
  const { passwords, acl, config = [] } = options;
  // `user root`: it would change to its own user, which a user namespace does not have.
  const lines = [
    'user root',
    `listener ${port} 127.0.0.1`,
    `allow_anonymous ${String(!passwords)}`,
    ...config,
  ];
  if (passwords) {
    const file = join(folder, 'passwords');
    await writeFile(file, '', { mode: 0o600 });
    for (const [user, password] of Object.entries(passwords)) {
      await run(agentNode, ['mosquitto_passwd', '-b', file, user, password]);
    }
    lines.push(`password_file ${file}`);
  }
  if (acl) {
    const file = join(folder, 'acl');
    await writeFile(file, acl.join('\n') + '\n', { mode: 0o600 });
    lines.push(`acl_file ${file}`);
  }
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, lines.join('\n') + '\n');
  return file;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => {
      answer(true);
    });
    socket.once('error', () => {
      answer(false);
    });
  });
}
