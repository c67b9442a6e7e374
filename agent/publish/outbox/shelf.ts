// Where the outbox's messages lie: in the store, and until they are there in memory. An event is written at once;
// measurements rest in memory, since most are sent or dropped before the card need know of them.
import * as z from 'zod';
import type { Change, KeepsState } from '../../../shared/store.ts';
import type { Kind } from './line.ts';

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

/** What a message takes beside its text: its moment, its key, its place in memory. */
const overheadBytes = 200;

export const bytesOf = ({ topic, payload }: Letter): number =>
  overheadBytes + topic.length + Buffer.byteLength(payload);

export interface Shelf {
  put(seq: number, letter: Letter): void;
  drop(seq: number, kind: Kind): void;
  keepLosses(losses: Losses | null): void;
  /** Undefined where it is no more, or can't be understood. Rejects where the disk can't be read. */
  get(seq: number): Promise<Letter | undefined>;
  /** Rejects where the disk can't be read. */
  all(): AsyncIterable<[seq: number, letter: Letter | undefined]>;
  losses(): Promise<Losses | null>;
  /** Writes events, with a sync, and `alongside`. Never rejects: what the store does not take is tried again. */
  flush(alongside: readonly Change[]): Promise<void>;
  /** Writes all there is; nothing is written after it. Never rejects. */
  close(): Promise<void>;
}

export interface ShelfTuning {
  /** How long it may take until an event that was delivered is gone from the disk. */
  batchMs: number;
  /** How often measurements are written, and how much of them at a time: the youngest, which stay longest. */
  restMs: number;
  restBytes: number;
}

const part = 'outbox';
const lossesPart = 'outbox-losses';
const lossesKey = 'all';
/** So that keys sort as numbers do. */
const keyOf = (seq: number): string => String(seq).padStart(16, '0');
const nameOf = ({ part: of, key }: Pick<Change, 'part' | 'key'>): string => `${of}/${key}`;

export function createShelf(store: KeepsState, { batchMs, restMs, restBytes }: ShelfTuning): Shelf {
  const unwritten = new Map<string, Change>();
  const resting = new Map<string, { change: Change; bytes: number }>();
  const underWay = new Set<Change>();
  let soon: NodeJS.Timeout | undefined;
  let rest: NodeJS.Timeout | undefined;

  const writeSoon = (): void =>
    void (soon ??= setTimeout(() => void write(urgent(), false), batchMs).unref());
  const writeAtRest = (): void => void (rest ??= setTimeout(() => void writeRest(), restMs).unref());

  function later(change: Change, kind: Kind): void {
    unwritten.set(nameOf(change), change);
    if (kind === 'event') writeSoon();
    else writeAtRest();
  }

  const isIdle = (change: Change): boolean => !underWay.has(change);
  const urgent = (): Change[] => [...unwritten.values()].filter(isIdle);

  function youngest(bytes: number): Change[] {
    let left = bytes;
    const idle = [...resting.values()].reverse().filter(({ change }) => isIdle(change));
    return idle.filter((one) => (left -= one.bytes) >= 0).map(({ change }) => change);
  }

  async function write(changes: Change[], sync: boolean, alongside: readonly Change[] = []): Promise<void> {
    clearTimeout(soon);
    soon = undefined;
    if (changes.length === 0 && alongside.length === 0) return;
    for (const change of changes) underWay.add(change);
    try {
      await store.write([...changes, ...alongside], { sync });
      for (const change of changes) {
        const name = nameOf(change);
        if (unwritten.get(name) === change) unwritten.delete(name);
        if (resting.get(name)?.change === change) resting.delete(name);
      }
    } catch {
      // The store has said why; what it did not take stays here.
    }
    for (const change of changes) underWay.delete(change);
  }

  async function writeRest(): Promise<void> {
    rest = undefined;
    await write([...urgent(), ...youngest(restBytes)], false);
    if (resting.size > 0) writeAtRest();
  }

  const read = (value: unknown): Letter | undefined => Letter.safeParse(value).data;

  return {
    put(seq, letter) {
      const change = { part, key: keyOf(seq), value: letter };
      if (letter.kind === 'event') return later(change, 'event');
      resting.set(nameOf(change), { change, bytes: bytesOf(letter) });
      writeAtRest();
    },
    drop(seq, kind) {
      const change = { part, key: keyOf(seq), value: undefined };
      const waiting = resting.get(nameOf(change));
      resting.delete(nameOf(change));
      if (waiting === undefined || !isIdle(waiting.change)) later(change, kind);
    },
    keepLosses: (losses) =>
      later({ part: lossesPart, key: lossesKey, value: losses ?? undefined }, 'measurement'),
    async get(seq) {
      const key = keyOf(seq);
      const name = nameOf({ part, key });
      const waiting = unwritten.get(name) ?? resting.get(name)?.change;
      return read(waiting === undefined ? await store.sub(part).get(key) : waiting.value);
    },
    async *all() {
      for await (const [key, value] of store.sub(part).entries()) {
        const name = nameOf({ part, key });
        const seq = Number(key);
        // What a disk that was mended may hold.
        if (!Number.isSafeInteger(seq)) continue;
        if (!unwritten.has(name) && !resting.has(name)) yield [seq, read(value)];
      }
    },
    async losses() {
      const kept = await store.sub(lossesPart).get(lossesKey);
      return Losses.safeParse(kept).data ?? null;
    },
    flush: (alongside) => write(urgent(), true, alongside),
    async close() {
      clearTimeout(rest);
      await write([...urgent(), ...youngest(Infinity)], false);
    },
  };
}
