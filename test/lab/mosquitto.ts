// A real mosquitto on loopback, to be stopped, killed and started again on the same port.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentNode, run } from './programs.ts';

const folderPrefix = join(tmpdir(), 'pathproof-mosquitto-');

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
  readonly folder: string;
  private child: ChildProcess | undefined;
  private output = '';

  constructor(port: number, folder: string) {
    this.port = port;
    this.url = `mqtt://127.0.0.1:${port}`;
    this.folder = folder;
  }

  /** What it has logged, to look into when a test fails. */
  get log(): string {
    return this.output;
  }

  async start(): Promise<void> {
    const child = spawn('mosquitto', ['-v', '-c', join(this.folder, 'mosquitto.conf')], { stdio: 'pipe' });
    this.child = child;
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
    await rm(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await ended;
  }
}

export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  for (;;) {
    const mosquitto = new Mosquitto(options.port ?? (await freePort()), await mkdtemp(folderPrefix));
    try {
      await writeConfig(mosquitto, options);
      await mosquitto.start();
      return mosquitto;
    } catch (error) {
      await mosquitto[Symbol.asyncDispose]();
      const wasTaken = options.port === undefined && String(error).includes('already in use');
      if (!wasTaken) throw error; // else another test was given the same free port
    }
  }
}

async function writeConfig(
  mosquitto: Mosquitto,
  { passwords, acl, config = [] }: MosquittoOptions,
): Promise<void> {
  const { folder, port } = mosquitto;
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
  await writeFile(join(folder, 'mosquitto.conf'), lines.join('\n') + '\n');
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
