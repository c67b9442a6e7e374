// The configuration, as the agent reads it from this folder and environment.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type FieldProblem, sayProblems } from '../../../shared/issues.ts';
import { type Config, envFile } from '../../config.ts';
import type { Box } from './box.ts';
import { type Finding, ok, wrong } from './report.ts';

/** Where the text stands that a problem is about: a variable, agent.env, or the YAML file by its path. */
const placeOf = ({ path }: FieldProblem): string =>
  /^[A-Z_]+$/.test(path) ? `${path}=… in ${envFile}, or in the environment` : `edit ${path}`;

export const judgeProblems = (problems: readonly FieldProblem[]): Finding[] =>
  problems.map((problem) => wrong(null, sayProblems([problem]), placeOf(problem)));

/** `there` says whether agent.env is in the folder. */
export function judgeConfiguration(
  { CONFIG_FILE: file }: Pick<Config, 'CONFIG_FILE'>,
  folder: string,
  there: boolean,
): Finding {
  const environment = there ? resolve(folder, envFile) : `no ${envFile} in ${folder}`;
  return ok(null, `${environment}; ${file === undefined ? 'CONFIG_FILE is not set' : file}`);
}

export function configuration({ config, problems }: Box): Promise<Finding[]> {
  const folder = process.cwd();
  const findings =
    config === null
      ? judgeProblems(problems)
      : [judgeConfiguration(config, folder, existsSync(resolve(folder, envFile)))];
  return Promise.resolve(findings);
}
