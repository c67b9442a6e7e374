// Durable state: values of JSON by key. What is written lies in memory until it is on the disk, so that a disk that is
// full, read-only or not to be had stops nothing: it is tried again each minute, and what was written meanwhile follows.
import { join } from 'node:path';
import { settledWithin } from '../../shared/settled.ts';
import type { Change, KeepsState, StorePart } from '../../shared/store.ts';
import type { Log } from '../log.ts';
import { type Disk, causeOf, isDamage, openDisk, tryToWrite, whyNot, writingOf } from './disk.ts';
import { createOverlay } from './overlay.ts';
import { createReading } from './reading.ts';

export interface Store extends KeepsState {
  /** Why nothing can be written to the disk; null while it can. */
  trouble(): string | null;
  /** `listener` is told when that changes, and not of how it is now. */
  onTrouble(listener: (why: string | null) => void): void;
  /** Writes what is left, where that can be done in three seconds. Never rejects. */
  close(): Promise<void>;
}

export interface StoreTuning {
  /** How long after a failure the disk is tried again. */
  retryMs: number;
  /** How much of what can't be written is kept in memory. */
  mostBytes: number;
  /** How long close() waits for the disk. */
  closeMs: number;
}

const defaults: StoreTuning = { retryMs: 60_000, mostBytes: 24 << 20, closeMs: 3000 };

const unending = new AbortController().signal;

/** Never rejects: without a place on the disk it is told what that means, and the store is in memory until there is one. */
export async function openStore(
  directory: string,
  log: Log,
  tuning: Partial<StoreTuning> = {},
): Promise<Store> {
  const { retryMs, mostBytes, closeMs } = { ...defaults, ...tuning };
  const path = join(directory, 'store');
  const overlay = createOverlay(mostBytes);
  const listeners: ((why: string | null) => void)[] = [];
  const parts = new Map<string, StorePart>();
  let disk: Disk | null = null;
  let trouble: string | null = null;
  let damaged = false;
  let closed = false;
  let syncWanted = false;
  let readable = false;
  let last = Promise.resolve();
  let next: Promise<void> | null = null;
  let retrying: Promise<void> | null = null;

  function failed(why: string, error: unknown): void {
    damaged ||= isDamage(error);
    if (trouble !== null) return;
    trouble = why;
    log.warn({}, `STATE_DIR: ${why}; what the agent learns is lost when it ends`);
    for (const listener of listeners) listener(why);
  }

  function well(): void {
    if (trouble === null) return;
    trouble = null;
    log.info({}, `STATE_DIR: ${path} is written to again`);
    for (const listener of listeners) listener(null);
  }

  /** Writes what lies over the disk, as one. Rejects where it fails; then it stays there. */
  async function writeDown(to: Disk): Promise<void> {
    const sync = syncWanted;
    const batch = overlay.all();
    syncWanted = false;
    try {
      if (batch.length > 0) await to.write(batch, sync);
      overlay.written(batch);
    } catch (error) {
      syncWanted ||= sync;
      throw error;
    }
  }

  async function writeNext(): Promise<void> {
    if (disk === null || trouble !== null) return;
    try {
      await writeDown(disk);
    } catch (error) {
      failed(`${path} can't be written to: ${causeOf(error).message}`, error);
    }
  }

  /** One batch at a time: what is written while one is under way goes into the next, all with one sync. */
  function flush(): Promise<void> {
    next ??= last = last.then(() => {
      next = null;
      return writeNext();
    });
    return next;
  }

  async function reopen(): Promise<void> {
    await last;
    if (disk !== null) {
      await tryToWrite(directory);
      await disk.close();
      disk = null;
    }
    disk = await openDisk(path, log, damaged);
    damaged = false;
    readable = true;
    syncWanted = true;
    await writeDown(disk);
    well();
    await flush();
  }

  function retry(): void {
    if (trouble === null || retrying !== null) return;
    const again = reopen().catch((error: unknown) => {
      damaged ||= isDamage(error);
      log.debug({}, `STATE_DIR: ${whyNot(error, path)}`);
    });
    retrying = again.finally(() => (retrying = null));
  }

  /** Damage that is met with is mended at once; where that was in vain, at the next try. */
  async function mend(error: unknown): Promise<void> {
    if (!isDamage(error) && retrying === null) throw error;
    const isNew = isDamage(error) && trouble === null;
    if (isDamage(error)) failed(`${path} is damaged: ${causeOf(error).message}`, error);
    if (isNew) retry();
    await retrying;
  }

  const timer = setInterval(retry, retryMs);
  timer.unref();
  try {
    disk = await openDisk(path, log);
    readable = true;
  } catch (error) {
    // On a read-only disk mkdir says ENOENT (Node's, where it makes the folders on the way too).
    const plainer: unknown = await tryToWrite(directory).then(
      () => error,
      (why: unknown) => why,
    );
    failed(whyNot(plainer, path), error);
  }

  async function write(changes: readonly Change[], { sync }: { sync: boolean }): Promise<void> {
    if (closed) throw new Error('the store is closed');
    for (const change of changes) overlay.add(writingOf(change));
    syncWanted ||= sync;
    await flush();
  }

  /** Null where there never was one. Rejects where there was one. */
  async function disksContent(): Promise<Disk | null> {
    if (disk === null && readable) await retrying;
    if (disk === null && readable) throw new Error(`${path} can't be read`);
    return disk;
  }

  const reading = createReading({ overlay, disk: disksContent, mend });

  const partOf = (part: string): StorePart => ({
    get: (key) => reading.get(part, key),
    put: (key, value) => write([{ part, key, value }], { sync: false }),
    delete: (key) => write([{ part, key, value: undefined }], { sync: false }),
    entries: (range = {}) => reading.entries(part, range),
  });

  async function shutDown(): Promise<void> {
    retry();
    await retrying;
    await flush();
    await disk?.close();
  }

  return {
    sub(name) {
      const part = parts.get(name) ?? partOf(name);
      parts.set(name, part);
      return part;
    },
    write,
    trouble: () => trouble,
    onTrouble: (listener) => void listeners.push(listener),
    async close() {
      closed = true;
      clearInterval(timer);
      await settledWithin(shutDown(), closeMs, unending);
    },
  };
}
