// The agent as it is installed, `node OPTIONS dist/agent/main.js` with the options of the systemd unit, in a folder of
// its own and with two uplinks to its name.
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

/** What the unit gives node before the program's path. */
export function installedOptions(): string[] {
  const unit = readFileSync('agent/systemd/pathproof.service', 'utf8');
  const words = /^ExecStart=\S+ (.*)\S*main\.js$/m.exec(unit)?.[1] ?? '';
  return words.split(' ').filter((word) => word.startsWith('--'));
}

export interface AgentOptions {
  /** Node's own; by default the unit's. */
  nodeOptions?: readonly string[];
  mqttUrl?: string;
  /** The YAML file's text; by default two uplinks. */
  config?: string;
  /** Further variables of its environment. */
  env?: Readonly<Record<string, string>>;
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

  constructor({ nodeOptions = installedOptions(), mqttUrl, config = uplinks, env = {} }: AgentOptions) {
    const port = mqttUrl === undefined ? brokerPort : Number(new URL(mqttUrl).port);
    this.mqtt = { protocol: 'mqtt', port };
    this.folder = mkdtempSync(join(tmpdir(), 'pathproof-bench-'));
    writeFileSync(join(this.folder, 'agent.yaml'), config);
    const { PATH } = process.env;
    const words = [...nodeOptions, resolve('dist/agent/main.js')];
    this.child = spawn(process.execPath, words, {
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH,
        DEVICE_NAME: agentName,
        // As the other programs are told (-n): no resolver can be reached from the lab.
        HOP_NAMES: 'false',
        CONFIG_FILE: join(this.folder, 'agent.yaml'),
        STATE_DIR: join(this.folder, 'state'),
        ...(mqttUrl === undefined ? {} : { MQTT_URL: mqttUrl }),
        ...env,
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

  /** Processor time it has taken so far, user and system; with that of the programs that it started and that ended. */
  cpuMs(withPrograms = false): number {
    // Fields 14 to 17 of proc_pid_stat(5), in clock ticks of 10 ms; the second, the program's name, may hold blanks.
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    const ticks = fields.slice(11, withPrograms ? 15 : 13).map(Number);
    return ticks.reduce((sum, one) => sum + one, 0) * 10;
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
