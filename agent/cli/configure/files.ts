// The files that are there, read before anything is asked.
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sayProblems } from '../../../shared/issues.ts';
import { readEnvText } from '../../config/env-file.ts';
import { emptyFile, readFileSettings } from '../../config/file.ts';
import { mustBeMakeable, placeOf, whyNot } from '../write-files.ts';
import { Refusal } from './answers.ts';
import type { Existing } from './proposal.ts';
import type { Target } from './target.ts';
import { type Texts, problemsWith } from './texts.ts';

export interface Found extends Existing {
  texts: Texts;
  /** Where they are, or would be: behind symbolic links. */
  paths: { env: string; yaml: string };
  /** The YAML file as agent.env names it, or would. */
  configFile: string;
  deviceName: string;
}

const largestBytes = 1 << 20;

function readText(path: string): string | null {
  let bytes: Buffer;
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return null;
    if (!found.isFile()) throw new Refusal(`${path} is not a file`);
    if (found.size > largestBytes) throw new Refusal(`${path} is larger than 1 MiB: that is none of ours`);
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(`${path} can't be read (${whyNot(error)})`);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // told below
  }
  throw new Refusal(`${path} is no text: that is none of ours`);
}

const refuseProblems = (path: string, problems: readonly string[]): void => {
  if (problems.length === 0) return;
  throw new Refusal(
    `${path} is not as the agent reads it; mend it, or move it away:\n  ${problems.join('\n  ')}`,
  );
};

/** Throws Refusal where one can't be read, is half written or somebody else's. */
export function findFiles(target: Target): Found {
  const env = placeOf(join(target.directory, target.env));
  const envText = readText(env);
  const { variables, problems } = readEnvText(envText ?? '', target.env);
  refuseProblems(
    env,
    problems.map((problem) => sayProblems([problem])),
  );
  const given = variables['CONFIG_FILE'] ?? '';
  const configFile = given === '' ? target.yaml : given;
  const yaml = placeOf(resolve(target.folder, configFile));
  const yamlText = readText(yaml);
  const read = readFileSettings(yamlText ?? '');
  if (!read.ok) {
    refuseProblems(
      yaml,
      read.problems.map((problem) => sayProblems([problem])),
    );
  }
  const texts = { env: envText, yaml: yamlText };
  refuseProblems(env, problemsWith({ env: envText, yaml: yamlText ?? '' }, { env, yaml }));
  return {
    variables,
    settings: read.ok ? read.settings : emptyFile,
    texts,
    paths: { env, yaml },
    configFile,
    deviceName: target.deviceName,
  };
}

/**
 * Throws Refusal or Failure where nothing could be written there in the end, once it is made where it is missing: better
 * told before the first question.
 */
export function mustBeFolder(folder: string, writable: boolean): void {
  mustBeMakeable(folder);
  const nearest = existsSync(folder) ? folder : dirname(folder);
  if (!statSync(nearest).isDirectory()) throw new Refusal(`${nearest} is not a folder`);
  if (!writable) return;
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Refusal(`${nearest} is not writable (${whyNot(error)})`);
  }
}
