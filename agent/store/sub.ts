// A part of the store: on the disk, or in memory.
import { keepLatest } from '../../shared/remember.ts';

export interface SubStore {
  /** Undefined where there is nothing, or what can't be read. Rejects where the disk fails. */
  get(key: string): Promise<unknown>;
  /** Rejects where the disk fails. */
  put(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /** In the order of the keys; not in order where it is in memory. */
  entries(): AsyncIterable<[key: string, value: unknown]>;
}

/** What is used of a sublevel of LevelDB. */
interface Level {
  get(key: string): Promise<string | undefined>;
  put(key: string, value: string): Promise<void>;
  del(key: string): Promise<void>;
  iterator(): AsyncIterable<[string, string]>;
}

function read(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `onFailed` is told why something could not be written. */
export function subOf(level: Level, onFailed: (error: unknown) => void): SubStore {
  const told = (error: unknown): never => {
    onFailed(error);
    throw error;
  };
  return {
    get: async (key) => read(await level.get(key)),
    put: (key, value) => level.put(key, JSON.stringify(value)).catch(told),
    delete: (key) => level.del(key).catch(told),
    async *entries() {
      for await (const [key, text] of level.iterator()) yield [key, read(text)];
    },
  };
}

const mostInMemory = 5000;

function memory(): SubStore {
  const content = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(read(content.get(key))),
    put: (key, value) => Promise.resolve(keepLatest(content, key, JSON.stringify(value), mostInMemory)),
    delete: (key) => Promise.resolve(void content.delete(key)),
    async *entries() {
      await Promise.resolve();
      for (const [key, text] of content) yield [key, read(text)];
    },
  };
}

/** Parts in memory, each by its name; they forget the oldest entries beyond five thousand. */
export function memoryOfMany(): (name: string) => SubStore {
  const parts = new Map<string, SubStore>();
  return (name) => {
    const part = parts.get(name) ?? memory();
    parts.set(name, part);
    return part;
  };
}
