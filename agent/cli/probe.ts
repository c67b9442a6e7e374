// `pathproof probe KIND [TARGET]`: one probe through the pipeline, without a broker, a bridge or a folder for state.
import { constants } from 'node:os';
import { Failure } from '../../shared/failure.ts';
import { sayProblems } from '../../shared/issues.ts';
import type { Kind } from '../../shared/request.ts';
import type { Result } from '../../shared/result.ts';
import { uplinkOn } from '../../shared/way.ts';
import { type Config, isDumbTerminal, leaveToPrograms, readConfig } from '../config.ts';
import { createPipeline } from '../pipeline.ts';
import type { Bench } from './bench.ts';
import { openProbeBench } from './probe/bench.ts';
import type { ProbeOptions } from './probe/command.ts';
import { type Subject, unwatched, watcherFor } from './probe/live.ts';
import { headLine, measuredLines, verdictLines } from './probe/result-lines.ts';
import { type ProbeWords, readProbeWords } from './probe/read.ts';
import type { EchoWatcher } from './probe/watched.ts';
import { findPlace } from './settings.ts';
import { type Region, createRegion, paintFor, printable } from './terminal.ts';

const statusOf: Record<Result['verdict'], number> = { pass: 0, fail: 1, error: 2 };

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

/** Aborts at the first signal that ends a program; at the second one the process ends. */
function watchSignals(): { signal: AbortSignal; status(): number | null; end(): void } {
  const leaving = new AbortController();
  let status: number | null = null;
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const take = (name: NodeJS.Signals): void => {
    // As a shell tells of a program that a signal ended.
    const known = 128 + constants.signals[name];
    if (status !== null) process.exit(known);
    status = known;
    leaving.abort();
  };
  for (const name of names) process.on(name, take);
  return {
    signal: leaving.signal,
    status: () => status,
    end() {
      for (const name of names) process.off(name, take);
    },
  };
}

const asFailure = (error: unknown): Failure =>
  error instanceof Failure ? error : new Failure('internal', String(error), { cause: error });

interface Proband {
  kind: Kind;
  config: Config;
  words: ProbeWords;
  signal: AbortSignal;
  watcher: EchoWatcher;
}

/** The result, and what else the agent's parts would have put in the log. Never rejects. */
async function resultOf({ kind, config, words, signal, watcher }: Proband) {
  const reading = readProbeWords(kind, words);
  let problem = reading.ok ? null : new Failure('badRequest', sayProblems(reading.problems));
  const remarks: string[] = [];
  let bench: Bench | null = null;
  if (problem === null) {
    bench = await openProbeBench(config, watcher, remarks).catch((error: unknown) => {
      problem = asFailure(error);
      return null;
    });
  }
  const pipeline = createPipeline(
    config.DEVICE_NAME,
    bench?.stages ?? (await import('./probe/refusing.ts')).refusing,
  );
  const { body } = reading;
  const may = { mayForce: true, mayProbeSelf: true };
  const result = await pipeline.answer({ kind, word: kind, body, problem, signal, reply: null, ...may });
  bench?.close();
  return { result, remarks };
}

const knowsNetworks = ({ ASN_DATABASE_FILE: file, IPINFO_TOKEN: token, CYMRU_LOOKUP }: Config): boolean =>
  file !== undefined || token !== undefined || CYMRU_LOOKUP;

function sayResult(config: Config, result: Result, remarks: readonly string[], interrupted: boolean): void {
  const { kind, verdict } = result;
  const measured = measuredLines(result);
  // A ping has said its head with its first echo.
  const head = kind === 'ping' ? `--- ${result.target ?? ''} ping statistics ---` : headLine(result);
  if (measured.length > 0) say(printable(head));
  for (const line of measured) say(line);
  for (const remark of remarks) if (!result.reason.includes(remark)) complain(printable(remark));
  if (interrupted) return complain('interrupted');
  const stream = verdict === 'error' ? process.stderr : process.stdout;
  const tell = verdict === 'error' ? complain : say;
  for (const line of verdictLines(result, paintFor(stream), knowsNetworks(config))) tell(line);
}

/** Its exit status: 0 pass, 1 fail, 2 error, or 128 and the number of the signal that ended it. */
export async function probeOnce(kind: Kind, words: ProbeWords, given: ProbeOptions): Promise<number> {
  const asJson = given.json === true;
  const found = findPlace(given);
  if (!found.ok) {
    complain(`pathproof probe: ${found.message}`);
    return 2;
  }
  const read = readConfig(undefined, found.place);
  if (!read.ok) {
    complain('pathproof probe needs the configuration, which is wrong:');
    for (const problem of read.problems) complain(`  ${sayProblems([problem])}`);
    return 2;
  }
  const { config } = read;
  leaveToPrograms();
  const leaving = watchSignals();
  const { stdout } = process;
  const region: Region | null = stdout.isTTY && !isDumbTerminal() ? createRegion(stdout) : null;
  const { uplinks } = config.file;
  const subject: Subject = { kind, target: words.target ?? '', uplinkOn: (name) => uplinkOn(uplinks, name) };
  const watcher = asJson ? unwatched : watcherFor(subject, say, region);
  const { result, remarks } = await resultOf({ kind, config, words, signal: leaving.signal, watcher });
  region?.clear();
  leaving.end();
  const interrupted = result.failure?.code === 'cancelled' ? leaving.status() : null;
  if (asJson) say(JSON.stringify(result, null, stdout.isTTY ? 2 : 0));
  else sayResult(config, result, remarks, interrupted !== null);
  return interrupted ?? statusOf[result.verdict];
}
