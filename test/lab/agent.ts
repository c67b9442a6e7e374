// The built agent as its users run it, in the agent's namespace: started, asked over HTTP, stopped.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { ResultSchema } from '../../shared/result.ts';

const main = fileURLToPath(new URL('../../dist/agent/main.js', import.meta.url));

export interface AgentOptions {
  env?: Record<string, string>;
  /** The YAML file's text. */
  config?: string;
  /** Words put before `node`, such as setpriv's. */
  prefix?: readonly string[];
}

/** The bridge's answer; `probe` is checked against the contract. */
export const BridgeAnswer = z.object({
  result: z.enum(['OK', 'error']),
  reason: z.string().min(1),
  verdict: z.string().nullish(),
  probe: ResultSchema.nullish(),
});

export interface Answered {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: z.output<typeof BridgeAnswer>;
}

const LogLine = z.looseObject({ msg: z.string() });
type LogLine = z.output<typeof LogLine>;

export class Agent implements AsyncDisposable {
  /** JSON lines of the log, and the banner's text. */
  readonly log: LogLine[] = [];
  readonly complaints: string[] = [];
  banner = '';
  readonly child: ChildProcess;
  private readonly folder: string;
  private readonly ended: Promise<unknown>;
  private changed: () => void = () => undefined;

  constructor(options: AgentOptions) {
    this.folder = mkdtempSync(join(tmpdir(), 'pathproof-agent-'));
    const config = join(this.folder, 'config.yaml');
    if (options.config !== undefined) this.writeConfig(options.config);
    const words = [...(options.prefix ?? []), process.execPath, main];
    const [file = process.execPath, ...args] = words;
    this.child = spawn(file, args, {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        DEVICE_NAME: 'pi',
        SERVER_PORT: '0',
        EMBEDDED_BROKER_PORT: '0',
        STATE_DIR: join(this.folder, 'state'),
        // The machine's resolver can't be reached from here; each trace would wait for it.
        HOP_NAMES: 'false',
        ...(options.config === undefined ? {} : { CONFIG_FILE: config }),
        ...options.env,
      },
    });
    this.ended = once(this.child, 'close').then(() => this.changed());
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.banner += chunk.toString();
      this.changed();
    });
    const lines = this.child.stderr;
    if (lines !== null) createInterface({ input: lines }).on('line', (line) => this.hear(line));
  }

  writeConfig(text: string): void {
    writeFileSync(join(this.folder, 'config.yaml'), text);
  }

  private hear(line: string): void {
    try {
      this.log.push(LogLine.parse(JSON.parse(line)));
    } catch {
      this.complaints.push(line);
    }
    this.changed();
  }

  /** Resolves when the agent said so; rejects when it ended instead. */
  async until(what: string, holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(
          `the agent ended before: ${what}\n${this.complaints.join('\n')}\n${JSON.stringify(this.log)}`,
        );
      }
      await new Promise<void>((resolve) => {
        this.changed = resolve;
      });
    }
  }

  said(message: string): LogLine | undefined {
    return this.log.find(({ msg }) => msg.includes(message));
  }

  async ready(): Promise<void> {
    await this.until('its banner', () => this.banner.includes('Uplinks:'));
  }

  private port(message: string): number {
    return z.number().parse(this.said(message)?.['port']);
  }

  bridgePort(): number {
    return this.port('the HTTP bridge listens');
  }

  brokerPort(): number {
    return this.port('embedded broker listens');
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port: this.bridgePort(), path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers: answered } = response;
          try {
            resolve({ status: statusCode, headers: answered, body: BridgeAnswer.parse(JSON.parse(text)) });
          } catch (error) {
            reject(new Error(`${statusCode} ${text}`, { cause: error }));
          }
        });
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  /** Its exit code, once it has ended. */
  async exited(): Promise<number | null> {
    await this.ended;
    return this.child.exitCode;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.exited();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true });
  }
}

/** Starts the agent and waits until it is ready. */
export async function startAgent(options: AgentOptions = {}): Promise<Agent> {
  const agent = new Agent(options);
  try {
    await agent.ready();
  } catch (error) {
    await agent[Symbol.asyncDispose]();
    throw error;
  }
  return agent;
}
