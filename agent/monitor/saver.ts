// What monitors know, kept on disk: with each event at once (whoever takes the event does that), the rest at most once a
// minute and all together, for the sake of the card it lies on.
import type { Change, KeepsState } from '../../shared/store.ts';
import { keptPart } from './runner.ts';

const everyMs = 60_000;

export interface Saver {
  /** Something of this monitor is another. */
  touch(monitor: string): void;
  /** Keeps this one now. Never rejects: the store tells of a disk that fails. */
  saveNow(changes: readonly Change[]): Promise<void>;
  /** Keeps all that waits. */
  stop(): Promise<void>;
}

/** `changeOf` is null where a monitor is to be kept later: its events have not been taken yet. */
export function createSaver(
  store: Pick<KeepsState, 'write'>,
  changeOf: (monitor: string) => Change | null,
): Saver {
  const touched = new Set<string>();
  let timer: NodeJS.Timeout | null = null;

  const saveNow = async (changes: readonly Change[]): Promise<void> => {
    for (const { key } of changes) touched.delete(key);
    if (changes.length > 0) await store.write(changes, { sync: false }).catch(() => undefined);
  };
  const saveTouched = (): Promise<void> => {
    timer = null;
    const changes: Change[] = [];
    for (const monitor of touched) {
      const change = changeOf(monitor);
      if (change !== null) changes.push(change);
    }
    const saved = saveNow(changes);
    if (touched.size > 0) wait();
    return saved;
  };
  const wait = (): void => {
    timer ??= setTimeout(() => void saveTouched(), everyMs);
  };
  return {
    touch(monitor) {
      touched.add(monitor);
      wait();
    },
    saveNow,
    async stop() {
      if (timer !== null) clearTimeout(timer);
      await saveTouched();
      if (timer !== null) clearTimeout(timer);
    },
  };
}

export const keeping = (monitor: string, value: unknown): Change => ({ part: keptPart, key: monitor, value });
