// The agent as a user runs it, `node dist/agent/main.js`, in a folder of its own and with two uplinks to its name.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Door, agentName } from './job.ts';

// Its defaults; nothing else runs in the lab's namespace.
const bridgePort = 8080;
const brokerPort = 1883;
const patienceMs = 10_000;
const pollEveryMs = 2;

const uplinks = 'uplinks:\n  fibre:\n    interface: eth0\n  lte:\n    interface: eth1\n';

export interface AgentOptions {
  /** Arguments of node, before the program's. */
  nodeArgs?: readonly string[];
  mqttUrl?: string;
}

export class Agent implements AsyncDisposable {
  readonly http: Door = { protocol: 'http', port: bridgePort };
  readonly mqtt: Door;
  /** From the start of node to the first request answered 200. */
  startedMs = 0;
  private readonly child: ChildProcess;
  private readonly folder: string;
  private readonly ended: Promise<unknown>;
  private errors = '';

  constructor({ nodeArgs = [], mqttUrl }: AgentOptions) {
    const port = mqttUrl === undefined ? brokerPort : Number(new URL(mqttUrl).port);
    this.mqtt = { protocol: 'mqtt', port };
    this.folder = mkdtempSync(join(tmpdir(), 'pathproof-bench-'));
    writeFileSync(join(this.folder, 'agent.yaml'), uplinks);
    const { PATH } = process.env;
    this.child = spawn(process.execPath, [...nodeArgs, resolve('dist/agent/main.js')], {
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH,
        DEVICE_NAME: agentName,
        CONFIG_FILE: join(this.folder, 'agent.yaml'),
        ...(mqttUrl === undefined ? {} : { MQTT_URL: mqttUrl }),
      },
    });
    this.child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.ended = new Promise((end) => this.child.once('close', end));
  }

  async ready(sinceMs: number): Promise<void> {
    while (!(await accepts())) {
      if (this.child.exitCode !== null || performance.now() - sinceMs > patienceMs) {
        throw new Error(`the agent does not start:\n${this.errors}`);
      }
      await sleep(pollEveryMs);
    }
    this.startedMs = performance.now() - sinceMs;
  }

  /** Resident memory in MB (2^20 bytes) as the kernel counts it now: all of it, and what no file backs. */
  memory(): { residentMb: number; anonymousMb: number } {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const readMb = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
    return { residentMb: readMb('VmRSS'), anonymousMb: readMb('RssAnon') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGTERM');
    const late = setTimeout(() => this.child.kill('SIGKILL'), patienceMs);
    await this.ended;
    clearTimeout(late);
    rmSync(this.folder, { recursive: true });
  }
}

function accepts(): Promise<boolean> {
  return new Promise((answer) => {
    const path = '/ping?target=127.0.0.1&count=1';
    const request = get({ host: '127.0.0.1', port: bridgePort, path, agent: false }, (response) => {
      response.resume().once('end', () => answer(response.statusCode === 200));
    });
    request.once('error', () => answer(false));
  });
}

/** Resolves with the first request answered. */
export async function startAgent(options: AgentOptions = {}): Promise<Agent> {
  const startedMs = performance.now();
  const agent = new Agent(options);
  try {
    await agent.ready(startedMs);
    return agent;
  } catch (error) {
    await agent[Symbol.asyncDispose]();
    throw error;
  }
}
