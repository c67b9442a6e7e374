// Who is asked for a name: the file of hosts, the uplink's own name servers, or the system's resolver.
import { lookup } from 'node:dns/promises';
import { type LookupTools, lookUpThrough } from './dns/lookup.ts';
import { hostsAddresses } from './hosts.ts';
import type { Found, Lookup } from './resolve.ts';

/** Nothing says how long its answers count, so it is asked each time; it has a memory of its own. */
const counted = (addresses: string[]): Found => ({ addresses, ttlSeconds: 0 });

const meteredSeconds = { found: 86_400, none: 3600 };

/** Where every byte costs an answer is kept for longer than it counts: its name costs more than a probe by its address. */
function keptLonger({ addresses, ttlSeconds }: Found): Found {
  const least = addresses.length > 0 ? meteredSeconds.found : meteredSeconds.none;
  return { addresses, ttlSeconds: Math.max(ttlSeconds, least) };
}

/**
 * Where packets must leave by an exit, so must the question for the name. Without one the kernel chooses the way of both,
 * and the system's resolver knows more (search domains, mDNS).
 */
export const createLookup =
  (tools: LookupTools): Lookup =>
  async (host, family, exit, limitMs, spent, signal) => {
    if (exit === null) {
      const found = await lookup(host, { family, all: true });
      return counted(found.map(({ address }) => address));
    }
    const written = await hostsAddresses(host, family);
    if (written !== null) return counted(written);
    const meter = { spent, clockStepped: () => undefined };
    const found = await lookUpThrough(exit, host, family, limitMs, tools, meter, signal);
    return tools.metered(exit) ? keptLonger(found) : found;
  };
