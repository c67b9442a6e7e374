// Networks for the tests of uplinks: fibre on eth0, mobile on eth1, a PPP link, each as the kernel would have it.
import type { InterfaceState, NetworkState, RouteEntry } from '../../../agent/uplink/network.ts';
import { type Network, parseNetwork } from '../../../shared/ip.ts';

export function networkOf(text: string): Network {
  const network = parseNetwork(text);
  if (network === null) throw new Error(`the test itself names no network: ${text}`);
  return network;
}

export const iface = (
  name: string,
  addresses: readonly string[],
  state: Partial<InterfaceState> = {},
): InterfaceState => ({
  name,
  index: 1,
  up: true,
  carrier: true,
  loopback: false,
  addresses: addresses.map(networkOf),
  ...state,
});

/** `to` is CIDR, or `default`. */
export const route = (
  to: string,
  interfaceName: string,
  gateway: string | null,
  other: Partial<RouteEntry> = {},
): RouteEntry => ({
  family: 4,
  prefix: to === 'default' ? null : networkOf(to),
  interfaceName,
  gateway,
  metric: 0,
  table: 'main',
  protocol: 'boot',
  ...other,
});

export const twoUplinks: NetworkState = {
  interfaces: [
    iface('lo', ['127.0.0.1/8', '::1/128'], { loopback: true }),
    iface('eth0', ['192.168.0.10/24', '2001:db8::10/64']),
    iface('eth1', ['192.168.2.10/24']),
    iface('ppp0', ['10.64.64.7/32']),
  ],
  routes: [
    route('default', 'eth0', '192.168.0.1', { metric: 100 }),
    route('default', 'eth1', '192.168.2.1', { metric: 200 }),
    route('default', 'ppp0', null, { metric: 300 }),
    route('192.168.0.0/24', 'eth0', null),
    route('192.168.2.0/24', 'eth1', null),
    route('10.64.64.1', 'ppp0', null),
  ],
};

export const withInterface = (changed: InterfaceState): NetworkState => ({
  ...twoUplinks,
  interfaces: [...twoUplinks.interfaces.filter(({ name }) => name !== changed.name), changed],
});

export const withRoutes = (...routes: RouteEntry[]): NetworkState => ({
  ...twoUplinks,
  routes: [...twoUplinks.routes, ...routes],
});
