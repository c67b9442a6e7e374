// Names to addresses: through the uplink that a probe must leave by, or else by the system's own resolver. What was found
// is kept for as long as it counts, and the last good answer in reserve.
import { Failure } from '../../shared/failure.ts';
import { noTraffic } from '../../shared/measurement.ts';
import { type Family, familyOf } from '../../shared/ip.ts';
import { keepLatest } from '../../shared/remember.ts';
import type { Traffic } from '../../shared/result.ts';
import type { Exit } from '../../shared/way.ts';
import { type Found, createKeptNames } from './resolve/kept.ts';
import { addTraffic } from './traffic.ts';

export type { Found } from './resolve/kept.ts';

const patienceMs = 5000;
/** With an answer in reserve: a dead line must leave the request enough time for its packets to show it. */
const patienceWithReserveMs = 1000;
/** So much earlier a look-up ends by itself, and can say why. */
const marginMs = 50;
const mostOwed = 1000;

/** Who resolves: how long it can wait, and what it is told beside the addresses. */
export interface Asker {
  /** With an answer in reserve, no longer than this. */
  patienceWithReserveMs: number;
  /** The addresses are the last good ones: resolving failed, or is not done yet. */
  fromMemory(): void;
  /** What it put on the uplink, as it is spent. */
  spent(traffic: Traffic): void;
  /** The addresses are kept for longer than they count: `doubt` is to be called where nobody answers by them. */
  kept(doubt: () => void): void;
}

/** Rejects with Failure: nameUnresolved, resolverTimeout, noNameServer, badRequest; of the uplink or of this machine. */
export type Resolve = (
  host: string,
  family: Family,
  exit: Exit | null,
  signal: AbortSignal,
  asker?: Asker,
) => Promise<string[]>;

/** Finds a name's addresses within `limitMs`, or until the signal; getaddrinfo can't be stopped and may take longer. */
export type Lookup = (
  host: string,
  family: Family,
  exit: Exit | null,
  limitMs: number,
  spent: (traffic: Traffic) => void,
  signal: AbortSignal,
) => Promise<Found>;

const nobody: Asker = {
  ...{ patienceWithReserveMs, fromMemory: () => undefined, spent: () => undefined },
  kept: () => undefined,
};

/** The name by its exit, so that two uplinks with different answers stay apart. */
const keyOf = (host: string, family: Family, exit: Exit | null): string =>
  `${exit?.interfaceName ?? ''} ${family} ${host}`;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** What takes too long is left to end by itself. */
function within<T>(promise: Promise<T>, host: string, signal: AbortSignal, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const expire = (): void => {
      end();
      const why = signal.aborted ? 'before the deadline' : `within ${limitMs} ms`;
      reject(
        new Failure('resolverTimeout', `${host} could not be resolved ${why}: the resolver did not answer`),
      );
    };
    const timer = setTimeout(expire, limitMs);
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', expire);
    };
    signal.addEventListener('abort', expire, { once: true });
    promise.finally(end).then(resolve, reject);
    if (signal.aborted) expire();
  });
}

/** A look-up under way, which equal ones share: libuv has four threads, and a packet on a metered line costs. */
interface Shared {
  found: Promise<Found>;
  ending: AbortController;
  /** The first pays; what is spent when all have gone, the next to ask for that name does. */
  askers: Set<Asker>;
}

/**
 * A resolver that keeps each name's last good answer and gives it when resolving fails, so that a dead line shows as
 * the line's or the target's fault. `epoch` changes when what was answered may no longer count: the network is another,
 * or other servers are set. By a metered exit it is asked as seldom as can be. Rejects with Failure where it has no
 * answer.
 */
export function createResolver(
  lookUp: Lookup,
  epoch: () => number = () => 0,
  isMetered: (exit: Exit) => boolean = () => false,
): Resolve {
  const underWay = new Map<string, Shared>();
  const known = createKeptNames(epoch);
  const owed = new Map<string, Traffic>();

  function begin(key: string, metered: boolean, ask: (shared: Shared) => Promise<Found>): Shared {
    const shared: Shared = {
      found: Promise.resolve({ addresses: [], ttlSeconds: 0 }),
      ending: new AbortController(),
      askers: new Set(),
    };
    underWay.set(key, shared);
    const found = ask(shared);
    shared.found = found.finally(() => underWay.delete(key));
    // It may go on when nobody waits any more: what it finds is good for the next.
    shared.found.then(
      (one) => known.keep(key, one, metered),
      () => (shared.ending.signal.aborted ? undefined : known.failed(key, metered)),
    );
    return shared;
  }

  const lookUpFor = (
    key: string,
    host: string,
    family: Family,
    exit: Exit | null,
    metered: boolean,
  ): Shared =>
    underWay.get(key) ??
    begin(key, metered, (shared) => {
      const spent = (traffic: Traffic): void => {
        const [payer] = shared.askers;
        if (payer !== undefined) payer.spent(traffic);
        else keepLatest(owed, key, addTraffic(owed.get(key) ?? noTraffic, traffic), mostOwed);
      };
      return lookUp(host, family, exit, patienceMs - marginMs, spent, shared.ending.signal);
    });

  return async (host, family, exit, signal, asker = { ...nobody }) => {
    const literal = familyOf(host);
    if (literal === family) return [host];
    if (literal !== null) throw new Failure('badRequest', `target: ${host} is not an IPv${family} address`);
    const key = keyOf(host, family, exit);
    const metered = exit !== null && isMetered(exit);
    if (metered) asker.kept(() => known.doubt(key));
    const current = known.current(key, metered);
    if (current?.stale === true) asker.fromMemory();
    if (current !== null) return current.addresses;
    const reserve = known.reserve(key);
    asker.spent(owed.get(key) ?? noTraffic);
    owed.delete(key);
    const shared = lookUpFor(key, host, family, exit, metered);
    shared.askers.add(asker);
    try {
      const limitMs = reserve === null ? patienceMs : asker.patienceWithReserveMs;
      return (await within(shared.found, host, signal, limitMs)).addresses;
    } catch (error) {
      if (reserve !== null && !signal.aborted) {
        asker.fromMemory();
        return [...reserve];
      }
      if (error instanceof Failure) throw error;
      throw new Failure('nameUnresolved', `${host} could not be resolved (${codeOf(error)})`, {
        cause: error,
      });
    } finally {
      shared.askers.delete(asker);
      if (signal.aborted && shared.askers.size === 0) shared.ending.abort();
    }
  };
}
