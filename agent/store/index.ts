// Durable state: values of JSON by key, in LevelDB. The one caller of classic-level. Where there is no disk to be had, a
// memory stands in for it: an agent that forgets is better than none.
import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import type { Change, KeepsState } from '../../shared/store.ts';
import type { Log } from '../log.ts';
import { memoryParts, partOf } from './sub.ts';

export interface Store extends KeepsState {
  /** Never rejects. */
  close(): Promise<void>;
}

/** LevelDB's own would be 8 and twice 4 MB, where an entry here has 300 bytes. */
const options = { cacheSize: 256 << 10, writeBufferSize: 256 << 10, maxOpenFiles: 32 };

type Database = ClassicLevel;

/** What stopped it from being opened lies in the cause. */
function causeOf(error: unknown): { code: string; message: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return { code, message: cause instanceof Error ? cause.message : String(cause) };
}

async function opened(path: string): Promise<Database> {
  const database: Database = new ClassicLevel(path, options);
  await database.open();
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

/** Mends a damaged database, or begins anew beside it. Rejects where it can't be opened for another reason. */
async function openedOrMended(path: string, log: Log): Promise<Database> {
  try {
    return await opened(path);
  } catch (error) {
    if (causeOf(error).code !== 'LEVEL_CORRUPTION') throw error;
  }
  try {
    await ClassicLevel.repair(path);
    const mended = await opened(path);
    log.warn({}, `STATE_DIR: what the agent keeps in ${path} was damaged and is mended; some may be lost`);
    return mended;
  } catch {
    const aside = await moveAside(path);
    log.warn({}, `STATE_DIR: what the agent keeps was damaged; it begins anew, and the old is in ${aside}`);
    return opened(path);
  }
}

function whyNot(error: unknown, path: string): string {
  const { code, message } = causeOf(error);
  return code === 'LEVEL_LOCKED' ? `another agent uses ${path}` : `${path} can't be used: ${message}`;
}

/** Never rejects: without a place on the disk it is told what that means, and the store is in memory. */
export async function openStore(directory: string, log: Log): Promise<Store> {
  const path = join(directory, 'store');
  let database: Database;
  try {
    database = await openedOrMended(path, log);
  } catch (error) {
    log.warn({}, `STATE_DIR: ${whyNot(error, path)}; what the agent learns is lost when it ends`);
    return { ...memoryParts(), close: () => Promise.resolve() };
  }
  let complained = false;
  const onFailed = (error: unknown): void => {
    if (complained) return;
    complained = true;
    log.warn({}, `STATE_DIR: ${path} can't be written to: ${causeOf(error).message}`);
  };
  const levels = new Map<string, ReturnType<typeof levelOf>>();
  const levelOf = (name: string) => database.sublevel(name, {});
  const level = (name: string) => {
    const found = levels.get(name) ?? levelOf(name);
    levels.set(name, found);
    return found;
  };
  const operation = ({ part, key, value }: Change) =>
    value === undefined
      ? { type: 'del' as const, sublevel: level(part), key }
      : { type: 'put' as const, sublevel: level(part), key, value: JSON.stringify(value) };
  return {
    sub: (name) => partOf(level(name), onFailed),
    async write(changes, { sync }) {
      try {
        await database.batch(changes.map(operation), { sync });
      } catch (error) {
        onFailed(error);
        throw error;
      }
    },
    close: () => database.close().catch(() => undefined),
  };
}
