// A machine of its own in a test, with a real systemd: this one's files under an overlay that forgets all changes, the
// agent's network. Programs run in it as root, and files are put into it and read.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LineProcess, type Output, run } from './programs.ts';
import { needsRealRoot } from './root.ts';

const script = fileURLToPath(new URL('./machine.sh', import.meta.url));
const bootMs = 20_000;

const env = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C',
  DEBIAN_FRONTEND: 'noninteractive',
};

export interface Machine extends AsyncDisposable {
  /** Rejects with all it wrote where its status is not 0. */
  run(...argv: string[]): Promise<Output>;
  /** The same with something to read. */
  runWith(input: string, ...argv: string[]): Promise<Output>;
  /** The words before a program's that run it there, for whoever starts it in another way (in a terminal). */
  words: readonly string[];
  /** Where a file of it lies for the test. */
  at(path: string): string;
  /** Properties of a unit as `systemctl show` has them. */
  show(unit: string, ...properties: string[]): Promise<Record<string, string>>;
}

/** Fails by the row's name without the machine's root: it mounts, and makes control groups. */
export async function startMachine(rowName: string): Promise<Machine> {
  needsRealRoot(rowName);
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-machine-'));
  let told: (pid: string) => void = () => undefined;
  const toldPid = new Promise<string>((resolve) => {
    told = resolve;
  });
  const unshared = ['unshare', '--mount', 'sh', script, folder];
  const shell = new LineProcess('agent', unshared, (line) => told(line.replace('pid ', '')));
  const stop = async (): Promise<void> => {
    shell.child.stdin.end();
    await shell.ended;
    rmSync(folder, { recursive: true });
  };
  try {
    const pid = await shell.expect(toldPid);
    const words = ['nsenter', '--target', pid, '--all', '--root', '--wd', '--'];
    const inside = (argv: readonly string[], input = ''): Promise<Output> =>
      run('agent', [...words, ...argv], { input, env, timeoutMs: 60_000 });
    const machine: Machine = {
      run: (...argv) => inside(argv),
      words,
      runWith: (input, ...argv) => inside(argv, input),
      at: (path) => `/proc/${pid}/root${path}`,
      async show(unit, ...properties) {
        const { stdout } = await inside([
          'systemctl',
          'show',
          unit,
          ...properties.map((name) => `-p${name}`),
        ]);
        const pairs = stdout
          .trim()
          .split('\n')
          .map((line): [string, string] => [line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]);
        return Object.fromEntries(pairs);
      },
      [Symbol.asyncDispose]: stop,
    };
    await booted(machine);
    return machine;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function booted(machine: Machine): Promise<void> {
  const untilMs = performance.now() + bootMs;
  let why: unknown;
  while (performance.now() < untilMs) {
    try {
      await machine.run('systemctl', 'is-system-running');
      return;
    } catch (error) {
      why = error;
      await sleep(100);
    }
  }
  throw new Error('systemd does not get to run', { cause: why });
}
