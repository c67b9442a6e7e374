// `pathproof import`: the settings of imon, py-pingu or ping-tool as ours, and what there is to do besides.
import { realpathSync, statSync } from 'node:fs';
import { Failure } from '../../shared/failure.ts';
import { programProblem } from '../config/program.ts';
import { instanceFile, serviceName, servicePlace, settingsFolder } from '../config/service.ts';
import { instanceOf } from './import/imon.ts';
import type { Circumstances, Moved } from './import/moved.ts';
import type { Predecessor } from './import/predecessors.ts';
import { readPredecessor } from './import/read.ts';
import { installLines } from './import/root-units.ts';
import { printableLine } from './terminal.ts';
import { writeFiles } from './write-files.ts';

export interface Import {
  /** imon's; as the file is named where it is not given. */
  instance?: string | undefined;
  /** Null: to stdout. */
  output?: string | undefined;
  force?: boolean | undefined;
  /** Scripts run as root, on being asked through a file. */
  rootUnits?: boolean | undefined;
}

const say = (lines: readonly string[]): void => {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
};

const indented = (texts: readonly string[]): string[] => texts.map((text) => `  ${printableLine(text)}`);

/** An instance other than main is a service of its own, with a folder of its own. */
function serviceOf(predecessor: Predecessor, circumstances: Circumstances) {
  const instance = predecessor === 'imon' ? instanceOf(circumstances, '') : 'main';
  const own = instance === 'main' || !/^[\w.-]+$/.test(instance) ? null : instance;
  return {
    unit: serviceName(own),
    folder: servicePlace(own, '').folder,
    file: own === null ? `${settingsFolder}/config.yaml` : instanceFile(own),
  };
}

function rootWords({ programs }: Moved, folder: string, chosen: boolean): string[] {
  if (programs.length === 0) return [];
  const how = chosen
    ? 'They are run by root, once these lines have been run; whoever has the agent then has them too:'
    : 'The agent runs them as its own user. Where one needs root for its work, import again with --root-units: that prints ' +
      'the lines by which root runs it.';
  return [
    'Ran as root so far:',
    ...indented(programs.map(({ path, use }) => `${path} (${use})`)),
    how,
    ...(chosen ? programs.flatMap((program) => ['', ...installLines(program, folder)]) : []),
    '',
  ];
}

function remarks({ lost, otherwise }: Moved): string[] {
  return [
    ...(lost.length === 0 ? [] : ['Without a counterpart here:']),
    ...indented(lost.map(({ key, why }) => `${key}: ${why}`)),
    ...(otherwise.length === 0 ? [] : ['Otherwise than before:']),
    ...indented(otherwise),
  ];
}

const stopBoth: Readonly<Record<Predecessor, string>> = {
  imon: 'Stop imon before pathproof is started: both would move the default route.',
  'py-pingu':
    'Stop py-pingu before pathproof is started, and renew the leases: it does not put back the routes that it took.',
  'ping-tool': 'Stop ping-tool before pathproof is started: both want the same port.',
};

/** imon's failover that is not enabled is there as a comment. */
const nextStep = (predecessor: Predecessor, { text }: Moved): string =>
  predecessor === 'imon' && !/^failover:/m.test(text)
    ? 'Stop imon once pathproof runs: both would tell of the same.'
    : stopBoth[predecessor];

function whereTo(predecessor: Predecessor, { unit, file }: { unit: string; file: string }): string {
  if (predecessor === 'ping-tool')
    return 'It belongs into /etc/pathproof/agent.env, or agent.env beside package.json.';
  return unit === 'pathproof'
    ? `It belongs into ${file}, and CONFIG_FILE=${file} into agent.env.`
    : `It belongs into ${file}, for an agent of its own (service ${unit}).`;
}

const isSame = (one: string, other: string): boolean => {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
};

function contradiction(file: string, { output, force }: Import): string | null {
  if (force === true && output === undefined) return '--force is for --output, which is not given';
  if (output === undefined) return null;
  if (output === '') return '--output needs a file';
  const there = statSync(output, { throwIfNoEntry: false });
  if (output.endsWith('/') || there?.isDirectory() === true)
    return `--output is a folder (${output}): name a file in it`;
  if (isSame(file, output)) return `--output is the file that is read (${output})`;
  if (there?.isFile() === true && force !== true)
    return `${output} is there already; --force puts it aside first`;
  return null;
}

/** Throws Failure where it can't be. */
function write(output: string, text: string, { mode, force }: { mode: number; force: boolean }): void {
  const plan = { path: output, text, mode, ifThere: force ? 'replace' : 'refuse' } as const;
  const { files, folders } = writeFiles([plan]);
  const backup = files[0]?.backup ?? null;
  const kept = backup === null ? '' : `; the former one is ${backup}`;
  say([...folders.map((folder) => `Made the folder: ${folder}`), `Written: ${output}${kept}`]);
}

/** Its exit status: 0 where something was written, 2 where nothing was. */
export function importFrom(predecessor: Predecessor, file: string, options: Import): number {
  const fail = (problems: readonly string[]): number => {
    say(problems.map((problem) => `pathproof import ${predecessor}: ${printableLine(problem)}`));
    return 2;
  };
  const wrong = contradiction(file, options);
  if (wrong !== null) return fail([wrong]);
  const given = { file, instance: options.instance ?? null, programProblem };
  const service = serviceOf(predecessor, { ...given, rootFolder: null });
  const chosen = options.rootUnits === true;
  const read = readPredecessor(predecessor, { ...given, rootFolder: chosen ? service.folder : null });
  if (!read.ok) return fail(read.problems);
  const { moved } = read;
  const { output, force = false } = options;
  try {
    if (output === undefined) process.stdout.write(moved.text);
    else write(output, moved.text, { mode: predecessor === 'ping-tool' ? 0o600 : 0o644, force });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return fail([error.message]);
  }
  // On a terminal the file's text, which ends with them, stands above.
  const isRead = output === undefined && process.stdout.isTTY;
  say([
    ...(isRead ? [] : remarks(moved)),
    ...rootWords(moved, service.folder, chosen),
    whereTo(predecessor, service),
    nextStep(predecessor, moved),
  ]);
  return 0;
}
