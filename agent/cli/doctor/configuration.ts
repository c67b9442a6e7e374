// The configuration, as the agent reads it from this folder and environment.
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type FieldProblem, sayProblems } from '../../../shared/issues.ts';
import type { Config } from '../../config.ts';
import type { SettingsPlace } from '../../config/place.ts';
import type { Installation } from '../installation.ts';
import type { Box } from './box.ts';
import { type Finding, ok, wrong } from './report.ts';

/** What a mend needs to know of the files that settings are in. */
export interface Editable {
  settingsFile: string;
  /** What it says; null where it is not there, or not to be read. */
  text: string | null;
  mayWrite(path: string): boolean;
  installation: Installation;
}

const isDenied = ({ message }: FieldProblem): boolean => /\b(EACCES|EPERM)\b/.test(message);

const editor = '${EDITOR:-nano}';

/** Opens a file, at its line where that is known; `remark` is what is wrong there. */
function editMend(path: string, line: string | undefined, remark: string, place: Editable): string {
  const at = line === undefined ? '' : ` +${line}`;
  return `${place.mayWrite(path) ? '' : 'sudo '}${editor}${at} ${path}${remark === '' ? '' : `  # ${remark}`}`;
}

const isVariable = (path: string): boolean => /^[A-Z][A-Z0-9_]*$/.test(path);

/** The number of the line in agent.env that sets a variable; undefined where none does. */
function lineOf(variable: string, { text }: Editable): string | undefined {
  const sets = new RegExp(`^\\s*(export\\s+)?${variable}\\s*=`);
  const index = text?.split('\n').findIndex((line) => sets.test(line)) ?? -1;
  return index < 0 ? undefined : String(index + 1);
}

function mendOf(problem: FieldProblem, place: Editable): string {
  const { path, message } = problem;
  if (isDenied(problem)) return `sudo ${place.installation.command} doctor`;
  if (isVariable(path)) {
    const line = lineOf(path, place);
    return line === undefined
      ? `unset ${path}  # it comes from the environment`
      : editMend(place.settingsFile, line, `${path}=…`, place);
  }
  // A file's name, and behind that of agent.env a line or a variable.
  const [, file = path, line, variable] = /^(.*?)(?: line (\d+)| ([A-Z][A-Z0-9_]*))?$/.exec(path) ?? [];
  if (variable !== undefined) {
    return editMend(resolve(file), lineOf(variable, place), `${variable}=…`, place);
  }
  return editMend(resolve(file), line ?? /\bline (\d+)/.exec(message)?.[1], '', place);
}

export const judgeProblems = (problems: readonly FieldProblem[], place: Editable): Finding[] =>
  problems.map((problem) => wrong(null, sayProblems([problem]), mendOf(problem, place)));

/** Which files were read; of variables none need be there. */
export function judgeConfiguration(
  { CONFIG_FILE: file }: Pick<Config, 'CONFIG_FILE'>,
  place: Pick<SettingsPlace, 'envFile' | 'tried'>,
): Finding {
  const variables = place.envFile === null ? `no ${place.tried.join(', no ')}` : resolve(place.envFile);
  return ok(null, `${variables}; ${file === undefined ? 'CONFIG_FILE is not set' : file}`);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export function configuration({
  config,
  problems,
  place,
  settingsFile,
  installation,
}: Box): Promise<Finding[]> {
  const editable = { settingsFile, text: textOf(settingsFile), mayWrite, installation };
  const findings = config === null ? judgeProblems(problems, editable) : [judgeConfiguration(config, place)];
  return Promise.resolve(findings);
}
