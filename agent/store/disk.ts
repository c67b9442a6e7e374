// The state on the disk: texts by part and key in LevelDB. The one caller of classic-level.
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { closeOnExec } from '@pathproof/packet-native';
import { ClassicLevel } from 'classic-level';
import type { Change, KeyRange } from '../../shared/store.ts';
import { codeOf, messageOf } from '../../shared/thrown.ts';
import type { Log } from '../log.ts';

/** One thing to be written; null deletes. */
export interface Writing {
  part: string;
  key: string;
  text: string | null;
}

export const writingOf = ({ part, key, value }: Change): Writing => ({
  part,
  key,
  text: value === undefined ? null : JSON.stringify(value),
});

/** After a write that failed LevelDB refuses all others; what was written before can still be read. */
export interface Disk {
  get(part: string, key: string): Promise<string | undefined>;
  entries(part: string, range: KeyRange): AsyncIterable<[key: string, text: string]>;
  /** All of it or nothing; with `sync` it survives a power cut. */
  write(writings: readonly Writing[], sync: boolean): Promise<void>;
  close(): Promise<void>;
}

/** LevelDB's own would be 8 and twice 4 MB, where an entry here has 300 bytes. */
const options = { cacheSize: 256 << 10, writeBufferSize: 256 << 10, maxOpenFiles: 32 };
/** What opening may have to write: a table out of the log of writes, and the list of tables. */
const roomBytes = 512 << 10;

const roomIn = (directory: string): string => join(directory, 'room');

type Database = ClassicLevel;

/** What stopped it lies in the cause. */
export function causeOf(error: unknown): { code: string; message: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = codeOf(cause);
  return { code, message: messageOf(cause) };
}

export const isDamage = (error: unknown): boolean => causeOf(error).code === 'LEVEL_CORRUPTION';

export function whyNot(error: unknown, path: string): string {
  const { code, message } = causeOf(error);
  return code === 'LEVEL_LOCKED' ? `another agent uses ${path}` : `${path} can't be used: ${message}`;
}

async function opened(path: string): Promise<Database> {
  const database: Database = new ClassicLevel(path, options);
  await database.open();
  // LevelDB leaves its files open to the programs that the agent starts.
  closeOnExec();
  return database;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function moveAside(path: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const aside = `${path}-broken-${number}`;
    if (await exists(aside)) continue;
    await rename(path, aside);
    return aside;
  }
}

async function mended(path: string, log: Log): Promise<Database> {
  try {
    await ClassicLevel.repair(path);
    const database = await opened(path);
    log.warn({}, `STATE_DIR: what the agent keeps in ${path} was damaged and is mended; some may be lost`);
    return database;
  } catch {
    const aside = await moveAside(path);
    log.warn({}, `STATE_DIR: what the agent keeps was damaged; it begins anew, and the old is in ${aside}`);
    return opened(path);
  }
}

function diskOf(database: Database): Disk {
  const levels = new Map<string, ReturnType<typeof levelOf>>();
  const levelOf = (part: string) => database.sublevel(part, {});
  const level = (part: string) => {
    const found = levels.get(part) ?? levelOf(part);
    levels.set(part, found);
    return found;
  };
  const operation = ({ part, key, text }: Writing) =>
    text === null
      ? { type: 'del' as const, sublevel: level(part), key }
      : { type: 'put' as const, sublevel: level(part), key, value: text };
  return {
    get: (part, key) => level(part).get(key),
    entries: (part, { from, before, newestFirst = false, most = -1 }) =>
      level(part).iterator({
        ...(from === undefined ? {} : { gte: from }),
        ...(before === undefined ? {} : { lt: before }),
        reverse: newestFirst,
        limit: most,
      }),
    write: (writings, sync) => database.batch(writings.map(operation), { sync }),
    close: () => database.close(),
  };
}

/** Opens it, mends a damaged one (where `damaged`, at once), or begins anew beside it. Rejects where it can't be opened. */
export async function openDisk(path: string, log: Log, damaged = false): Promise<Disk> {
  // What a process that was killed left there; on a full disk it would keep the rest from being opened.
  await rm(roomIn(dirname(path)), { force: true }).catch(() => undefined);
  if (damaged) return diskOf(await mended(path, log));
  try {
    return diskOf(await opened(path));
  } catch (error) {
    if (!isDamage(error)) throw error;
  }
  return diskOf(await mended(path, log));
}

/** Rejects where the disk is full, read-only or broken: then what is open had better stay open, for it can be read. */
export async function tryToWrite(directory: string): Promise<void> {
  const path = roomIn(directory);
  const file = await open(path, 'w');
  try {
    await file.writeFile(Buffer.alloc(roomBytes));
    await file.sync();
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}
