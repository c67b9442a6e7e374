// The sentence for an uplink that TCP can't leave by: it names the command that mends it.
import { expect, it } from 'vitest';
import { missingRoute } from '../../../agent/uplink/missing-route.ts';
import { type NetworkState, emptyNetwork } from '../../../agent/uplink/network.ts';
import type { Way } from '../../../shared/way.ts';
import { route, twoUplinks, withRoutes } from './network.ts';

const lte: Way = { uplink: 'lte', interfaceName: 'eth1', source: '192.168.2.10', nextHop: '192.168.2.1' };
const ppp: Way = { uplink: null, interfaceName: 'ppp0', source: '10.64.64.7', nextHop: null };
const lte6: Way = { ...lte, source: '2001:db8:2::10', nextHop: 'fe80::1' };
const six = route('default', 'eth0', '2001:db8::1', { family: 6, metric: 1024 });
const elsewhere = route('default', 'eth1', '192.168.2.1', { metric: 9000, table: '201' });

// prettier-ignore
it.each<[network: NetworkState, way: Way, address: string, words: string]>([
  [twoUplinks, lte, '1.1.1.1', 'lte has no route to 1.1.1.1; a TCP probe needs one: ip route add default via 192.168.2.1 dev eth1 metric 400'],
  [withRoutes(six, elsewhere), lte, '1.1.1.1', 'lte has no route to 1.1.1.1; a TCP probe needs one: ip route add default via 192.168.2.1 dev eth1 metric 400'],
  [withRoutes(six), lte6, '2001:db8:9::1', 'lte has no route to 2001:db8:9::1; a TCP probe needs one: ip -6 route add default via fe80::1 dev eth1 metric 1124'],
  [emptyNetwork, ppp, '1.1.1.1', 'ppp0 has no route to 1.1.1.1; a TCP probe needs one: ip route add default dev ppp0 metric 100'],
])('%#', (network, way, address, words) => {
  expect(missingRoute(network, way, address)).toMatchObject({ code: 'noRoute', source: 'uplink', message: words });
});
