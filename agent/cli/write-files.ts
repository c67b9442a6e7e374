// Writes files for the commands: all of them or none, each whole from its first moment on, and what was there kept beside
// it as FILE.bak-TIME. A file that is there is never away for a moment. What may be written over is the command's to say.
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../../shared/failure.ts';
import { codeOf, messageOf } from '../../shared/thrown.ts';

export interface Plan {
  path: string;
  text: string;
  /** Of a file that is not there. One that is keeps its own, but that a file of mode 0600 is nobody else's to read. */
  mode: number;
  ifThere: 'refuse' | 'replace' | 'keep';
  /** What was read there, null for nothing; where it is another by now, nothing is written. */
  before?: string | null;
}

export interface Written {
  path: string;
  what: 'made' | 'replaced' | 'kept';
  /** Where the former one is, in its own mode and its owner's (0600 for a file of that mode). */
  backup: string | null;
}

type Undo = (() => void)[];

const refuse = (sentence: string, cause?: unknown): never => {
  throw new Failure('internal', sentence, { cause });
};

/** Why the system refuses something, in few words. */
export function whyNot(error: unknown): string {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') return `${code}: not yours; try sudo`;
  return code === '' ? messageOf(error) : code;
}

const isSecret = (mode: number): boolean => mode === 0o600;

/** A link is followed: what it leads to is what changes. Throws Failure where it leads nowhere. */
export function placeOf(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return path;
  try {
    return realpathSync(path);
  } catch {
    return refuse(`${path} is a symbolic link that leads nowhere`);
  }
}

/** As names of files may have it: 20261129T101112Z. */
const stampOf = (at: Date): string => at.toISOString().replace(/[-:]|\.\d+/g, '');

/** Where the former one goes: FILE.bak-20261129T101112Z; with -2, -3, … behind it within one second. */
export function backupName(path: string, now: Date): string {
  const name = `${path}.bak-${stampOf(now)}`;
  const names = [name, ...Array.from({ length: 98 }, (_, index) => `${name}-${index + 2}`)];
  return names.find((one) => lstatSync(one, { throwIfNoEntry: false }) === undefined) ?? name;
}

function give(path: string, { uid, gid }: { uid: number; gid: number }): void {
  const own = statSync(path);
  if (own.uid !== uid || own.gid !== gid) chownSync(path, uid, gid);
}

/** What is new is its folder's owner's, whoever is root by sudo meanwhile. */
function giveToFoldersOwner(path: string): void {
  if (process.geteuid?.() === 0) give(path, statSync(dirname(path)));
}

/** A second name for a file, which must be free; a copy where the file system has no such names (FAT). */
function nameToo(path: string, second: string): void {
  try {
    linkSync(path, second);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'].includes(codeOf(error))) throw error;
    copyFileSync(path, second, constants.COPYFILE_EXCL);
    const former = statSync(path);
    chmodSync(second, former.mode & 0o777);
    give(second, former);
  }
}

/** Throws Failure where a folder is not there and can't be made: one level is, none above it. */
export function mustBeMakeable(folder: string): void {
  const parent = dirname(folder);
  if (!existsSync(folder) && !existsSync(parent))
    refuse(`the folder ${folder} can't be made: there is no folder ${parent}`);
}

function makeFolder(folder: string, undo: Undo): string[] {
  if (existsSync(folder)) return [];
  mustBeMakeable(folder);
  mkdirSync(folder);
  undo.push(() => rmdirSync(folder));
  // Whatever root's umask: the service's user has to read a YAML file there.
  chmodSync(folder, 0o755);
  giveToFoldersOwner(folder);
  return [folder];
}

function mustBeUnchanged(place: string, before: string | null | undefined): void {
  if (before === undefined) return;
  const isThere = existsSync(place);
  const isSame =
    before === null ? !isThere : isThere && readFileSync(place).equals(Buffer.from(before, 'utf8'));
  if (!isSame) refuse(`${place} has changed since it was read; begin once more`);
}

interface Ready extends Plan {
  /** Behind links. */
  place: string;
  isThere: boolean;
  /** The new text, written whole; null where nothing is to be done. */
  beside: string | null;
}

/** Looks at what is there, and writes the new text beside it. */
function makeReady(plan: Plan, undo: Undo): Ready {
  const { path, text, mode, ifThere } = plan;
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  if (isThere && ifThere === 'keep') return { ...plan, place: path, isThere, beside: null };
  if (isThere && ifThere === 'refuse') refuse(`${path} is there already`);
  const place = placeOf(path);
  if (isThere && !statSync(place).isFile()) refuse(`${path} is no file`);
  mustBeUnchanged(place, plan.before);
  const beside = `${place}.new-${process.pid}`;
  // Nobody else's to read from its first byte on.
  writeFileSync(beside, text, { mode: 0o600, flag: 'wx', flush: true });
  undo.push(() => rmSync(beside, { force: true }));
  if (isThere) {
    const former = statSync(place);
    give(beside, former);
    chmodSync(beside, isSecret(mode) ? mode : former.mode & 0o777);
  } else {
    giveToFoldersOwner(beside);
    chmodSync(beside, mode);
  }
  return { ...plan, place, isThere, beside };
}

function putInPlace({ path, place, mode, isThere, beside }: Ready, now: Date, undo: Undo): Written {
  if (beside === null) return { path, what: 'kept', backup: null };
  if (!isThere) {
    // Unlike a rename it leaves alone what has come there in the meantime.
    nameToo(beside, place);
    undo.push(() => rmSync(place));
    rmSync(beside);
    return { path, what: 'made', backup: null };
  }
  const backup = backupName(place, now);
  nameToo(place, backup);
  undo.push(() => rmSync(backup, { force: true }));
  renameSync(beside, place);
  undo.push(() => renameSync(backup, place));
  if (isSecret(mode)) chmodSync(backup, mode);
  return { path, what: 'replaced', backup };
}

/**
 * Folders that are missing are made (0755) where the folder above them is there. Throws Failure, with everything as it
 * was, where one file can't be written, may not be, or has changed since it was read.
 */
export function writeFiles(
  plans: readonly Plan[],
  now = new Date(),
): { files: Written[]; folders: string[] } {
  const undo: Undo = [];
  const folders: string[] = [];
  const ready: Ready[] = [];
  const files: Written[] = [];
  let at = '';
  try {
    for (const plan of plans) {
      at = plan.path;
      folders.push(...makeFolder(dirname(at), undo));
      ready.push(makeReady(plan, undo));
    }
    for (const one of ready) {
      at = one.path;
      files.push(putInPlace(one, now, undo));
    }
    return { files, folders };
  } catch (error) {
    for (const step of undo.reverse()) step();
    if (error instanceof Failure) throw error;
    return refuse(`${at} can't be written (${whyNot(error)})`, error);
  }
}
