// How many points there are of each monitor, kept beside them so that nobody has to count them at a start. Pure.
import * as z from 'zod';
import type { Change, KeepsState } from '../../shared/store.ts';

const part = 'history-counts';
const Count = z.int().min(0);

export interface Counts {
  of(monitor: string): number;
  all(): [monitor: string, count: number][];
  total(): number;
  /** The change that keeps it. */
  set(monitor: string, count: number): Change;
}

/** Rejects where the disk can't be read. */
export async function loadCounts(store: KeepsState): Promise<Counts> {
  const counts = new Map<string, number>();
  for await (const [monitor, value] of store.sub(part).entries()) {
    const read = Count.safeParse(value);
    if (read.success) counts.set(monitor, read.data);
  }
  return {
    of: (monitor) => counts.get(monitor) ?? 0,
    all: () => [...counts],
    total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
    set(monitor, count) {
      if (count > 0) counts.set(monitor, count);
      else counts.delete(monitor);
      return { part, key: monitor, value: count > 0 ? count : undefined };
    },
  };
}
