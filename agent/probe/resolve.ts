// Names to addresses: through the uplink that a probe must leave by, or else by the system's own resolver. What was found
// is kept for as long as it counts, and the last good answer in reserve.
import { Failure } from '../../shared/failure.ts';
import { noTraffic } from '../../shared/measurement.ts';
import { type Family, familyOf } from '../../shared/ip.ts';
import { keepLatest } from '../../shared/remember.ts';
import type { Traffic } from '../../shared/result.ts';
import type { Exit } from '../../shared/way.ts';
import { addTraffic } from './traffic.ts';

const patienceMs = 5000;
/** With an answer in reserve: a dead line must leave the request enough time for its packets to show it. */
const patienceWithReserveMs = 1000;
/** So much earlier a look-up ends by itself, and can say why. */
const marginMs = 50;
const mostRemembered = 1000;
const longestKeptMs = 86_400_000;
/** That a name has no address of a family: RFC 2308 would take the time from the zone, which few do. */
const noneKeptMs = 60_000;

/** Who resolves: how long it can wait, and what it is told beside the addresses. */
export interface Asker {
  /** With an answer in reserve, no longer than this. */
  patienceWithReserveMs: number;
  /** The addresses are the last good ones: resolving failed, or is not done yet. */
  fromMemory(): void;
  /** What it put on the uplink, as it is spent. */
  spent(traffic: Traffic): void;
}

/** Rejects with Failure: nameUnresolved, resolverTimeout, noNameServer, badRequest; of the uplink or of this machine. */
export type Resolve = (
  host: string,
  family: Family,
  exit: Exit | null,
  signal: AbortSignal,
  asker?: Asker,
) => Promise<string[]>;

export interface Found {
  addresses: string[];
  /** How long they may be kept. */
  ttlSeconds: number;
}

/** Finds a name's addresses within `limitMs`, or until the signal; getaddrinfo can't be stopped and may take longer. */
export type Lookup = (
  host: string,
  family: Family,
  exit: Exit | null,
  limitMs: number,
  spent: (traffic: Traffic) => void,
  signal: AbortSignal,
) => Promise<Found>;

const nobody: Asker = { patienceWithReserveMs, fromMemory: () => undefined, spent: () => undefined };

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

interface Known {
  addresses: string[];
  /** On the monotonic clock: until then nobody is asked again. */
  untilMs: number;
  epoch: number;
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
 * or other servers are set. Rejects with Failure where it has no answer.
 */
export function createResolver(lookUp: Lookup, epoch: () => number = () => 0): Resolve {
  const underWay = new Map<string, Shared>();
  const known = new Map<string, Known>();
  const owed = new Map<string, Traffic>();

  const keep = (key: string, { addresses, ttlSeconds }: Found): void => {
    const none = addresses.length === 0;
    // A name that had addresses a while ago and has none now is as likely to be badly answered.
    if (none && (known.get(key)?.addresses.length ?? 0) > 0) return;
    const keptMs = none ? noneKeptMs : Math.min(ttlSeconds * 1000, longestKeptMs);
    const one = { addresses, untilMs: performance.now() + keptMs, epoch: epoch() };
    keepLatest(known, key, one, mostRemembered);
  };

  function begin(key: string, ask: (shared: Shared) => Promise<Found>): Shared {
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
      (one) => keep(key, one),
      () => undefined,
    );
    return shared;
  }

  const lookUpFor = (key: string, host: string, family: Family, exit: Exit | null): Shared =>
    underWay.get(key) ??
    begin(key, (shared) => {
      const spent = (traffic: Traffic): void => {
        const [payer] = shared.askers;
        if (payer !== undefined) payer.spent(traffic);
        else keepLatest(owed, key, addTraffic(owed.get(key) ?? noTraffic, traffic), mostRemembered);
      };
      return lookUp(host, family, exit, patienceMs - marginMs, spent, shared.ending.signal);
    });

  return async (host, family, exit, signal, asker = { ...nobody }) => {
    const literal = familyOf(host);
    if (literal === family) return [host];
    if (literal !== null) throw new Failure('badRequest', `target: ${host} is not an IPv${family} address`);
    const key = keyOf(host, family, exit);
    const reserve = known.get(key);
    if (reserve?.epoch === epoch() && reserve.untilMs > performance.now()) return reserve.addresses;
    asker.spent(owed.get(key) ?? noTraffic);
    owed.delete(key);
    const shared = lookUpFor(key, host, family, exit);
    shared.askers.add(asker);
    try {
      const limitMs = reserve === undefined ? patienceMs : asker.patienceWithReserveMs;
      return (await within(shared.found, host, signal, limitMs)).addresses;
    } catch (error) {
      if (reserve !== undefined && !signal.aborted) {
        asker.fromMemory();
        return reserve.addresses;
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
