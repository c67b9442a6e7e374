// A part of the store: on the disk, or in memory.
import { keepLatest } from '../../shared/remember.ts';
import type { Change, KeyRange, StorePart } from '../../shared/store.ts';

/** What is used of a sublevel of LevelDB. */
interface Level {
  get(key: string): Promise<string | undefined>;
  put(key: string, value: string): Promise<void>;
  del(key: string): Promise<void>;
  iterator(range: {
    gte?: string;
    lt?: string;
    reverse?: boolean;
    limit?: number;
  }): AsyncIterable<[string, string]>;
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
export function partOf(level: Level, onFailed: (error: unknown) => void): StorePart {
  const told = (error: unknown): never => {
    onFailed(error);
    throw error;
  };
  return {
    get: async (key) => read(await level.get(key)),
    put: (key, value) => level.put(key, JSON.stringify(value)).catch(told),
    delete: (key) => level.del(key).catch(told),
    async *entries({ from, before, newestFirst = false, most = -1 }: KeyRange = {}) {
      const range = {
        ...(from === undefined ? {} : { gte: from }),
        ...(before === undefined ? {} : { lt: before }),
        reverse: newestFirst,
        limit: most,
      };
      for await (const [key, text] of level.iterator(range)) yield [key, read(text)];
    },
  };
}

const mostInMemory = 5000;

const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

function memory(): StorePart {
  const content = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(read(content.get(key))),
    put: (key, value) => Promise.resolve(keepLatest(content, key, JSON.stringify(value), mostInMemory)),
    delete: (key) => Promise.resolve(void content.delete(key)),
    async *entries({ from = '', before, newestFirst = false, most = Infinity }: KeyRange = {}) {
      await Promise.resolve();
      const sorted = [...content].filter(([key]) => key >= from && (before === undefined || key < before));
      sorted.sort(byKey);
      if (newestFirst) sorted.reverse();
      for (const [key, text] of sorted.slice(0, most)) yield [key, read(text)];
    },
  };
}

export interface MemoryParts {
  sub(name: string): StorePart;
  write(changes: readonly Change[]): Promise<void>;
}

/** Parts in memory, each by its name; they forget the oldest entries beyond five thousand. */
export function memoryParts(): MemoryParts {
  const parts = new Map<string, StorePart>();
  const sub = (name: string): StorePart => {
    const part = parts.get(name) ?? memory();
    parts.set(name, part);
    return part;
  };
  return {
    sub,
    async write(changes) {
      for (const { part, key, value } of changes) {
        await (value === undefined ? sub(part).delete(key) : sub(part).put(key, value));
      }
    },
  };
}
