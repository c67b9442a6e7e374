// The configuration, as the agent reads it from its file of variables and the environment.
import { resolve } from 'node:path';
import { type FieldProblem, sayProblems } from '../../../shared/issues.ts';
import type { Config } from '../../config.ts';
import { type SettingsPlace, envFile } from '../../config/place.ts';
import type { Box } from './box.ts';
import { type Finding, ok, wrong } from './report.ts';

type Place = Pick<SettingsPlace, 'envFile' | 'tried'>;

/** Where the text stands that a problem is about: a variable, agent.env, or the YAML file by its path. */
const placeOf = ({ path }: FieldProblem, file: string): string =>
  /^[A-Z_]+$/.test(path) ? `${path}=… in ${file}, or in the environment` : `edit ${path}`;

export const judgeProblems = (problems: readonly FieldProblem[], place: Place): Finding[] =>
  problems.map((problem) =>
    wrong(null, sayProblems([problem]), placeOf(problem, place.envFile ?? place.tried[0] ?? envFile)),
  );

/** Which files were read; of variables none need be there. */
export function judgeConfiguration(
  { CONFIG_FILE: file }: Pick<Config, 'CONFIG_FILE'>,
  place: Place,
): Finding {
  const variables = place.envFile === null ? `no ${place.tried.join(', no ')}` : resolve(place.envFile);
  return ok(null, `${variables}; ${file === undefined ? 'CONFIG_FILE is not set' : file}`);
}

export const configuration = ({ config, problems, place }: Box): Promise<Finding[]> =>
  Promise.resolve(config === null ? judgeProblems(problems, place) : [judgeConfiguration(config, place)]);
