// One reverse question over DNS (RFC 1035 §3.5, RFC 3596 §2.5), put only to servers that no metered uplink leads to.
import { type ResolverOptions, NODATA, NOTFOUND } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { canonicalHost, familyOf, isLoopback } from '../../shared/ip.ts';
import type { AskName, NameAnswer } from './names.ts';

// A server that is silent is asked a second time after 0.6 s, for 1.2 s.
const patience: ResolverOptions = { timeout: 600, tries: 2 };
/** For all servers and tries together. */
const limitMs = 2000;

const notAsked: NameAnswer = { outcome: 'notAsked', name: null };

const nothing: readonly string[] = [];

function ip6Digits(address: string): string {
  const [head = nothing, tail = nothing] = address
    .split('::')
    .map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join('');
}

const backwards = (parts: Iterable<string>): string => Array.from(parts).reverse().join('.');

const questionName = (address: string): string =>
  familyOf(address) === 4
    ? `${backwards(address.split('.'))}.in-addr.arpa`
    : `${backwards(ip6Digits(address))}.ip6.arpa`;

/** Node writes a port that is not 53 behind the address, and then brackets around IPv6; a zone it leaves out so far. */
const addressOf = (server: string): string =>
  familyOf(server) === null ? server.replace(/^\[?(.*?)(%[^\]]*)?\]?(:\d+)?$/, '$1') : server;

/** What strangers call their machines, as it may be shown: a plain host name and no address; null for all else. */
function hostNameIn(text: string): string | null {
  const host = canonicalHost(text);
  return host === null || familyOf(host) !== null ? null : host;
}

/** Of several names the first in the alphabet: servers give them in turns, and a hop is to keep its name. */
function answerWith(names: readonly string[]): NameAnswer {
  const name = names.flatMap((text) => hostNameIn(text) ?? []).sort()[0];
  return name === undefined ? { outcome: 'nameless', name: null } : { outcome: 'named', name };
}

function answerWithout(error: unknown): NameAnswer {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return { outcome: code === NOTFOUND || code === NODATA ? 'nameless' : 'failed', name: null };
}

/**
 * Asks the system's resolvers. `avoidsMetered` says of an address whether the kernel's own way to it is free of metered
 * uplinks; a resolver on this machine passes questions on, by a way that the one to the hop itself must stand for.
 */
export function createPtrAsker(
  avoidsMetered: (address: string) => Promise<boolean>,
  newResolver: (options: ResolverOptions) => Resolver = (options) => new Resolver(options),
): AskName {
  return async (address, signal) => {
    // One for each question (25 µs): its servers are those of now, and cancel() ends all that a resolver has out.
    const resolver = newResolver(patience);
    const servers = resolver.getServers();
    const mayAsk = await Promise.all(
      servers.map(addressOf).map((at) => avoidsMetered(isLoopback(at) ? address : at)),
    );
    const allowed = servers.filter((_, index) => mayAsk[index] === true);
    if (allowed.length === 0 || signal.aborted) return notAsked;
    // Set only where some are left out: getServers() does not tell the zones of link-local ones.
    if (allowed.length < servers.length) resolver.setServers(allowed);
    const cancel = (): void => resolver.cancel();
    const timer = setTimeout(cancel, limitMs);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return answerWith(await resolver.resolvePtr(questionName(address)));
    } catch (error) {
      return answerWithout(error);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    }
  };
}
