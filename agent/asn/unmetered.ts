// Questions over DNS, put only to those of the system's servers that no metered uplink leads to.
import type { ResolverOptions } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { familyOf, isLoopback } from '../../shared/ip.ts';

// A server that is silent is asked a second time after 0.6 s, for 1.2 s.
const patience: ResolverOptions = { timeout: 600, tries: 2 };
/** For all servers and tries together. */
const limitMs = 2000;

/**
 * Puts a question that has to do with an address; null where no server may be asked, or the signal has aborted. Rejects
 * as the resolver does, within 2 s, and at once with the signal.
 */
export type AskUnmetered = <T>(
  about: string,
  question: (resolver: Resolver) => Promise<T>,
  signal: AbortSignal,
) => Promise<{ answer: T } | null>;

/** Whether the kernel's own way to an address is free of metered uplinks. */
export type AvoidsMetered = (address: string) => Promise<boolean>;
export type NewResolver = (options: ResolverOptions) => Resolver;

/** Node writes a port that is not 53 behind the address, and then brackets around IPv6; a zone it leaves out so far. */
const addressOf = (server: string): string =>
  familyOf(server) === null ? server.replace(/^\[?(.*?)(%[^\]]*)?\]?(:\d+)?$/, '$1') : server;

/** A resolver on this machine passes questions on, by a way that the one to the address itself must stand for. */
export function createUnmeteredAsker(
  avoidsMetered: AvoidsMetered,
  newResolver: NewResolver = (options) => new Resolver(options),
): AskUnmetered {
  return async (about, question, signal) => {
    // One for each question (25 µs): its servers are those of now, and cancel() ends all that a resolver has out.
    const resolver = newResolver(patience);
    const servers = resolver.getServers();
    const mayAsk = await Promise.all(
      servers.map(addressOf).map((at) => avoidsMetered(isLoopback(at) ? about : at)),
    );
    const allowed = servers.filter((_, index) => mayAsk[index] === true);
    if (allowed.length === 0 || signal.aborted) return null;
    // Set only where some are left out: getServers() does not tell the zones of link-local ones.
    if (allowed.length < servers.length) resolver.setServers(allowed);
    const cancel = (): void => resolver.cancel();
    const timer = setTimeout(cancel, limitMs);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return { answer: await question(resolver) };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
    }
  };
}
