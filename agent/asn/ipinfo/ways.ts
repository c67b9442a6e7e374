// The addresses of a host that no metered uplink leads to.
import type { Resolver } from 'node:dns/promises';
import { familyOf, hostOfUrl } from '../../../shared/ip.ts';
import { settledWithin } from '../../../shared/settled.ts';
import type { AskUnmetered, AvoidsMetered } from '../unmetered.ts';

export interface Ways {
  askUnmetered: AskUnmetered;
  avoidsMetered: AvoidsMetered;
}

const rememberedMs = 60_000;
/** Some resolvers are silent on AAAA: it must not cost the time for asking by IPv4. */
const patience6Ms = 200;

/** Of both families, those of IPv4 first; none where it has none, or nobody tells. Never rejects. */
async function addressesOf(resolver: Resolver, name: string, signal: AbortSignal): Promise<string[]> {
  let addresses6: string[] = [];
  const asked6 = resolver.resolve6(name).then(
    (found) => void (addresses6 = found),
    () => undefined,
  );
  const addresses4 = await resolver.resolve4(name).catch(() => []);
  await (addresses4.length > 0 ? settledWithin(asked6, patience6Ms, signal) : asked6);
  resolver.cancel();
  return [...addresses4, ...addresses6];
}

/** Null where there is none, or no server of names may be asked. Rejects where the name can't be resolved. */
export function createUnmeteredHosts({ askUnmetered, avoidsMetered }: Ways) {
  const resolved = new Map<string, { addresses: readonly string[]; untilMs: number }>();

  async function resolve(name: string, signal: AbortSignal): Promise<readonly string[] | null> {
    const kept = resolved.get(name);
    if (kept !== undefined && kept.untilMs > performance.now()) return kept.addresses;
    const asked = await askUnmetered((resolver) => addressesOf(resolver, name, signal), signal);
    if (asked === null) return null;
    const addresses = asked.answer;
    if (addresses.length === 0) throw new Error(`${name} has no address`);
    resolved.set(name, { addresses, untilMs: performance.now() + rememberedMs });
    return addresses;
  }

  return async (url: string, signal: AbortSignal): Promise<readonly string[] | null> => {
    const host = hostOfUrl(new URL(url));
    const own = familyOf(host) !== null ? host : host === 'localhost' ? '127.0.0.1' : null;
    const addresses = own === null ? await resolve(host, signal) : [own];
    if (addresses === null) return null;
    // The kernel's ways are asked for anew each time: they are what changes.
    const free = await Promise.all(addresses.map(avoidsMetered));
    const allowed = addresses.filter((_, index) => free[index] === true);
    return allowed.length === 0 ? null : allowed;
  };
}
