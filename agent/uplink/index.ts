// The uplinks as the rest of the agent sees them: what a via means now, and the way of a packet by it.
import { Failure } from '../../shared/failure.ts';
import { type Network as Prefix, isLocalOnly } from '../../shared/ip.ts';
import type { Exit, Way } from '../../shared/way.ts';
import { createEpoch } from './epoch.ts';
import { missingRoute } from './missing-route.ts';
import { createNameServers } from './name-servers.ts';
import { type InterfaceState, type NetworkState, defaultGateway, isLoopbackInterface } from './network.ts';
import { type DropWatch, watchDrops } from './reverse-path.ts';
import { type Unmetered, createUnmetered } from './unmetered.ts';
import { type NetworkWatch } from './watch.ts';
import { type UplinkSettings, exitBy, findExit, wayTo } from './way.ts';

export { createNetworkWatch } from './watch.ts';

export interface UplinkView {
  uplink: string | null;
  interface: string;
  state: 'up' | 'down' | 'no carrier' | 'no address' | 'missing';
  addresses: string[];
  gateway: string | null;
}

export interface Uplinks extends Unmetered {
  /** Rejects with Failure: unknownVia, interfaceMissing, noAddress. */
  findExit(via: string): Promise<Exit>;
  /** Null as exit: the kernel's choice. Rejects with Failure of the uplink. */
  way(exit: Exit | null, destination: string): Promise<Way>;
  /** The same, by the last reading alone: for what is asked so often that no refusal is worth a fresh one. Throws Failure. */
  wayNow(exit: Exit, destination: string): Way;
  /**
   * That what is bound to the way's interface alone (TCP) finds a route to an address: no frames can be addressed for
   * it, as for packets. Rejects with Failure: noRoute, which names the command that mends it; interfaceMissing.
   */
  mustRoute(way: Way, address: string): Promise<void>;
  /** What tells that the kernel dropped answers on this way; null where it drops none. */
  watchDrops(way: Way, destination: string): DropWatch | null;
  /**
   * Whom to ask for names through an exit, in order: the uplink's `dnsServers`; else those its interface was given; else
   * the system's that are beyond this machine; else the gateway. Never rejects; may be empty. A link-local one has no
   * zone: it is the exit's interface.
   */
  nameServers(exit: Exit): Promise<string[]>;
  /** Whether an exit's uplink is set so. */
  metered(exit: Exit): boolean;
  /** Another number once the network or the settings have changed. */
  epoch(): number;
  ownAddresses(): Prefix[];
  /** Every configured uplink, there or not, then every other interface but loopback; those that work first. */
  view(): UplinkView[];
}

/** A refusal is confirmed by a fresh reading: the last one may be older than the cable. */
async function confirmed<T>(watch: NetworkWatch, decide: (network: NetworkState) => T): Promise<T> {
  try {
    return decide(await watch.latest());
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return decide(await watch.fresh());
  }
}

/** `root` is the folder that the system's files stand under. */
export function createUplinks(
  watch: NetworkWatch,
  settings: () => Readonly<Record<string, UplinkSettings>>,
  root = '/',
): Uplinks {
  return {
    findExit: (via) => confirmed(watch, (network) => findExit(network, settings(), via)),
    async way(exit, destination) {
      const chosen = exit ?? exitBy(settings(), await watch.interfaceTo(destination));
      return confirmed(watch, (network) => wayTo(network, settings(), chosen, destination));
    },
    wayNow: (exit, destination) => wayTo(watch.current(), settings(), exit, destination),
    async mustRoute(way, address) {
      const network = await watch.latest();
      // To loopback everything here leads, whichever interface's address it is.
      if (isLoopbackInterface(network, way.interfaceName)) return;
      if (!(await watch.hasRoute(way.interfaceName, address))) throw missingRoute(network, way, address);
    },
    ...createUnmetered(watch, settings, root),
    watchDrops: (way, destination) => watchDrops(way, destination, watch.wayBack),
    nameServers: createNameServers(watch, settings, root),
    metered: ({ uplink }) => uplink !== null && settings()[uplink]?.metered === true,
    epoch: createEpoch(watch.current, settings),
    ownAddresses: () => watch.current().interfaces.flatMap(({ addresses }) => addresses),
    view: () => viewOf(watch.current(), settings()),
  };
}

function stateOf(iface: InterfaceState | undefined): UplinkView['state'] {
  if (iface === undefined) return 'missing';
  if (!iface.up) return 'down';
  if (!iface.carrier) return 'no carrier';
  // Every interface with IPv6 enabled has one of that kind, and one that no DHCP server answers gives itself another.
  const usable = iface.addresses.some(({ address }) => !isLocalOnly(address));
  return usable ? 'up' : 'no address';
}

function viewOf(network: NetworkState, settings: Readonly<Record<string, UplinkSettings>>): UplinkView[] {
  const present = network.interfaces.filter(({ loopback }) => !loopback).map(({ name }) => name);
  const wanted = Object.values(settings).map((uplink) => uplink.interface);
  const views = [...new Set([...wanted, ...present])].map((name): UplinkView => {
    const iface = network.interfaces.find((candidate) => candidate.name === name);
    const { uplink } = exitBy(settings, name);
    const given = uplink === null ? null : (settings[uplink]?.gateway ?? null);
    const addresses = (iface?.addresses ?? []).map(({ address }) => address);
    const gateway = given ?? defaultGateway(network, name, 4) ?? defaultGateway(network, name, 6);
    return { uplink, interface: name, state: stateOf(iface), addresses, gateway };
  });
  const rank = ({ uplink, state }: UplinkView): number =>
    (uplink === null ? 2 : 0) + (state === 'up' ? 0 : 1);
  return views.sort((a, b) => rank(a) - rank(b));
}
