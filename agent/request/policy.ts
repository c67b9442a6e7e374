// Which targets may be probed. Pure: the rules and the box's own addresses are handed in.
import { Failure } from '../../shared/failure.ts';
import {
  type Network,
  broadcastAddress,
  familyOf,
  isLocalOnly,
  isLoopback,
  networkContains,
  unprobeableKind,
} from '../../shared/ip.ts';
import { type Kind, oneOf } from '../../shared/request.ts';

export interface TargetRules {
  /** ALLOWED_TARGETS: networks and host names; null where every target is allowed. */
  allowed: { networks: Network[]; hosts: string[] } | null;
  /** The box's own addresses, each with the network it stands in, as they are now. */
  ownAddresses: () => readonly Network[];
}

const isAllowed = (rules: TargetRules, address: string): boolean =>
  rules.allowed?.networks.some((network) => networkContains(network, address)) ?? false;

const refuse = (sentence: string): Failure => new Failure('targetRefused', `target: ${sentence}`);

/** Why an address must not be probed on behalf of a host (its name, or the address itself); null where it may. */
export function addressRefusal(
  rules: TargetRules,
  kind: Kind,
  host: string,
  address: string,
): Failure | null {
  const named = host === address ? address : `${host} stands for ${address}, which`;
  const special = unprobeableKind(address);
  if (special !== null)
    return refuse(`${named} is ${special === 'unspecified' ? 'an' : 'a'} ${special} address`);
  const own = rules.ownAddresses();
  const subnet = own.find((network) => broadcastAddress(network) === address);
  if (subnet !== undefined) {
    return refuse(`${named} is the broadcast address of ${subnet.address}/${subnet.prefixLength}`);
  }
  if (rules.allowed !== null) {
    const granted = rules.allowed.hosts.includes(host) || isAllowed(rules, address);
    if (!granted) return refuse(`${named} is not among ALLOWED_TARGETS`);
  }
  if (kind === 'ping' || kind === 'traceroute' || isAllowed(rules, address)) return null;
  const near = isLocalOnly(address) || own.some((network) => network.address === address);
  return near
    ? refuse(`${named} is this machine's own or link-local address; ${oneOf(kind)} probe may not go there`)
    : null;
}

/** What can be said of a target before it is resolved: all of an address, of a name whether it may be allowed. */
export function hostRefusal(rules: TargetRules, kind: Kind, host: string): Failure | null {
  if (familyOf(host) !== null) return addressRefusal(rules, kind, host, host);
  const mayBe =
    rules.allowed === null || rules.allowed.hosts.includes(host) || rules.allowed.networks.length > 0;
  return mayBe ? null : refuse(`${host} is not among ALLOWED_TARGETS`);
}

const isOwn = (rules: TargetRules, address: string): boolean =>
  isLoopback(address) || rules.ownAddresses().some((network) => network.address === address);

/** Why a URL must not be fetched that leads to this agent's own bridge, whatever is allowed; null where it does not. */
export function bridgeRefusal(
  rules: TargetRules,
  bridge: { address: string; port: number } | null,
  target: string | undefined,
  address: string,
): Failure | null {
  if (bridge === null || target === undefined || !/^https?:/.test(target)) return null;
  const { port, protocol } = new URL(target);
  if (Number(port || (protocol === 'https:' ? 443 : 80)) !== bridge.port) return null;
  const everywhere = unprobeableKind(bridge.address) === 'unspecified';
  const there = everywhere ? isOwn(rules, address) : bridge.address === address;
  return there
    ? new Failure('badRequest', `target: ${address} port ${bridge.port} is the bridge itself`)
    : null;
}

/** Why a target that only the Host header named must not be probed where it leads: here. Null where it leads elsewhere. */
export function selfRefusal(rules: TargetRules, host: string, address: string): Failure | null {
  if (!isOwn(rules, address)) return null;
  const sentence = `Host: no target was given; ${host} is this machine itself (${address}). To probe it, use ?target=`;
  return new Failure('badRequest', sentence);
}
