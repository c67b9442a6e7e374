// The one place that starts iproute2: for a question, for commands in one go, and to hear that something changed.
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Failure } from '../../../shared/failure.ts';
import type { Family } from '../../../shared/ip.ts';

const longestAnswerBytes = 64 << 20;
const patienceMs = 5000;

interface Ending {
  status: number;
  stdout: string;
  stderr: string;
}

/** Rejects with Failure internal where it could not be run to its end. */
function runToEnd(args: readonly string[], input: string): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const options = { timeout: patienceMs, maxBuffer: longestAnswerBytes, encoding: 'utf8' } as const;
    const child = execFile('ip', args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ status: 0, stdout, stderr });
      if (typeof error.code === 'number') return resolve({ status: error.code, stdout, stderr });
      const missing = error.code === 'ENOENT';
      const why = missing ? 'iproute2 is not installed (apt-get install iproute2)' : error.message;
      const sentence = error.killed === true ? `no end within ${patienceMs / 1000} s` : why;
      reject(new Failure('internal', `ip ${args.join(' ')}: ${sentence}`, { cause: error }));
    });
    // Where it could not be started for want of a descriptor it has no streams.
    child.stdin?.on('error', () => undefined); // it may end without reading its input
    child.stdin?.end(input);
  });
}

/** Runs `ip` with arguments as they are. Rejects with Failure internal; its words are iproute2's own. */
export async function runIp(args: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await runToEnd(args, input);
  if (status === 0) return stdout;
  throw new Failure('internal', `ip ${args.join(' ')}: ${stderr.trim() || `it ended with ${status}`}`);
}

const linesOf = (commands: readonly (readonly string[])[]): string =>
  commands.map((words) => `${words.join(' ')}\n`).join('');

/**
 * Asks several questions of one program, each with a single line of JSON for its answer (ip(8), -batch). Numbers stay
 * numbers: a name for one is what /etc/iproute2 of this machine makes of it. Rejects with Failure internal.
 */
export async function askIp(
  family: Family,
  questions: readonly (readonly string[])[],
): Promise<readonly string[]> {
  const args = ['-json', '-details', '-N', `-${family}`, '-batch', '-'];
  const answers = (await runIp(args, linesOf(questions))).split('\n').filter((line) => line !== '');
  if (answers.length === questions.length) return answers;
  const sentence = `ip ${args.join(' ')}: ${answers.length} answers to ${questions.length} questions`;
  throw new Failure('internal', sentence);
}

/** Words that `-batch` would not read as they are. */
const unreadable = /^$|[\s'"#\\]/;

/** What `-force -batch` wrote, by the number of the command; its words come before the line that counts it. */
function complaintsIn(stderr: string): Map<number, string> {
  const complaints = new Map<number, string>();
  let words: string[] = [];
  for (const line of stderr.split('\n')) {
    const failed = /^Command failed -:(\d+)$/.exec(line)?.[1];
    if (failed === undefined) words.push(line.trim());
    else {
      complaints.set(Number(failed) - 1, words.filter((text) => text !== '').join(' ') || 'it failed');
      words = [];
    }
  }
  return complaints;
}

/**
 * Runs commands in one go, each in its turn whatever became of the one before. Answers for each iproute2's own words on
 * why it failed, or null. Rejects with Failure internal where they can't all be run.
 */
export async function changeByIp(
  family: Family,
  commands: readonly (readonly string[])[],
): Promise<(string | null)[]> {
  if (commands.length === 0) return [];
  const odd = commands.flat().find((word) => unreadable.test(word));
  if (odd !== undefined) {
    throw new Failure('internal', `ip -batch can't be given ${JSON.stringify(odd)}: rename the interface`);
  }
  const args = ['-force', `-${family}`, '-batch', '-'];
  const { status, stderr } = await runToEnd(args, linesOf(commands));
  const complaints = complaintsIn(stderr);
  // It gives up at words it does not know, which is no command's failure.
  if (status > 1 || (status === 1 && complaints.size === 0)) {
    throw new Failure('internal', `ip ${args.join(' ')}: ${stderr.trim() || `it ended with ${status}`}`);
  }
  return commands.map((_, index) => complaints.get(index) ?? null);
}

/** `ip monitor`: a call per change (what changed is read anew), one when it ended; returns its end. */
export function monitorNetwork(changed: () => void, ended: () => void): () => void {
  const child = spawn('ip', ['-o', 'monitor', 'link', 'address', 'route', 'rule', 'nexthop'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C is the agent's to hear; it ends this child last.
    detached: true,
  });
  child.once('error', ended);
  child.once('exit', ended);
  // Where it could not be started for want of a descriptor it has no streams either.
  if (child.pid !== undefined) {
    // It complains where the kernel had more to tell than it could take: changes were lost.
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', changed);
  }
  return () => child.kill();
}
