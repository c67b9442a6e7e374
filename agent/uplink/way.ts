// From "via" to the wire: which interface is meant, and with what source and next hop a packet leaves by it. Pure.
import { Failure } from '../../shared/failure.ts';
import {
  type Family,
  type Network as Prefix,
  canonicalAddress,
  familyOf,
  isLinkLocal,
  networkContains,
} from '../../shared/ip.ts';
import { nearest } from '../../shared/nearest.ts';
import { type Exit, type Way, uplinkOn } from '../../shared/way.ts';
import { type InterfaceState, type NetworkState, type RouteEntry, byPreference } from './network.ts';

export interface UplinkSettings {
  interface: string;
  gateway: string | null;
  /** A line without a gateway: whoever is at its other end takes all. */
  pointToPoint: boolean;
  metered: boolean;
  /** Null where none are given: they are found out then. */
  dnsServers: readonly string[] | null;
}

type Uplinks = Readonly<Record<string, UplinkSettings>>;

/** The exit over an interface, with the uplink's name where it is one. */
export const exitBy = (uplinks: Uplinks, interfaceName: string, source: string | null = null): Exit => ({
  uplink: uplinkOn(uplinks, interfaceName),
  interfaceName,
  source,
});

/**
 * Which interface an uplink's name, an interface's name or a local address means, in that order. Throws Failure:
 * unknownVia where it can be none of them; interfaceMissing, noAddress where it could be but is not there now.
 */
export function findExit(network: NetworkState, uplinks: Uplinks, via: string): Exit {
  const uplink = Object.hasOwn(uplinks, via) ? uplinks[via] : undefined;
  if (uplink !== undefined) return { uplink: via, interfaceName: uplink.interface, source: null };
  if (network.interfaces.some(({ name }) => name === via)) return exitBy(uplinks, via);
  const address = canonicalAddress(via);
  if (address !== null) {
    const owner = network.interfaces.find(({ addresses }) =>
      addresses.some((own) => own.address === address),
    );
    if (owner === undefined) throw new Failure('noAddress', `via: no interface has the address ${via}`);
    return exitBy(uplinks, owner.name, address);
  }
  const known = [...Object.keys(uplinks), ...network.interfaces.map(({ name }) => name)];
  const meant = nearest(via, known);
  const hint = meant === null ? `there are: ${known.join(', ')}` : `did you mean ${meant}?`;
  const sentence = `via: there is no uplink, interface or local address ${via} (${hint})`;
  throw new Failure(via.length > 15 ? 'unknownVia' : 'interfaceMissing', sentence);
}

function usableInterface(network: NetworkState, name: string): InterfaceState {
  const found = network.interfaces.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Failure('interfaceMissing', `there is no interface ${name}`);
  if (!found.up) throw new Failure('interfaceDown', `${name} is down (ip link set ${name} up)`);
  if (!found.carrier) throw new Failure('noCarrier', `${name} has no carrier: cable, access point or modem`);
  return found;
}

const prefixLengthOf = (route: RouteEntry): number => route.prefix?.prefixLength ?? -1;

/** The most specific route to a destination that leaves by an interface, whichever table it stands in. */
function routeBy(network: NetworkState, interfaceName: string, destination: string): RouteEntry | null {
  const family = familyOf(destination);
  const candidates = network.routes
    .filter((route) => route.interfaceName === interfaceName && route.family === family)
    .filter(({ prefix }) => prefix === null || networkContains(prefix, destination))
    .sort((a, b) => prefixLengthOf(b) - prefixLengthOf(a) || byPreference(a, b));
  return candidates[0] ?? null;
}

function nextHopTo(network: NetworkState, iface: InterfaceState, destination: string, given: string | null) {
  if (iface.loopback || iface.addresses.some((own) => networkContains(own, destination))) return null;
  const route = routeBy(network, iface.name, destination);
  if (route?.prefix != null) return route.gateway;
  if (given !== null) return given;
  if (route !== null) return route.gateway;
  const sentence = `${iface.name} has no route to ${destination} and no gateway is known; give uplinks.NAME.gateway`;
  throw new Failure('noGateway', sentence);
}

/** Every interface with IPv6 enabled has a link-local address, whether its network has IPv6 or not. */
function noAddress({ name }: InterfaceState, family: Family, own: readonly Prefix[]): Failure {
  const beyond = own.length > 0 && isLinkLocal(own[0]?.address ?? '') ? ' but a link-local one' : '';
  return new Failure('noAddress', `${name} has no IPv${family} address${beyond}`);
}

/**
 * Source and next hop of a packet to a destination by an exit. Throws Failure: interfaceMissing, interfaceDown,
 * noCarrier, noAddress, noGateway; badRequest where the destination is this machine's own and can't leave, or is of
 * another family than the local address that was given.
 */
export function wayTo(network: NetworkState, uplinks: Uplinks, exit: Exit, destination: string): Way {
  const iface = usableInterface(network, exit.interfaceName);
  const own = network.interfaces.some(({ addresses }) =>
    addresses.some(({ address }) => address === destination),
  );
  if (own && !iface.loopback) {
    const sentence = `target: ${destination} is this machine's own address; packets to it never leave by ${iface.name}`;
    throw new Failure('badRequest', sentence);
  }
  const family: Family = familyOf(destination) ?? 4;
  const addresses = iface.addresses.filter((address) => address.family === family);
  if (exit.source !== null && familyOf(exit.source) !== family) {
    const sentence = `via: packets to ${destination} can't come from ${exit.source}; give an IPv${family} address`;
    throw new Failure('badRequest', sentence);
  }
  const settings = exit.uplink === null ? undefined : uplinks[exit.uplink];
  const configured = settings?.gateway ?? null;
  const given = configured !== null && familyOf(configured) === family ? configured : null;
  // The destination's own reach (link-local to link-local, RFC 6724 rule 2): the next hop is link-local as often as not.
  const sameReach = addresses.filter(({ address }) => isLinkLocal(address) === isLinkLocal(destination));
  const anySource = exit.source ?? sameReach[0]?.address;
  if (anySource === undefined) throw noAddress(iface, family, addresses);
  const direct = addresses.length === 0 || settings?.pointToPoint === true;
  const nextHop = direct ? null : nextHopTo(network, iface, destination, given);
  const near = sameReach.find((address) => networkContains(address, nextHop ?? destination));
  return { ...exit, source: exit.source ?? near?.address ?? anySource, nextHop };
}
