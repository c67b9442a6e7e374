// Where the outbox's messages lie: in the store, and until they are there in memory. Measurements are written many at a
// time, an event at once.
import * as z from 'zod';
import type { Change, KeepsState } from '../../../shared/store.ts';

const Letter = z.object({
  kind: z.enum(['event', 'measurement']),
  topic: z.string(),
  payload: z.string(),
  keptAt: z.object({ epochMs: z.number(), upMs: z.number(), boot: z.string() }),
  /** How long it is worth sending; null: for ever. */
  expirySeconds: z.number().nullable(),
});
/** A message as it is kept. */
export type Letter = z.output<typeof Letter>;

export const Losses = z.object({ measurements: z.number(), events: z.number(), sinceMs: z.number() });
export type Losses = z.output<typeof Losses>;

export interface Shelf {
  put(seq: number, letter: Letter): void;
  drop(seq: number): void;
  keepLosses(losses: Losses | null): void;
  /** Undefined where it is no more, or can't be understood. Rejects where the disk can't be read. */
  get(seq: number): Promise<Letter | undefined>;
  /** Rejects where the disk can't be read. */
  all(): AsyncIterable<[seq: number, letter: Letter | undefined]>;
  losses(): Promise<Losses | null>;
  /** Writes what is not written yet, and `alongside`. Never rejects: what the store does not take is tried again. */
  flush(options?: { sync: boolean; alongside: readonly Change[] }): Promise<void>;
  stop(): void;
}

export interface ShelfTuning {
  /** How long a message waits at most for others, to be written with them, and for how many. */
  batchMs: number;
  batchMost: number;
}

const part = 'outbox';
const lossesPart = 'outbox-losses';
const lossesKey = 'all';
/** So that keys sort as numbers do. */
const keyOf = (seq: number): string => String(seq).padStart(16, '0');

export function createShelf(store: KeepsState, { batchMs, batchMost }: ShelfTuning): Shelf {
  const unwritten = new Map<string, Change>();
  const underWay = new Set<Change>();
  let timer: NodeJS.Timeout | undefined;

  // Never at once: an event's own write, with its sync, is to find it here.
  function later(change: Change): void {
    unwritten.set(`${change.part}/${change.key}`, change);
    if (unwritten.size === batchMost) clearTimeout(timer);
    else if (timer !== undefined) return;
    timer = setTimeout(() => void flush(), unwritten.size < batchMost ? batchMs : 0);
  }

  async function flush({ sync, alongside } = { sync: false, alongside: new Array<Change>() }): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = [...unwritten].filter(([, change]) => !underWay.has(change));
    if (batch.length === 0 && alongside.length === 0) return;
    const changes = batch.map(([, change]) => change);
    for (const change of changes) underWay.add(change);
    try {
      await store.write([...changes, ...alongside], { sync });
      for (const [name, change] of batch) if (unwritten.get(name) === change) unwritten.delete(name);
    } catch {
      // The store has said why; what it did not take stays here.
    }
    for (const change of changes) underWay.delete(change);
  }

  const read = (value: unknown): Letter | undefined => Letter.safeParse(value).data;

  return {
    put: (seq, letter) => later({ part, key: keyOf(seq), value: letter }),
    drop: (seq) => later({ part, key: keyOf(seq), value: undefined }),
    keepLosses: (losses) => later({ part: lossesPart, key: lossesKey, value: losses ?? undefined }),
    async get(seq) {
      const key = keyOf(seq);
      const waiting = unwritten.get(`${part}/${key}`);
      return read(waiting === undefined ? await store.sub(part).get(key) : waiting.value);
    },
    async *all() {
      for await (const [key, value] of store.sub(part).entries()) {
        if (!unwritten.has(`${part}/${key}`)) yield [Number(key), read(value)];
      }
    },
    async losses() {
      const kept = await store.sub(lossesPart).get(lossesKey);
      return Losses.safeParse(kept).data ?? null;
    },
    flush,
    stop: () => clearTimeout(timer),
  };
}
