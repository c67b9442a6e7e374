// How an uplink stands in the network, in one family: what its link lacks, and by what way packets leave. Pure.
import { type Family, familyOf, isLocalOnly } from '../../../shared/ip.ts';
import { type LinkView, viewLink } from '../health/link.ts';
import { type NetworkState, defaultGateway } from '../network.ts';

export interface FootedUplink {
  interface: string;
  /** As configured; null where it is learned. */
  gateway: string | null;
  pointToPoint: boolean;
  require: { carrier: boolean; address: boolean };
  health: { carrierDebounceMs: number };
}

export interface Footing {
  link: LinkView;
  /** Null on a line without one, and where none is known. */
  gateway: string | null;
  /** The addresses that packets leave by, those that reach farthest first. */
  sources: string[];
}

/** A default route without a gateway is one of a line that has none. */
const leadsOutDirectly = ({ routes }: NetworkState, name: string, family: Family): boolean =>
  routes.some(
    (route) =>
      route.prefix === null &&
      route.interfaceName === name &&
      route.family === family &&
      route.gateway === null,
  );

/** `before` is null at the first look. */
export function footingOf(
  network: NetworkState,
  { interface: name, gateway: given, pointToPoint, require, health }: FootedUplink,
  family: Family,
  before: LinkView | null,
  nowMs: number,
): Footing {
  const iface = network.interfaces.find((one) => one.name === name);
  const own = (iface?.addresses ?? []).filter((one) => one.family === family).map(({ address }) => address);
  const configured = given !== null && familyOf(given) === family ? given : null;
  // What a host gives itself where no DHCP server answers (RFC 3927) leads nowhere, unless the file says by whom.
  const isMeant = family === 4 && (pointToPoint || configured !== null);
  const sources = isMeant ? own : own.filter((address) => !isLocalOnly(address));
  const gateway = pointToPoint ? null : (configured ?? defaultGateway(network, name, family));
  const facts = {
    exists: iface !== undefined,
    up: iface?.up === true,
    carrier: iface?.carrier === true || (iface !== undefined && !require.carrier),
    address: sources.length > 0 || (iface !== undefined && !require.address),
    gateway: gateway !== null || pointToPoint || leadsOutDirectly(network, name, family),
  };
  return { link: viewLink(before, facts, health.carrierDebounceMs, nowMs), gateway, sources };
}
