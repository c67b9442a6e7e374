// What is at the places of the service's files, and their writing: whole or not at all, nobody else's overwritten.
import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../../../shared/failure.ts';
import { codeOf, messageOf } from '../../../shared/thrown.ts';
import { type WantedFile, isOwn } from './texts.ts';

export interface Step {
  file: WantedFile;
  /** Nothing is done where the file is as it should be, or a person's own by now. */
  what: 'write' | 'replace' | 'keep';
  /** Where the old text goes. */
  backup: string | null;
}

async function kindOf(path: string): Promise<'nothing' | 'file' | 'other'> {
  try {
    return (await lstat(path)).isFile() ? 'file' : 'other';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'nothing';
    throw error;
  }
}

async function freeName(path: string, number = 1): Promise<string> {
  const name = number === 1 ? `${path}.bak` : `${path}.bak${number}`;
  return (await kindOf(name)) === 'nothing' ? name : freeName(path, number + 1);
}

/** What is to be done for a file; a sentence where it must not. */
export async function stepFor(file: WantedFile): Promise<Step | string> {
  const { path, text, once } = file;
  const kind = await kindOf(path);
  if (kind === 'nothing') return { file, what: 'write', backup: null };
  if (once) return { file, what: 'keep', backup: null };
  if (kind === 'other') return `${path} is no plain file (a masked unit is a link): it is left as it is`;
  const there = await readFile(path, 'utf8');
  if (there === text) return { file, what: 'keep', backup: null };
  if (!isOwn(there)) return `${path} was not written by pathproof: move it away, or put it into a drop-in`;
  return { file, what: 'replace', backup: await freeName(path) };
}

/** Rejects with Failure internal. */
export async function carryOut({ file: { path, text, mode }, what, backup }: Step): Promise<void> {
  if (what === 'keep') return;
  const fresh = `${path}.new`;
  try {
    const made = await mkdir(dirname(path), { recursive: true });
    // Whatever root's umask: the service's user has to read a YAML file there.
    if (made !== undefined) await chmod(dirname(path), 0o755);
    await rm(fresh, { force: true });
    await writeFile(fresh, text, { mode, flag: 'wx' });
    await chmod(fresh, mode);
    if (backup !== null) await rename(path, backup);
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined);
    const why = messageOf(error);
    throw new Failure('internal', `${path} can't be written: ${why}`, { cause: error });
  }
}
