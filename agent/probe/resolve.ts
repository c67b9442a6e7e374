// Names to addresses: through the uplink that a probe must leave by, or else by the system's own resolver. What was found
// is kept for as long as it counts, and the last good answer in reserve.
import { Failure } from '../../shared/failure.ts';
import { type Family, familyOf } from '../../shared/ip.ts';
import { keepLatest } from '../../shared/remember.ts';
import type { Traffic } from '../../shared/result.ts';
import type { Exit } from '../../shared/way.ts';

const patienceMs = 5000;
/** With an answer in reserve: a dead line must leave the request enough time for its packets to show it. */
const patienceWithReserveMs = 1000;
/** So much earlier a look-up ends by itself, and can say why. */
const marginMs = 50;
const mostRemembered = 1000;
const longestKeptMs = 86_400_000;

/** What is told of a resolving beside its addresses. */
export interface ResolveNotes {
  /** The addresses are the last good ones: resolving failed. */
  fromMemory(): void;
  /** What it put on the uplink. */
  spent(traffic: Traffic): void;
}

/** Rejects with Failure: nameUnresolved, resolverTimeout, noNameServer, badRequest, or of the uplink. */
export type Resolve = (
  host: string,
  family: Family,
  exit: Exit | null,
  signal: AbortSignal,
  notes?: ResolveNotes,
) => Promise<string[]>;

export interface Found {
  addresses: string[];
  /** How long they may be kept. */
  ttlSeconds: number;
}

/** Finds a name's addresses within `limitMs`; one that can't be stopped may take longer, and nobody waits. */
export type Lookup = (
  host: string,
  family: Family,
  exit: Exit | null,
  limitMs: number,
  notes: ResolveNotes | undefined,
) => Promise<Found>;

/** The name by its exit, so that two uplinks with different answers stay apart. */
const keyOf = (host: string, family: Family, exit: Exit | null): string =>
  `${exit?.interfaceName ?? ''} ${family} ${host}`;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** getaddrinfo can't be stopped, so what it takes too long for is left to end by itself. */
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
}

/**
 * A resolver that keeps each name's last good answer and gives it when resolving fails, so that a dead line shows as
 * the line's or the target's fault. Rejects with Failure nameUnresolved or resolverTimeout where it has none.
 */
export function createResolver(lookUp: Lookup): Resolve {
  const underWay = new Map<string, Promise<Found>>();
  const known = new Map<string, Known>();

  const keep = (key: string, { addresses, ttlSeconds }: Found): void => {
    const keptMs = Math.min(ttlSeconds * 1000, longestKeptMs);
    if (addresses.length === 0) return;
    keepLatest(known, key, { addresses, untilMs: performance.now() + keptMs }, mostRemembered);
  };
  // Equal questions share one answer: libuv has four threads for getaddrinfo, and a packet on a metered line costs.
  const askOnce = (key: string, ask: () => Promise<Found>): Promise<Found> => {
    const asked = underWay.get(key) ?? ask().finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  };

  return async (host, family, exit, signal, notes) => {
    const literal = familyOf(host);
    if (literal === family) return [host];
    if (literal !== null) throw new Failure('badRequest', `target: ${host} is not an IPv${family} address`);
    const key = keyOf(host, family, exit);
    const reserve = known.get(key);
    if (reserve !== undefined && reserve.untilMs > performance.now()) return reserve.addresses;
    const limitMs = reserve === undefined ? patienceMs : patienceWithReserveMs;
    try {
      const asked = askOnce(key, () => lookUp(host, family, exit, limitMs - marginMs, notes));
      const found = await within(asked, host, signal, limitMs);
      keep(key, found);
      return found.addresses;
    } catch (error) {
      if (reserve !== undefined) {
        notes?.fromMemory();
        return reserve.addresses;
      }
      if (error instanceof Failure) throw error;
      throw new Failure('nameUnresolved', `${host} could not be resolved (${codeOf(error)})`, {
        cause: error,
      });
    }
  };
}
