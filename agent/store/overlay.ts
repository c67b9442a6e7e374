// What was written and is not on the disk yet: for a moment, or for as long as the disk takes nothing. It lies over what
// is on the disk; of more than it may hold it forgets the oldest of the part that has the most.
import type { KeyRange } from '../../shared/store.ts';
import type { Writing } from './disk.ts';

export interface Overlay {
  add(writing: Writing): void;
  /** What stands there by this key; undefined where the disk is to be asked. */
  get(part: string, key: string): Writing | undefined;
  /** In the order of the keys, or the other way round. */
  within(part: string, range: KeyRange): Writing[];
  all(): Writing[];
  /** These are on the disk; what was written over them since stays. */
  written(writings: readonly Writing[]): void;
  bytes(): number;
}

/** Room for a map's entry and for the strings' own. */
const entryBytes = 100;
const bytesOf = ({ key, text }: Writing): number => entryBytes + key.length + (text?.length ?? 0);

const byKey = (a: Writing, b: Writing): number => (a.key < b.key ? -1 : 1);

export function createOverlay(mostBytes: number): Overlay {
  const parts = new Map<string, Map<string, Writing>>();
  let bytes = 0;

  function remove(writing: Writing): void {
    const part = parts.get(writing.part);
    if (part?.get(writing.key) !== writing) return;
    part.delete(writing.key);
    if (part.size === 0) parts.delete(writing.part);
    bytes -= bytesOf(writing);
  }

  function trim(): void {
    while (bytes > mostBytes) {
      const [largest] = [...parts.values()].sort((a, b) => b.size - a.size);
      const oldest = largest?.values().next();
      if (oldest === undefined || oldest.done === true) return;
      remove(oldest.value);
    }
  }

  return {
    add(writing) {
      const standing = parts.get(writing.part)?.get(writing.key);
      if (standing !== undefined) remove(standing);
      const part = parts.get(writing.part) ?? new Map<string, Writing>();
      parts.set(writing.part, part);
      part.set(writing.key, writing);
      bytes += bytesOf(writing);
      trim();
    },
    get: (part, key) => parts.get(part)?.get(key),
    within(part, { from = '', before, newestFirst = false }) {
      const content = [...(parts.get(part)?.values() ?? [])];
      const found = content.filter(({ key }) => key >= from && (before === undefined || key < before));
      found.sort(byKey);
      return newestFirst ? found.reverse() : found;
    },
    all: () => [...parts.values()].flatMap((part) => [...part.values()]),
    written: (writings) => writings.forEach(remove),
    bytes: () => bytes,
  };
}
