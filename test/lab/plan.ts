// What the lab consists of, worked out from its options without touching anything: nodes, addresses, `ip` commands.
import { type Ipv6Uplink, interface6Commands, planIpv6 } from './plan6.ts';
import type { Line } from './relay.ts';

export type UplinkName = 'fibre' | 'lte';
export const uplinkNames: readonly UplinkName[] = ['fibre', 'lte'];

export interface UplinkOptions extends Partial<Line> {
  /** Hops to the internet host, itself included; 2 or more. */
  hops?: number;
  /** false leaves the agent without a default route by this uplink. */
  defaultRoute?: boolean;
  /** Hops (1 is the gateway) that send no time exceeded. */
  silentHops?: readonly number[];
  /** true gives it IPv6 beside IPv4. */
  ipv6?: boolean;
  /** true makes its gateway translate the agent's IPv4 address into a public one. */
  nat?: boolean;
}

export interface Uplink {
  readonly name: UplinkName;
  readonly interface: string;
  readonly address: string;
  readonly gateway: string;
  readonly metric: number;
  /** Namespaces of the routers, nearest first. */
  readonly routers: readonly string[];
  /** What a trace to the internet host's first address shows: the routers, then the host. */
  readonly hops: readonly string[];
  readonly defaultRoute: boolean;
  readonly silentHops: readonly number[];
  readonly line: Line;
  readonly ipv6: Ipv6Uplink | null;
  /** The agent's address as the internet host sees it; null where the gateway translates none. */
  readonly nat: string | null;
}

export const hostNode = 'internet';
export const relayNode = 'relay';
export const hostAddresses = ['1.1.1.1', '8.8.8.8'] as const;
/** Routed as far as the internet host, which says nothing. */
export const silentAddress = '192.0.2.1';
/** The internet host answers with destination unreachable: host (3/1), and administratively prohibited (3/13). */
export const unreachableAddress = '192.0.2.2';
export const prohibitedAddress = '192.0.2.3';

const shapes = {
  fibre: {
    interface: 'eth0',
    net: '192.168.0',
    net6: 'fd00:1',
    metric: 100,
    nat: '203.0.113.200',
    hops: 3,
    delayMs: 1,
  },
  lte: {
    interface: 'eth1',
    net: '192.168.2',
    net6: 'fd00:2',
    metric: 200,
    nat: '198.51.100.200',
    hops: 4,
    delayMs: 10,
  },
} as const;
const routerNames = { fibre: ['fibre-router', 'isp'], lte: ['ap', 'carrier', 'core'] } as const;

function routerName(name: UplinkName, index: number): string {
  const names: readonly string[] = routerNames[name];
  return names[index] ?? `${names.at(-1)}-${index - names.length + 2}`;
}

function routerAddress(name: UplinkName, index: number): string {
  if (index === 0) return `${shapes[name].net}.1`;
  if (name === 'fibre') return `203.0.113.${index}`;
  return index === 1 ? '100.64.0.1' : `198.51.100.${index - 1}`;
}

export function planUplink(name: UplinkName, options: UplinkOptions = {}): Uplink {
  const shape = shapes[name];
  const { hops = shape.hops, delayMs = shape.delayMs, defaultRoute = true, silentHops = [] } = options;
  const { lossPercent = 0, duplicatePercent = 0, cut = false } = options;
  if (!Number.isInteger(hops) || hops < 2 || hops > 64) throw new Error(`${name}.hops must be from 2 to 64`);
  const indices = Array.from({ length: hops - 1 }, (_, index) => index);
  return {
    name,
    interface: shape.interface,
    address: `${shape.net}.10`,
    gateway: `${shape.net}.1`,
    metric: shape.metric,
    routers: indices.map((index) => routerName(name, index)),
    hops: [...indices.map((index) => routerAddress(name, index)), hostAddresses[0]],
    defaultRoute,
    silentHops,
    line: { delayMs, lossPercent, duplicatePercent, cut },
    ipv6: options.ipv6 === true ? planIpv6(shape.net6, hops - 1) : null,
    nat: options.nat === true ? shape.nat : null,
  };
}

const net = (uplink: Uplink) => uplink.gateway.replace(/\.1$/, '.0/24');
/** The same at each replugging, as a real stick's is: neighbours would keep a former one for seconds. */
const hardwareAddress = (uplink: Uplink) => `02:00:00:00:00:0${uplink.metric / 100}`;

/** The agent's interface and the relay's near end. `addrgenmode none`: no IPv6 chatter in captures. */
export function interfaceCommands(uplink: Uplink): string[] {
  const device = uplink.interface;
  return [
    `link add ${device} address ${hardwareAddress(uplink)} type veth peer name ${uplink.name}-in netns ${relayNode}`,
    `link set ${device} addrgenmode none`,
    `addr add ${uplink.address}/24 dev ${device}`,
    ...interface6Commands(uplink),
    `link set ${device} up`,
  ];
}

export function defaultRouteCommands(uplink: Uplink): string[] {
  if (!uplink.defaultRoute) return [];
  const gateways = [uplink.gateway, ...(uplink.ipv6 === null ? [] : [uplink.ipv6.linkLocalGateway])];
  return gateways.map(
    (gateway) => `route replace default via ${gateway} dev ${uplink.interface} metric ${uplink.metric}`,
  );
}

/** Run where the agent is: a line of routers joined `up` to `down`, ending at the host. */
export function cableCommands(uplink: Uplink): string[] {
  const first = `link add name down netns ${uplink.routers[0]} type veth peer name ${uplink.name}-out netns ${relayNode}`;
  const onward = uplink.routers.map((router, index) => {
    const next = uplink.routers[index + 1];
    const far = next ? `down netns ${next}` : `${uplink.name} netns ${hostNode}`;
    return `link add name up netns ${router} type veth peer name ${far}`;
  });
  return [first, ...onward];
}

/** Each router has a single address, on the side of the agent, so that a trace shows it whatever route is taken. */
export function routerCommands(uplink: Uplink, index: number): string[] {
  const own = uplink.hops[index];
  const back = uplink.hops[index - 1];
  return [
    'link set lo up',
    `addr add ${own}/${back === undefined ? 24 : 32} dev down`,
    'link set dev down up',
    'link set dev up up',
    `route add default via ${uplink.hops[index + 1]} dev up onlink`,
    ...(back === undefined ? [] : [`route add ${net(uplink)} via ${back} dev down onlink`]),
    ...uplink.hops
      .slice(1, Math.max(index, 1))
      .map((hop) => `route add ${hop}/32 via ${back} dev down onlink`),
  ];
}

export function hostCommands(uplinks: readonly Uplink[]): string[] {
  return [
    'link set lo up',
    ...hostAddresses.map((address) => `addr add ${address}/32 dev lo`),
    `route add blackhole ${silentAddress}`,
    `route add unreachable ${unreachableAddress}`,
    `route add prohibit ${prohibitedAddress}`,
    ...uplinks.flatMap((uplink) => {
      const { name, routers, hops } = uplink;
      const last = hops[routers.length - 1];
      return [
        `link set ${name} up`,
        `route add ${last}/32 dev ${name}`,
        `route add ${net(uplink)} via ${last} dev ${name} onlink`,
        ...hops
          .slice(1, routers.length - 1)
          .map((hop) => `route add ${hop}/32 via ${last} dev ${name} onlink`),
      ];
    }),
  ];
}

export function relayCommands({ name }: Uplink): string[] {
  return [`link set ${name}-in up`, `link set ${name}-out up`];
}
