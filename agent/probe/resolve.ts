// Names to addresses through the system's resolver, with a time limit and the last good answer in reserve.
import { lookup } from 'node:dns/promises';
import { Failure } from '../../shared/failure.ts';
import { type Family, familyOf } from '../../shared/ip.ts';
import type { Traffic } from '../../shared/result.ts';
import type { Exit } from '../../shared/way.ts';
import { keepLatest } from '../../shared/remember.ts';

const patienceMs = 5000;
/** With an answer in reserve: a dead line must leave the request enough time for its packets to show it. */
const patienceWithReserveMs = 1000;
const mostRemembered = 1000;

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

type Lookup = (host: string, family: Family) => Promise<string[]>;

const systemLookup: Lookup = async (host, family) => {
  const found = await lookup(host, { family, all: true });
  return found.map(({ address }) => address);
};

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

/**
 * A resolver that keeps each name's last good answer and gives it when resolving fails, so that a dead line shows as
 * the line's or the target's fault. Rejects with Failure nameUnresolved or resolverTimeout where it has none.
 */
export function createResolver(ask: Lookup = systemLookup): Resolve {
  const underWay = new Map<string, Promise<string[]>>();
  const lastGood = new Map<string, string[]>();

  // Equal questions share one answer: libuv has four threads for getaddrinfo, and a dead server holds each for long.
  const askOnce = (key: string, host: string, family: Family): Promise<string[]> => {
    const asked = underWay.get(key) ?? ask(host, family).finally(() => underWay.delete(key));
    underWay.set(key, asked);
    return asked;
  };

  return async (host, family, _exit, signal, notes) => {
    const literal = familyOf(host);
    if (literal === family) return [host];
    if (literal !== null) throw new Failure('badRequest', `target: ${host} is not an IPv${family} address`);
    const key = `${family} ${host}`;
    const limitMs = lastGood.has(key) ? patienceWithReserveMs : patienceMs;
    try {
      const addresses = await within(askOnce(key, host, family), host, signal, limitMs);
      if (addresses.length > 0) keepLatest(lastGood, key, addresses, mostRemembered);
      return addresses;
    } catch (error) {
      const known = lastGood.get(key);
      if (known !== undefined) {
        notes?.fromMemory();
        return known;
      }
      if (error instanceof Failure) throw error;
      throw new Failure('nameUnresolved', `${host} could not be resolved (${codeOf(error)})`, {
        cause: error,
      });
    }
  };
}
