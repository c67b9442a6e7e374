// How the lab runs programs: in a namespace by its name, with their errors told in full, and line by line where
// one is kept running.
import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

export const agentNode = 'agent';

/** Debian's own where there is one: a version manager's stand-in of the same name costs 100 ms at each start. */
export const python3 = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

/** The words that run `argv` in a node's namespace; the agent's is the one this process is in. */
export function wordsFor(node: string, argv: readonly string[]): { file: string; args: string[] } {
  const words = node === agentNode ? [...argv] : ['ip', 'netns', 'exec', node, ...argv];
  const [file, ...args] = words;
  if (file === undefined) throw new Error('no program given');
  return { file, args };
}

/** Runs a program to its end; rejects with all it wrote where its status is not 0. */
export async function run(
  node: string,
  argv: readonly string[],
  { input, timeoutMs = 20_000, signal, env }: RunOptions = {},
): Promise<Output> {
  const { file, args } = wordsFor(node, argv);
  return new Promise((resolve, reject) => {
    const options = {
      timeout: timeoutMs,
      killSignal: 'SIGKILL' as const,
      maxBuffer: 64 * 1024 * 1024,
      ...(signal && { signal }),
      ...(env && { env }),
    };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ stdout, stderr });
      else
        reject(new Error(`${error.message}${error.killed ? ' (killed)' : ''}\n${stdout}`, { cause: error }));
    });
    child.stdin?.on('error', () => undefined); // it may end without reading its input
    child.stdin?.end(input ?? '');
  });
}

/** Feeds `ip -batch`: one process for a namespace's whole set-up. */
export async function ipBatch(node: string, lines: readonly string[], force = false): Promise<void> {
  if (lines.length === 0) return;
  const where = node === agentNode ? [] : ['-n', node];
  const argv = ['ip', ...where, ...(force ? ['-force'] : []), '-batch', '-'];
  await run(agentNode, argv, { input: lines.join('\n') + '\n' });
}

/** A program kept running that answers in lines. */
export class LineProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<void>;
  private readonly name: string;
  private stderr = '';
  private finished = false;

  constructor(node: string, argv: readonly string[], onLine: (line: string) => void) {
    const { file, args } = wordsFor(node, argv);
    this.name = argv.join(' ');
    this.child = spawn(file, args, { stdio: 'pipe' });
    this.child.stdin.on('error', () => undefined); // its end is told by `ended`
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    createInterface({ input: this.child.stdout }).on('line', onLine);
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.finished = true;
        resolve();
      };
      this.child.once('error', (error) => {
        this.stderr += error.message;
        end();
      });
      this.child.once('close', end);
    });
  }

  /** Waits for `answer`, unless the program ends before. */
  async expect<T>(answer: Promise<T>): Promise<T> {
    return Promise.race([answer, this.ended.then(() => Promise.reject(this.endedEarly()))]);
  }

  write(line: string): void {
    if (this.finished) throw this.endedEarly();
    this.child.stdin.write(line + '\n');
  }

  /** Closes its input, which ends it; after a second it is killed. */
  async close(): Promise<void> {
    this.child.stdin.end();
    const late = setTimeout(() => this.child.kill('SIGKILL'), 1000);
    await this.ended;
    clearTimeout(late);
  }

  private endedEarly(): Error {
    return new Error(`${this.name} ended early: ${this.stderr.trim() || 'without a word'}`);
  }
}
