// What the agent's parts may keep on disk, as they see it: values of JSON by key, in parts that bear names.

/** One thing written; `value` undefined deletes. */
export interface Change {
  part: string;
  key: string;
  value: unknown;
}

/** Keys as they sort, byte by byte: from `from` on, up to and without `before`. */
export interface KeyRange {
  from?: string;
  before?: string;
  newestFirst?: boolean;
  most?: number;
}

/** What is asked for lay where the disk is damaged, and is lost. */
export class Damaged extends Error {}

export interface StorePart {
  /** Undefined where there is nothing, or what is no JSON. Rejects where the disk can't be read (`Damaged`: for good). */
  get(key: string): Promise<unknown>;
  /** Where the disk takes nothing it is kept in memory, and written later. Rejects once the store is closed. */
  put(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /** In the order of the keys. Rejects where the disk can't be read. */
  entries(range?: KeyRange): AsyncIterable<[key: string, value: unknown]>;
}

export interface KeepsState {
  /** The part of the store that bears this name; the same part each time. */
  sub(name: string): StorePart;
  /**
   * All of it or nothing. With `sync` it survives a power cut once this resolves (fsync), without only the process's
   * end. Where the disk takes nothing it is kept in memory, and written later. Rejects once the store is closed.
   */
  write(changes: readonly Change[], options: { sync: boolean }): Promise<void>;
}
