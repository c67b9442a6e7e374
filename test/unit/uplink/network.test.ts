// The gateway of an interface, as its routes say.
import { expect, it } from 'vitest';
import { defaultGateway } from '../../../agent/uplink/network.ts';
import { route, twoUplinks } from './network.ts';

it("an interface's gateway is that of its best default route that has one", () => {
  const routes = [
    route('default', 'eth0', '192.168.0.3', { metric: 300 }),
    route('default', 'eth0', null, { metric: 10 }),
    route('default', 'eth0', '192.168.0.2', { metric: 20 }),
    route('default', 'eth1', '192.168.2.1', { metric: 1 }),
    route('10.0.0.0/8', 'eth0', '192.168.0.9'),
    route('default', 'eth0', '2001:db8::1', { metric: 5, family: 6 }),
  ];
  expect(defaultGateway({ interfaces: [], routes }, 'eth0', 4)).toBe('192.168.0.2');
  expect(defaultGateway({ interfaces: [], routes }, 'eth0', 6)).toBe('2001:db8::1');
  expect(defaultGateway({ interfaces: [], routes }, 'eth9', 4)).toBe(null);
});

it('a link without a gateway has none', () => {
  expect(defaultGateway(twoUplinks, 'ppp0', 4)).toBe(null);
});
