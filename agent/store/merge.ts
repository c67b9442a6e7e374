// Two rows of entries as one: what lies over the disk, and what is on it.
import type { KeyRange } from '../../shared/store.ts';
import type { Disk, Writing } from './disk.ts';

type Entry = [key: string, text: string];

/** The entries in order; those of `over` in the place of the disk's of the same key, and without those it deletes. */
export async function* merged(
  over: readonly Writing[],
  disk: Disk | null,
  part: string,
  { most = Infinity, ...range }: KeyRange,
): AsyncGenerator<Entry> {
  const comesFirst = (a: string, b: string): boolean => (range.newestFirst === true ? a > b : a < b);
  // Each of `over` can stand for one of the disk's at most.
  const limit = most === Infinity ? {} : { most: most + over.length };
  let at = 0;
  let given = 0;
  function* overUpTo(key: string | null): Generator<Entry> {
    for (let next = over[at]; next !== undefined && given < most; next = over[at]) {
      if (key !== null && comesFirst(key, next.key)) return;
      at += 1;
      if (next.text === null) continue;
      given += 1;
      yield [next.key, next.text];
    }
  }
  const keys = new Set(over.map(({ key }) => key));
  for await (const [key, text] of disk?.entries(part, { ...range, ...limit }) ?? []) {
    yield* overUpTo(key);
    if (given >= most) return;
    if (keys.has(key)) continue;
    given += 1;
    yield [key, text];
  }
  yield* overUpTo(null);
}
