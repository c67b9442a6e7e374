// What a way is told by the route that its gateway was learned from.
import { expect, it } from 'vitest';
import type { ForeignDefault, UplinkWay } from '../../../../agent/uplink/routes/kinds.ts';
import { learned } from '../../../../agent/uplink/routes/learned.ts';

const way: UplinkWay = {
  ...{ uplink: 'fibre', interfaceName: 'eth0', index: 0, gateway: '192.0.2.1', onlink: false, source: null },
  ...{ addresses: ['198.51.100.7'], healthy: true },
};
const route: ForeignDefault = {
  ...{ family: 4, interfaceName: 'eth0', gateway: '192.0.2.1', source: '198.51.100.7', metric: 100 },
  ...{ protocol: 16, onlink: true, linkScope: false, plain: true },
};

it('leaves from the address that the route names, to a gateway beyond its network', () => {
  expect(learned([way], [route])).toEqual([{ ...way, onlink: true, source: '198.51.100.7' }]);
});

it.each<[what: string, change: Partial<ForeignDefault>]>([
  ['by another interface', { interfaceName: 'eth1' }],
  ['by another gateway', { gateway: '192.0.2.2' }],
])('takes nothing from a route %s', (_what, change) => {
  expect(learned([way], [{ ...route, ...change }])).toEqual([way]);
});

it('takes no address that the interface has no more', () => {
  expect(learned([{ ...way, addresses: ['198.51.100.8'] }], [route])[0]?.source).toBeNull();
});
