// Whose networks addresses lie in: the file first, then what is kept, then the other sources in turn. Asked for in the
// background, each address once, a few at a time; waited for no longer than the caller has patience.
import { canonicalAddress, familyOf, scopeOf, unmapped } from '../../shared/ip.ts';
import { createOnce } from '../../shared/once.ts';
import type { NetworkOfAddress } from '../../shared/result.ts';
import { settledWithin } from '../../shared/settled.ts';
import type { CreateJobs } from './jobs.ts';
import { type NetworkStore, createKeptNetworks } from './kept.ts';
import type { AsnDatabase } from './mmdb.ts';
import type { NetworkAnswer, NetworkSource } from './source.ts';

export interface Patience {
  /** Null: as long as the signal allows. What is known at once is given at once, whatever the patience. */
  patienceMs: number | null;
}

export interface Networks {
  /**
   * The networks that are known in time, by address as it was given. Never rejects. What takes longer is known to a
   * later call; private, shared and other special addresses are asked about nowhere.
   */
  networksOf(
    addresses: readonly string[],
    patience: Patience,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, NetworkOfAddress>>;
  stop(): void;
}

export interface NetworksParts {
  database: Pick<AsnDatabase, 'lookUp'> | null;
  /** In the order in which they are asked. */
  sources: readonly NetworkSource[];
  /** Null: nothing outlives the agent. */
  store: NetworkStore | null;
  createJobs: CreateJobs;
}

/** Knows none and asks nobody. */
export const noNetworks: Networks = {
  networksOf: () => Promise.resolve(new Map()),
  stop: () => undefined,
};

const mostAtOnce = 4;
const mostWaiting = 200;
/** For all sources together. */
const limitMs = 2500;
/** As long as a request may take. */
const longestPatienceMs = 60_000;

const failed: NetworkAnswer = { outcome: 'failed' };

/** One source that could not tell, or was not asked, might have known. */
const weightOf = { unknown: 0, notAsked: 1, failed: 2, known: 3 } satisfies Record<
  NetworkAnswer['outcome'],
  number
>;

/** The first answer that knows a network; without one, that which leaves the most open. */
async function askInTurn(
  sources: readonly NetworkSource[],
  address: string,
  signal: AbortSignal,
): Promise<NetworkAnswer> {
  let answer: NetworkAnswer = { outcome: 'unknown' };
  for (const source of sources) {
    if (signal.aborted) return failed;
    const next = await source.lookUp(address, signal).catch(() => failed);
    if (weightOf[next.outcome] > weightOf[answer.outcome]) answer = next;
    if (answer.outcome === 'known') break;
  }
  return answer;
}

export function createNetworks({ database, sources, store, createJobs }: NetworksParts): Networks {
  const kept = createKeptNetworks(store);
  const once = createOnce();
  const jobs = createJobs(mostAtOnce);
  const stopping = new AbortController();
  void kept.sweep();

  const isStopping = (): boolean => stopping.signal.aborted;

  /** Null: nobody knows of one; undefined: it has to be asked. */
  const knownNow = (address: string): NetworkOfAddress | null | undefined => {
    if (familyOf(address) === null || scopeOf(address) !== 'public') return null;
    const inFile = database?.lookUp(address);
    if (inFile?.outcome === 'known') return inFile.network;
    return sources.length === 0 ? null : kept.now(address);
  };

  async function ask(address: string): Promise<void> {
    if (isStopping()) return;
    const limit = new AbortController();
    let answer = failed;
    const answered = askInTurn(sources, address, limit.signal).then((given) => (answer = given));
    await settledWithin(answered, limitMs, stopping.signal);
    limit.abort();
    // It is in memory at once; nobody has to wait for the disk.
    if (!isStopping()) void kept.keep(address, answer);
  }

  async function lookUp(address: string): Promise<void> {
    if ((await kept.recall(address)) !== undefined) return;
    // With so many waiting for sources that don't answer, one more would be told too late for anybody.
    if (jobs.waiting() < mostWaiting) await jobs.run(() => ask(address));
  }

  return {
    async networksOf(addresses, { patienceMs }, signal) {
      const networks = new Map<string, NetworkOfAddress>();
      const missing = new Map<string, string>();
      for (const given of addresses) {
        const address = unmapped(canonicalAddress(given) ?? given);
        const network = knownNow(address);
        if (network === undefined) missing.set(given, address);
        else if (network !== null) networks.set(given, network);
      }
      if (missing.size === 0 || signal.aborted) return networks;
      const asked = Promise.all([...missing.values()].map((address) => once(address, () => lookUp(address))));
      await settledWithin(asked, patienceMs ?? longestPatienceMs, signal);
      for (const [given, address] of missing) {
        const network = knownNow(address);
        if (network != null) networks.set(given, network);
      }
      return networks;
    },
    stop: () => stopping.abort(),
  };
}
