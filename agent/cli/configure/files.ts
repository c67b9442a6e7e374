// The files that are there, read before anything is asked; and those that are to be, written all or none.
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sayProblems } from '../../../shared/issues.ts';
import { codeOf } from '../../../shared/thrown.ts';
import { readEnvText } from '../../config/env-file.ts';
import { emptyFile, readFileSettings } from '../../config/file.ts';
import { Refusal } from './answers.ts';
import type { Change } from './changes.ts';
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

const why = (error: unknown): string => {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') return `${code}: not yours; try sudo`;
  return code === '' ? String(error) : code;
};

const largestBytes = 1 << 20;

/** A link is followed: what it leads to is what changes. */
function placeOf(path: string): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (!isLink) return path;
  try {
    return realpathSync(path);
  } catch {
    throw new Refusal(`${path} is a symbolic link that leads nowhere`);
  }
}

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
    throw new Refusal(`${path} can't be read (${why(error)})`);
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

/** Throws Refusal where nothing could be written there in the end: better told before the first question. */
export function mustBeFolder(folder: string, writable: boolean): void {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there === undefined) throw new Refusal(`there is no folder ${folder}`);
  if (!there.isDirectory()) throw new Refusal(`${folder} is not a folder`);
  if (!writable) return;
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Refusal(`${folder} is not writable (${why(error)})`);
  }
}

/** Who has the file has the new one; a new one is its folder's owner's, whoever was root by sudo meanwhile. */
function giveTo(path: string, former: string): void {
  const { uid, gid } = statSync(existsSync(former) ? former : dirname(former));
  const own = statSync(path);
  if (own.uid !== uid || own.gid !== gid) chownSync(path, uid, gid);
}

/**
 * All or none: written beside first, what was there copied to FILE.bak-STAMP, then renamed. Returns the backups. Throws
 * Refusal, with everything as it was, where one can't be, or has changed since it was read.
 */
export function writeFiles(changes: readonly Change[], stamp: string): string[] {
  const plans = changes
    .filter(({ before, after }) => before !== after)
    .map((change) => ({ ...change, beside: `${change.path}.new-${process.pid}` }));
  const backups: { path: string; copy: string }[] = [];
  const made: string[] = [];
  const done: string[] = [];
  try {
    for (const { path, before, after, mode, beside } of plans) {
      if (readText(path) !== before)
        throw new Refusal(`${path} has changed since it was read; begin once more`);
      mkdirSync(dirname(path), { recursive: true });
      // A new file is nobody else's to read from its first byte on.
      writeFileSync(beside, after, { mode: 0o600, flag: 'wx', flush: true });
      made.push(beside);
      giveTo(beside, path);
      chmodSync(beside, before === null || mode === 0o600 ? mode : statSync(path).mode & 0o777);
    }
    for (const { path, before, mode } of plans) {
      if (before === null) continue;
      const copy = `${path}.bak-${stamp}`;
      copyFileSync(path, copy, constants.COPYFILE_EXCL);
      backups.push({ path, copy });
      giveTo(copy, path);
      if (mode === 0o600) chmodSync(copy, mode);
    }
    for (const { path, beside } of plans) {
      renameSync(beside, path);
      done.push(path);
    }
  } catch (error) {
    for (const path of done) {
      const copy = backups.find((backup) => backup.path === path)?.copy;
      if (copy === undefined) rmSync(path, { force: true });
      else renameSync(copy, path);
    }
    for (const path of [...made, ...backups.map(({ copy }) => copy)]) rmSync(path, { force: true });
    if (error instanceof Refusal) throw error;
    const place = error instanceof Error && 'path' in error ? String(error.path) : 'the files';
    throw new Refusal(`${place} can't be written (${why(error)})`);
  }
  return backups.map(({ copy }) => copy);
}
