// What the kernel sends where by itself, held against the meter: which addresses, and which of the system's name servers,
// may be asked without anything leaving by a metered uplink.
import { familyOf, isLinkLocal, isLoopback, unmapped, unprobeableKind } from '../../shared/ip.ts';
import { upstreamNameServers } from './name-servers/sources.ts';
import type { NetworkState } from './network.ts';
import type { NetworkWatch } from './watch.ts';
import type { UplinkSettings } from './way.ts';

export interface Unmetered {
  /**
   * Whether what the kernel sends to an address leaves by no metered uplink. Never rejects; false as well where nobody
   * can say: without a route, or to a link-local address, which is on every interface.
   */
  avoidsMetered(address: string): Promise<boolean>;
  /**
   * Those of the system's name servers (as node:dns writes them) that may be asked. Where an uplink is metered, one on
   * this machine gives way to those it is known to pass questions on to: by which uplink it would, nobody can say. Never
   * rejects.
   */
  unmeteredServers(servers: readonly string[]): Promise<string[]>;
}

/** node:dns writes a port that is not 53 behind the address, and then brackets around IPv6; a zone it leaves out so far. */
const addressOf = (server: string): string =>
  unmapped(familyOf(server) === null ? server.replace(/^\[?(.*?)(%[^\]]*)?\]?(:\d+)?$/, '$1') : server);

function isHere(address: string, { interfaces }: NetworkState): boolean {
  if (familyOf(address) === null) return false;
  if (isLoopback(address) || unprobeableKind(address) === 'unspecified') return true;
  return interfaces.some(({ addresses }) => addresses.some((own) => own.address === address));
}

/** `root` is the folder that the system's files stand under. */
export function createUnmetered(
  watch: Pick<NetworkWatch, 'latest' | 'interfaceTo'>,
  settings: () => Readonly<Record<string, UplinkSettings>>,
  root: string,
): Unmetered {
  const meteredUplinks = (): UplinkSettings[] => Object.values(settings()).filter(({ metered }) => metered);

  async function avoidsMetered(address: string): Promise<boolean> {
    const metered = meteredUplinks();
    // With nothing to avoid the kernel need not be asked, which is a process started (ip).
    if (metered.length === 0) return true;
    if (isLinkLocal(address)) return false;
    const taken = await watch.interfaceTo(address).catch(() => null);
    return taken !== null && metered.every((uplink) => uplink.interface !== taken);
  }

  async function unmeteredServers(servers: readonly string[]): Promise<string[]> {
    if (meteredUplinks().length === 0) return [...servers];
    const network = await watch.latest();
    const isLocal = (server: string): boolean => isHere(addressOf(server), network);
    const behind = servers.some(isLocal) ? await upstreamNameServers(root) : [];
    const beyond = servers.flatMap((server) => (isLocal(server) ? behind : [server]));
    const candidates = [...new Set(beyond)].filter((server) => !isLocal(server));
    const free = await Promise.all(candidates.map(addressOf).map(avoidsMetered));
    return candidates.filter((_, index) => free[index] === true);
  }

  return { avoidsMetered, unmeteredServers };
}
