// The one place that starts curl. What it writes is bounded here, whatever a server sends, and no curl is left behind.
import { execFile, spawn } from 'node:child_process';
import { Failure } from '../../../shared/failure.ts';
import { codeOf } from '../../../shared/thrown.ts';
import { createLines } from './lines.ts';
import { type Report, nothingReported, withLine } from './report.ts';

// The chain of certificates, in text and whole, is the longest line.
const longestLine = 1 << 20;

export interface CurlRun {
  /** Null where it was killed. */
  exitCode: number | null;
  /** By the signal's abort, not by somebody else. */
  givenUp: boolean;
  /** From its start to its end. */
  lastedMs: number;
  body: Buffer;
  /** There was more of the body than was wanted. */
  cut: boolean;
  /** From its start until then; null where there was not. */
  cutMs: number | null;
  report: Report;
}

/** Whether curl can be started. */
export const canFetch = (): Promise<boolean> =>
  new Promise((resolve) => {
    execFile('curl', ['-q', '--version'], (error) => resolve(error === null));
  });

export const givenUp = (): Failure => new Failure('cancelled', 'the fetch was given up');

function notStarted(error: Error): Failure {
  const missing = codeOf(error) === 'ENOENT';
  const sentence = missing
    ? 'curl is not installed (apt-get install curl)'
    : `curl could not be started (${error.message})`;
  return new Failure('noCurl', sentence, { cause: error });
}

/**
 * Runs curl with a configuration, which it reads from stdin: arguments show in the list of processes. Rejects with
 * Failure: noCurl, cancelled where the signal has aborted before. Where it aborts later curl is gone when this resolves.
 */
export function runCurl(config: string, mostBodyBytes: number, signal: AbortSignal): Promise<CurlRun> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(givenUp());
    const beganMs = performance.now();
    // Ctrl-C is the agent's to hear, hence detached; -q comes first, or a user's curlrc is read.
    const child = spawn('curl', ['-q', '-K', '-'], { stdio: 'pipe', detached: true });
    child.on('error', (error) => reject(notStarted(error)));
    // Without a free descriptor it has no streams either.
    if (child.pid === undefined) return;
    const chunks: Buffer[] = [];
    let bytes = 0;
    let cutMs: number | null = null;
    let report = nothingReported;
    const lines = createLines(longestLine, (line) => {
      report = withLine(report, line);
    });
    // It has nothing to tidy up, so it need not be asked first.
    const kill = (): boolean => child.kill('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });

    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= mostBodyBytes) return;
      cutMs ??= performance.now() - beganMs;
      // With nobody to write to, curl ends by itself and still tells its times: once there is more to write.
      child.stdout.destroy();
    });
    child.stderr.setEncoding('utf8').on('data', lines.add);
    child.stdin.on('error', () => undefined); // it ended before it had read all: its exit code says why
    child.once('close', (exitCode) => {
      signal.removeEventListener('abort', kill);
      lines.end();
      const body = Buffer.concat(chunks).subarray(0, mostBodyBytes);
      const ending = { exitCode, givenUp: signal.aborted, lastedMs: performance.now() - beganMs };
      resolve({ ...ending, body, cut: cutMs !== null, cutMs, report });
    });
    child.stdin.end(config);
  });
}
