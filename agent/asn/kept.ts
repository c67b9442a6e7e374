// What sources said of addresses: in memory, bounded, over a store that outlives the agent. Neither is ever trusted to
// be right about the time: a machine without a battery for its clock starts in the past.
import * as z from 'zod';
import { keepLatest } from '../../shared/remember.ts';
import { NetworkOfAddress } from '../../shared/result.ts';
import type { NetworkAnswer } from './source.ts';

/** Values of JSON by key; every promise may reject, and then nothing is kept. */
export interface NetworkStore {
  get(key: string): Promise<unknown>;
  put(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  entries(): AsyncIterable<[key: string, value: unknown]>;
}

/** Null: nobody knows of one. */
export type KeptNetwork = NetworkOfAddress | null;

export interface KeptNetworks {
  /** What is in memory; undefined where nothing is, or what is has become too old. */
  now(address: string): KeptNetwork | undefined;
  /** Looks on the disk too, and takes what is there into memory. Never rejects. */
  recall(address: string): Promise<KeptNetwork | undefined>;
  /** Never rejects; what goes to the disk is there when it resolves. */
  keep(address: string, answer: NetworkAnswer): Promise<void>;
  /** Rids the disk of what is too old, and of what is too much. Never rejects. */
  sweep(): Promise<void>;
}

const dayMs = 86_400_000;
const knownMs = 7 * dayMs;
const unknownMs = dayMs;
const failedMs = 60_000;
const mostInMemory = 5000;
const mostOnDisk = 100_000;
/** New entries between one sweep and the next. */
const sweepEvery = 5000;

/** Keeps nothing. */
const noStore: NetworkStore = {
  get: () => Promise.resolve(undefined),
  put: () => Promise.resolve(),
  delete: () => Promise.resolve(),
  async *entries() {
    yield* await Promise.resolve([]);
  },
};

const Entry = z.object({ network: NetworkOfAddress.nullable(), atMs: z.number() });
type Entry = z.output<typeof Entry>;

/** How much longer an entry is good for. One from the future by more than its time is of a clock that was wrong. */
function leftMs({ network, atMs }: Entry, nowMs: number): number {
  const lifetimeMs = network === null ? unknownMs : knownMs;
  const ageMs = nowMs - atMs;
  return ageMs < -lifetimeMs ? 0 : Math.min(lifetimeMs - ageMs, lifetimeMs);
}

/** `nowMs` is the wall clock: what is on the disk must know how old it is after a restart. */
export function createKeptNetworks(given: NetworkStore | null, nowMs: () => number = Date.now): KeptNetworks {
  const memory = new Map<string, { network: KeptNetwork; untilMs: number }>();
  const store = given ?? noStore;
  let putSinceSweep = 0;

  const remember = (address: string, network: KeptNetwork, forMs: number): void =>
    keepLatest(memory, address, { network, untilMs: performance.now() + forMs }, mostInMemory);

  const now = (address: string): KeptNetwork | undefined => {
    const kept = memory.get(address);
    return kept === undefined || kept.untilMs <= performance.now() ? undefined : kept.network;
  };

  const goodMs = (value: unknown): { entry: Entry; forMs: number } | null => {
    const read = Entry.safeParse(value);
    const forMs = read.success ? leftMs(read.data, nowMs()) : 0;
    return read.success && forMs > 0 ? { entry: read.data, forMs } : null;
  };

  async function sweep(): Promise<void> {
    putSinceSweep = 0;
    const good: { address: string; atMs: number }[] = [];
    for await (const [address, value] of store.entries()) {
      const found = goodMs(value);
      if (found === null) await store.delete(address);
      else good.push({ address, atMs: found.entry.atMs });
    }
    if (good.length <= mostOnDisk) return;
    const newestFirst = good.sort((a, b) => b.atMs - a.atMs);
    for (const { address } of newestFirst.slice(mostOnDisk)) await store.delete(address);
  }

  const swept = (): Promise<void> => sweep().catch(() => undefined);

  return {
    now,
    async recall(address) {
      const found = goodMs(await store.get(address).catch(() => undefined));
      if (found === null) return undefined;
      remember(address, found.entry.network, found.forMs);
      return found.entry.network;
    },
    async keep(address, answer) {
      if (answer.outcome === 'notAsked') return;
      if (answer.outcome === 'failed') return remember(address, null, failedMs);
      const network = answer.outcome === 'known' ? answer.network : null;
      remember(address, network, network === null ? unknownMs : knownMs);
      await store.put(address, { network, atMs: nowMs() } satisfies Entry).catch(() => undefined);
      putSinceSweep += 1;
      if (putSinceSweep >= sweepEvery) await swept();
    },
    sweep: swept,
  };
}
