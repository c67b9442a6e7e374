// Questions over DNS, put only to servers that can be asked without anything leaving by a metered uplink.
import { type ResolverOptions, NODATA, NOTFOUND } from 'node:dns';
import { Resolver } from 'node:dns/promises';

// A server that is silent is asked a second time after 0.6 s, for 1.2 s.
const patience: ResolverOptions = { timeout: 600, tries: 2 };
/** For all servers and tries together. */
const limitMs = 2000;

/**
 * Puts a question; null where no server may be asked, or the signal has aborted. Rejects as the resolver does, within 2 s,
 * and at once with the signal.
 */
export type AskUnmetered = <T>(
  question: (resolver: Resolver) => Promise<T>,
  signal: AbortSignal,
) => Promise<{ answer: T } | null>;

/** Whether the kernel's own way to an address is free of metered uplinks. */
export type AvoidsMetered = (address: string) => Promise<boolean>;
/** Of the system's servers, as node:dns writes them, those to ask in their place: others too, or none. */
export type UnmeteredServers = (servers: readonly string[]) => Promise<readonly string[]>;
export type NewResolver = (options: ResolverOptions) => Resolver;

/** Whether a rejection says that there is none of what was asked for, and not that nobody could tell. */
export const saysNone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === NOTFOUND || error.code === NODATA);

export function createUnmeteredAsker(
  unmeteredServers: UnmeteredServers,
  newResolver: NewResolver = (options) => new Resolver(options),
): AskUnmetered {
  return async (question, signal) => {
    // One for each question (25 µs): its servers are those of now, and cancel() ends all that a resolver has out.
    const resolver = newResolver(patience);
    const servers = resolver.getServers();
    const allowed = await unmeteredServers(servers);
    if (allowed.length === 0 || signal.aborted) return null;
    // Set only where they are others: getServers() does not tell the zones of link-local ones.
    if (allowed.join() !== servers.join()) resolver.setServers(allowed);
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
