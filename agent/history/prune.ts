// What is too old or too much goes. A clock that is wrong for a while must not cost what was measured before.
import type { Change, KeepsState, KeyRange } from '../../shared/store.ts';
import type { Counts } from './counts.ts';
import { keyOf, wholeRange } from './keys.ts';

export interface PruneLimits {
  mostAgeMs: number;
  mostPerMonitor: number;
  mostInAll: number;
}

export const part = 'history';
const dayMs = 86_400_000;
const sliceLength = 1000;
/** So much over a bound is let be: to hold it exactly, all would have to be counted at each point. */
const slack = 1.05;

async function keysWithin(store: KeepsState, range: KeyRange): Promise<string[]> {
  const keys: string[] = [];
  for await (const [key] of store.sub(part).entries(range)) keys.push(key);
  return keys;
}

async function remove(store: KeepsState, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += sliceLength) {
    const slice = keys.slice(at, at + sliceLength);
    await store.write(
      slice.map((key): Change => ({ part, key, value: undefined })),
      { sync: false },
    );
  }
}

const save = (store: KeepsState, change: Change): Promise<void> => store.write([change], { sync: false });

/** Leaves the newest `most`; before any other goes what lies in the future: it was measured under a wrong clock. */
async function trim(
  store: KeepsState,
  counts: Counts,
  monitor: string,
  most: number,
  epochMs: number,
): Promise<void> {
  const keys = await keysWithin(store, wholeRange(monitor));
  const excess = Math.max(0, keys.length - most);
  const tomorrow = keyOf(monitor, epochMs + dayMs);
  const future = excess === 0 ? [] : keys.filter((key) => key > tomorrow).slice(-excess);
  const gone = [...future, ...keys.slice(0, excess - future.length)];
  await remove(store, gone);
  await save(store, counts.set(monitor, keys.length - gone.length));
}

/** How many points each monitor may have, so that all together have no more than `most`: the largest give. */
export function fairShare(counts: readonly number[], most: number): number {
  let left = most;
  const rising = [...counts].sort((a, b) => a - b);
  for (const [index, count] of rising.entries()) {
    const share = Math.floor(left / (rising.length - index));
    if (count > share) return share;
    left -= count;
  }
  return Infinity;
}

/** Takes what is more than the bounds allow. Rejects where the disk can't be read. */
export async function pruneByCount(
  store: KeepsState,
  counts: Counts,
  { mostPerMonitor, mostInAll }: PruneLimits,
  epochMs: number,
): Promise<void> {
  const capped = counts.all().map(([, count]) => Math.min(count, mostPerMonitor));
  const isMuch = counts.total() > mostInAll * slack;
  const share = isMuch ? fairShare(capped, mostInAll) : Infinity;
  for (const [monitor, count] of counts.all()) {
    const tooMany = count > mostPerMonitor * slack || count > share;
    if (tooMany) await trim(store, counts, monitor, Math.min(mostPerMonitor, share), epochMs);
  }
}

/** Takes what is older than it may be. Rejects where the disk can't be read. */
export async function pruneByAge(
  store: KeepsState,
  counts: Counts,
  { mostAgeMs }: PruneLimits,
  epochMs: number,
): Promise<void> {
  for (const [monitor, count] of counts.all()) {
    const keys = await keysWithin(store, {
      ...wholeRange(monitor),
      before: keyOf(monitor, epochMs - mostAgeMs),
    });
    if (keys.length === 0) continue;
    await remove(store, keys);
    await save(store, counts.set(monitor, Math.max(0, count - keys.length)));
  }
}
