// Writes a whole file or nothing, and never over one that is there unless that is wanted: then it is kept beside it.
import {
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { codeOf, messageOf } from '../../shared/thrown.ts';

export interface NewFile {
  path: string;
  text: string;
  /** Of a file that was not there. */
  mode: number;
  /** A file that is there may be put aside. */
  force: boolean;
}

function there(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** As names may have it: 20261129T101112Z. */
export const stampOf = (at: Date): string => at.toISOString().replace(/[-:]|\.\d+/g, '');

function replace({ path, text }: NewFile, now: Date): string {
  const real = realpathSync(path);
  const { mode } = statSync(real);
  const backup = `${real}.bak-${stampOf(now)}`;
  const fresh = `${real}.new-${process.pid}`;
  try {
    writeFileSync(fresh, text, { mode: mode & 0o777, flag: 'wx' });
    copyFileSync(real, backup, constants.COPYFILE_EXCL);
    renameSync(fresh, real);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
  return backup;
}

function create({ path, text, mode }: NewFile): void {
  const fresh = `${path}.new-${process.pid}`;
  try {
    writeFileSync(fresh, text, { mode, flag: 'wx' });
    // Unlike a rename it leaves alone what has come there in the meantime.
    linkSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Answers where the former one is kept, null where there was none; or why nothing was written. */
export function writeNewFile(
  file: NewFile,
  now: Date,
): { ok: true; backup: string | null } | { ok: false; why: string } {
  const { path, force } = file;
  try {
    if (!there(path)) {
      create(file);
      return { ok: true, backup: null };
    }
    if (!force) return { ok: false, why: `${path} is there already; --force puts it aside first` };
    if (!statSync(path).isFile()) return { ok: false, why: `${path} is no file that can be put aside` };
    return { ok: true, backup: replace(file, now) };
  } catch (error) {
    return {
      ok: false,
      why: `${path} can't be written: ${messageOf(error)}`,
    };
  }
}
