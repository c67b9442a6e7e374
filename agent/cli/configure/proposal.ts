// What is proposed: from the interfaces and routes as they are now, and from the files that are there already. Pure.
import { isLinkLocal } from '../../../shared/ip.ts';
import type { FileSettings } from '../../config/file.ts';
import { type InterfaceState, type NetworkState, byPreference } from '../../uplink/network.ts';
import { fitName } from '../import/names.ts';
import type { Answers, UplinkAnswer } from './answers.ts';

export type Kind = 'eth' | 'wifi' | 'mobile' | 'vpn' | 'inner' | 'line';

/** An interface as a way out. */
export interface Port {
  name: string;
  kind: Kind;
  state: 'up' | 'down' | 'no carrier' | 'no address';
  /** Without link-local ones. */
  addresses: readonly string[];
  /** Of its best default route, IPv4 before IPv6; null without one. */
  gateway: string | null;
  metric: number | null;
  /** The kernel's own packets leave by it now. */
  isDefault: boolean;
}

/** By the names that the kernel, udev and the usual programs give; `enx…` is a stick, named by its hardware address. */
const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/^(docker|br-|virbr|veth|vnet|lxc|cni|flannel|cali|podman|dummy|ifb)/, 'inner'],
  [/^(tun|tap|wg|tailscale|zt|nordlynx|ipsec|vti|gre|sit|ip6tnl)/, 'vpn'],
  [/^(usb|wwan|ww|ppp|enx|rmnet|cdc)/, 'mobile'],
  [/^(wlan|wl|ath|ra\d)/, 'wifi'],
  [/^(eth|en|lan|wan)/, 'eth'],
];

export const kindOf = (interfaceName: string): Kind =>
  kinds.find(([pattern]) => pattern.test(interfaceName))?.[1] ?? 'line';

function stateOf({ up, carrier, addresses }: InterfaceState): Port['state'] {
  if (!up) return 'down';
  if (!carrier) return 'no carrier';
  return addresses.some(({ address }) => !isLinkLocal(address)) ? 'up' : 'no address';
}

function defaultRoutes({ routes }: NetworkState) {
  return routes
    .filter(({ prefix, table }) => prefix === null && table === 'main')
    .toSorted((a, b) => a.family - b.family || byPreference(a, b));
}

const noMetric = Number.MAX_SAFE_INTEGER;

/** All that may be a way out, those with default routes first in the order in which the kernel takes them. */
export function portsOf(network: NetworkState): Port[] {
  const defaults = defaultRoutes(network);
  const inForce = new Set([4, 6].map((family) => defaults.find((route) => route.family === family)));
  return network.interfaces
    .filter(({ loopback }) => !loopback)
    .map((iface): Port => {
      const own = defaults.filter(({ interfaceName }) => interfaceName === iface.name);
      return {
        name: iface.name,
        kind: kindOf(iface.name),
        state: stateOf(iface),
        addresses: iface.addresses.map(({ address }) => address).filter((address) => !isLinkLocal(address)),
        gateway: own.find(({ gateway }) => gateway !== null)?.gateway ?? null,
        metric: own[0]?.metric ?? null,
        isDefault: own.some((route) => inForce.has(route)),
      };
    })
    .filter(({ kind, metric }) => kind !== 'inner' || metric !== null)
    .sort((a, b) => (a.metric ?? noMetric) - (b.metric ?? noMetric) || a.name.localeCompare(b.name));
}

/** Lines without a neighbour to address. */
const isPointToPoint = ({ name }: Port): boolean => /^(ppp|tun|wg)/.test(name);

/** Whether a port is taken for a way out until a person says otherwise. */
export const isLikely = (port: Port): boolean =>
  port.kind !== 'vpn' && port.kind !== 'inner' && port.state === 'up' && port.metric !== null;

/** Not another's name and not that of another's interface, both of which would be told apart by nobody. */
function freeName(
  wanted: string,
  own: string,
  taken: readonly UplinkAnswer[],
  ports: readonly Port[],
): string {
  const isTaken = (name: string): boolean =>
    taken.some((uplink) => uplink.name === name || uplink.interface === name) ||
    ports.some((port) => port.name === name && name !== own);
  const numbered = Array.from({ length: 99 }, (_, index) => `${wanted}-${index + 2}`);
  return [wanted, ...numbered].find((name) => !isTaken(name)) ?? own;
}

/** What a person would call it where its kind says more than its name; else its name, so that `via` reads the same. */
function nameOf({ kind, name }: Port): string {
  const saysMore = kind === 'wifi' || kind === 'mobile' || kind === 'vpn';
  return saysMore ? kind : (fitName(name) ?? kind);
}

/** How a port would be called and treated as an uplink beside those that there are. */
export function proposeUplink(
  port: Port,
  uplinks: readonly UplinkAnswer[],
  ports: readonly Port[],
): UplinkAnswer {
  const last = Math.max(0, ...uplinks.map(({ priority }) => priority));
  return {
    name: freeName(nameOf(port), port.name, uplinks, ports),
    interface: port.name,
    priority: Math.min(1000, (Math.floor(last / 10) + 1) * 10),
    gateway: port.gateway === null && isPointToPoint(port) ? 'link' : null,
    metered: port.kind === 'mobile',
    data: null,
    targets: [],
  };
}

const kept = (name: string, uplink: FileSettings['uplinks'][string]): UplinkAnswer => ({
  name,
  interface: uplink.interface,
  priority: uplink.priority,
  gateway: uplink.pointToPoint ? 'link' : uplink.gateway,
  metered: uplink.metered,
  data: uplink.data,
  targets: uplink.health.targets,
});

/** What the files that are there say. */
export interface Existing {
  variables: NodeJS.Dict<string>;
  settings: FileSettings;
}

const filled = (text: string | undefined): string | null => (text === undefined || text === '' ? null : text);

/** What the files say already stays; likely ways out that they lack are added. Contacts nobody, and proposes nobody to contact. */
export function propose(ports: readonly Port[], existing: Existing, hostName: string): Answers {
  const { variables, settings } = existing;
  const uplinks = Object.entries(settings.uplinks).map(([name, uplink]) => kept(name, uplink));
  for (const port of ports.filter(isLikely)) {
    if (uplinks.some((uplink) => uplink.interface === port.name)) continue;
    uplinks.push(proposeUplink(port, uplinks, ports));
  }
  const variable = (name: string): string | null => filled(variables[name]);
  return {
    deviceName: variable('DEVICE_NAME') ?? hostName,
    uplinks,
    failover: settings.failover?.mode ?? 'off',
    proof: null,
    broker: {
      url: variable('MQTT_URL'),
      port: Number(variable('EMBEDDED_BROKER_PORT') ?? 1883),
      username: variable('MQTT_USERNAME'),
      password: variable('MQTT_PASSWORD'),
      caFile: variable('MQTT_CA_FILE'),
    },
    homeAssistantPrefix: variables['HOMEASSISTANT_PREFIX'] ?? 'homeassistant',
    bridge: {
      address: variable('SERVER_ADDRESS') ?? '127.0.0.1',
      port: Number(variable('SERVER_PORT') ?? 8080),
      token: variable('BRIDGE_TOKEN'),
    },
  };
}

/**
 * A latency that the standby line has and the other has not: half way between the least of both. Null where the two are
 * too near each other for the latency to tell them apart.
 */
export function latencyBetween(standbyMs: number, otherMs: number): number | null {
  if (standbyMs < otherMs * 1.5 + 2) return null;
  const middle = (standbyMs + otherMs) / 2;
  return middle >= 10 ? Math.floor(middle) : Math.floor(middle * 10) / 10;
}
