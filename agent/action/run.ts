// The one place that starts the user's programs: without a shell, without the agent's powers, in a group of their own.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { closeOnExec } from '@pathproof/packet-native';
import { codeOf, messageOf } from '../../shared/thrown.ts';
import { dropping, stillHeld } from './capabilities.ts';
import type { Environment } from './environment.ts';
import { createOutput } from './output.ts';

const lastWordMs = 2000;
const trialMs = 5000;

export interface Order {
  program: readonly [string, ...string[]];
  /** Given to it to read; null: nothing. */
  input: string | null;
  environment: Environment;
  timeoutMs: number;
  onLine: (line: string) => void;
}

export interface Ending {
  /** Null where it was killed, or never began. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  endedBy: 'itself' | 'timeout' | 'stop';
  /** Why it never began; null where it did. */
  notStarted: string | null;
  durationMs: number;
  /** What it was given. */
  timeoutMs: number;
  /** It wrote more than was told. */
  outputCut: boolean;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const missing = 'setpriv is not installed (apt-get install util-linux)';

const reasonOf = (error: unknown): string => (codeOf(error) === 'ENOENT' ? missing : messageOf(error));

function start({ program, environment }: Order): Child {
  // Node opens all with O_CLOEXEC, LevelDB does not: a program could write to what the agent keeps. What LevelDB's own
  // thread opens between this and the fork slips through.
  closeOnExec();
  const words = [...dropping(process.geteuid?.() === 0), '--', ...program];
  return spawn('setpriv', words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env: environment });
}

/** Ends a program and all of its group: asks first, kills what is left two seconds later. */
function reaper(child: Child, pid: number) {
  let timer: NodeJS.Timeout | null = null;
  const tell = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // nobody is left
    }
  };
  return {
    end() {
      tell('SIGTERM');
      timer = setTimeout(() => {
        tell('SIGKILL');
        // Who left the group may hold them still, and would be waited for.
        child.stdout.destroy();
        child.stderr.destroy();
      }, lastWordMs);
    },
    /** Once the program itself is gone. */
    ended() {
      if (timer === null) return;
      clearTimeout(timer);
      tell('SIGKILL');
    },
  };
}

// 126 and 127 are a script's own too; but then setpriv has said nothing.
const refusal = (exitCode: number | null, lastLine: string): string | null =>
  (exitCode === 126 || exitCode === 127) && lastLine.startsWith('setpriv: ') ? lastLine.slice(9) : null;

/**
 * Runs a program to its end, its time's end or the signal's abort; what it left running with its output open counts as
 * the program. Never rejects.
 */
export function runProgram(order: Order, stop: AbortSignal): Promise<Ending> {
  const beganMs = performance.now();
  let endedBy: Ending['endedBy'] = 'itself';
  let lastLine = '';
  const output = createOutput((line) => {
    lastLine = line;
    order.onLine(line);
  });
  return new Promise((resolve) => {
    const finish = (
      exitCode: number | null,
      signal: NodeJS.Signals | null,
      notStarted: string | null,
    ): void =>
      resolve({
        ...{ exitCode, signal, endedBy, notStarted },
        ...{
          durationMs: Math.round(performance.now() - beganMs),
          timeoutMs: order.timeoutMs,
          outputCut: output.cut(),
        },
      });
    let child: Child;
    try {
      child = start(order);
    } catch (error) {
      return finish(null, null, reasonOf(error)); // arguments that no program can be given
    }
    child.on('error', (error) => finish(null, null, reasonOf(error)));
    // Without a free descriptor it has no streams either.
    if (child.pid === undefined) return;
    const group = reaper(child, child.pid);
    const end = (by: 'timeout' | 'stop') => (): void => {
      if (endedBy !== 'itself') return;
      endedBy = by;
      group.end();
    };
    const limit = setTimeout(end('timeout'), order.timeoutMs);
    const onStop = end('stop');
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    for (const stream of [child.stdout, child.stderr]) {
      const reader = output.reader();
      stream.setEncoding('utf8').on('data', reader.add).once('close', reader.end);
    }
    child.once('close', (exitCode, signal) => {
      clearTimeout(limit);
      stop.removeEventListener('abort', onStop);
      group.ended();
      finish(exitCode, signal, refusal(exitCode, lastLine));
    });
    child.stdin.on('error', () => undefined); // it need not read
    child.stdin.end(order.input ?? '');
  });
}

/** Why programs can't be run without the agent's powers; null where they can. Measured, not believed: setpriv says nothing. */
export async function cannotDrop(environment: Environment, stop: AbortSignal): Promise<string | null> {
  const lines: string[] = [];
  const onLine = (line: string): unknown => lines.push(line);
  const order: Order = {
    program: ['cat', '/proc/self/status'],
    input: null,
    environment,
    timeoutMs: trialMs,
    onLine,
  };
  const { exitCode, notStarted } = await runProgram(order, stop);
  if (notStarted !== null) return notStarted;
  const held = exitCode === 0 ? stillHeld(lines.join('\n')) : null;
  if (held === null) return `setpriv can't take them (${lines.at(-1) ?? 'it says nothing'})`;
  return held.length === 0 ? null : `programs would still have ${held.join(' and ')}; root needs CAP_SETPCAP`;
}
