// Which name servers are asked through an uplink: those the user gave, else those that can be found out.
import { isLoopback, networkContains, unprobeableKind } from '../../shared/ip.ts';
import { keepLatest } from '../../shared/remember.ts';
import type { Exit } from '../../shared/way.ts';
import { nameServersOf, systemNameServers } from './name-servers/sources.ts';
import { type NetworkState, defaultGateway } from './network.ts';
import type { NetworkWatch } from './watch.ts';
import type { UplinkSettings } from './way.ts';

/** A look-up for each name must not read ten files; a renewed lease need not be seen at once. */
const keptMs = 5000;
const mostKept = 100;

interface Found {
  /** The reading of the network it was found with: it is forgotten with the next one. */
  network: NetworkState;
  untilMs: number;
  servers: Promise<string[]>;
}

/** Leaves out what no packet through an uplink reaches: this machine's own addresses are among them. */
function askable(servers: readonly string[], { interfaces }: NetworkState): string[] {
  const own = new Set(interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  return servers.filter(
    (server) => unprobeableKind(server) === null && !isLoopback(server) && !own.has(server),
  );
}

/** Leaves out what stands in another interface's own network: a router beside this line is reached by none of its packets. */
function notBeside(servers: readonly string[], { interfaces }: NetworkState, name: string): string[] {
  const holds = (server: string, own: boolean): boolean =>
    interfaces.some(
      (one) => (one.name === name) === own && one.addresses.some((prefix) => networkContains(prefix, server)),
    );
  return servers.filter((server) => holds(server, true) || !holds(server, false));
}

async function find(network: NetworkState, interfaceName: string, root: string): Promise<string[]> {
  const link = network.interfaces.find(({ name }) => name === interfaceName);
  if (link === undefined) return [];
  const given = askable(await nameServersOf(link, root), network);
  if (given.length > 0) return given;
  return notBeside(askable(await systemNameServers(link, root), network), network, interfaceName);
}

/** `root` is the folder that the system's files stand under. The answer never rejects. */
export function createNameServers(
  watch: Pick<NetworkWatch, 'latest'>,
  settings: () => Readonly<Record<string, UplinkSettings>>,
  root: string,
): (exit: Exit) => Promise<string[]> {
  const kept = new Map<string, Found>();

  const found = (network: NetworkState, interfaceName: string): Promise<string[]> => {
    const nowMs = performance.now();
    const known = kept.get(interfaceName);
    if (known?.network === network && known.untilMs > nowMs) return known.servers;
    const servers = find(network, interfaceName, root);
    keepLatest(kept, interfaceName, { network, untilMs: nowMs + keptMs, servers }, mostKept);
    return servers;
  };

  return async ({ uplink, interfaceName }) => {
    const configured = uplink === null ? undefined : settings()[uplink];
    if (configured?.dnsServers != null) return [...new Set(configured.dnsServers)];
    const network = await watch.latest();
    const servers = await found(network, interfaceName);
    if (servers.length > 0) return [...servers];
    // Nearly every router for homes and every access point answers for names itself.
    const gateway =
      configured?.gateway ??
      defaultGateway(network, interfaceName, 4) ??
      defaultGateway(network, interfaceName, 6);
    return gateway === null ? [] : [gateway];
  };
}
