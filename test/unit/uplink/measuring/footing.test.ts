import { expect, it } from 'vitest';
import { footingOf } from '../../../../agent/uplink/measuring/footing.ts';
import type { NetworkState } from '../../../../agent/uplink/network.ts';
import { type Family } from '../../../../shared/ip.ts';
import { defaultBy, iface, networkOf, uplink } from './kit.ts';

const seen = (network: NetworkState, one = uplink('eth0'), family: Family = 4) => {
  const { link, gateway, sources } = footingOf(network, one, family, null, 0);
  return { link: link.link, gateway, sources };
};
const of = (...interfaces: NetworkState['interfaces']): NetworkState => ({
  interfaces,
  routes: [defaultBy('eth0')],
});

it('has its address and learns its gateway', () =>
  expect(seen(networkOf('eth0', 'eth1'))).toEqual({
    link: 'ready',
    gateway: '198.51.100.1',
    sources: ['198.51.100.2'],
  }));

it.each<[link: string, network: NetworkState]>([
  ['missing', of(iface('eth1'))],
  ['down', of(iface('eth0', [], { up: false, carrier: false }))],
  ['no carrier', of(iface('eth0', ['198.51.100.2/24'], { carrier: false }))],
  ['no address', of(iface('eth0', []))],
  ['no address', of(iface('eth0', ['169.254.7.7/16']))],
  ['no gateway', { interfaces: [iface('eth0')], routes: [defaultBy('eth1')] }],
])('%s', (link, network) => expect(seen(network).link).toBe(link));

it.each([
  ['a carrier', { carrier: false, address: true }, iface('eth0', ['198.51.100.2/24'], { carrier: false })],
  ['an address', { carrier: true, address: false }, iface('eth0', [])],
])('lacks nothing where %s is not required', (_what, require, one) =>
  expect(seen(of(one), uplink('eth0', { require })).link).toBe('ready'),
);

it('takes the gateway that is configured, where it is of the family', () => {
  const one = uplink('eth0', { gateway: '198.51.100.254' });
  expect(seen(networkOf('eth0'), one).gateway).toBe('198.51.100.254');
  expect(seen(networkOf('eth0'), one, 6).gateway).toBeNull();
});

it.each([
  ['as configured', uplink('ppp0', { pointToPoint: true }), []],
  ['as its route says', uplink('ppp0'), [defaultBy('ppp0', null)]],
])('a line without a gateway is ready, %s', (_what, one, routes) => {
  const network = { interfaces: [iface('ppp0', ['198.51.100.2/32'])], routes };
  expect(seen(network, one)).toMatchObject({ link: 'ready', gateway: null });
});

it.each([
  ['no gateway', uplink('ppp0', { pointToPoint: true })],
  ['a configured gateway', uplink('ppp0', { gateway: '169.254.7.1' })],
])('a link-local IPv4 address may be meant on a line with %s', (_what, one) => {
  const network = { interfaces: [iface('ppp0', ['169.254.7.7/16'])], routes: [] };
  expect(seen(network, one)).toMatchObject({ link: 'ready', sources: ['169.254.7.7'] });
});

it('has no IPv6 by a link-local address alone', () => {
  const routes = [defaultBy('eth0', 'fe80::1', { family: 6 })];
  expect(seen({ interfaces: [iface('eth0', ['fe80::2/64'])], routes }, uplink('eth0'), 6).link).toBe(
    'no address',
  );
  const both = iface('eth0', ['fe80::2/64', '2001:db8::2/64']);
  expect(seen({ interfaces: [both], routes }, uplink('eth0'), 6)).toEqual({
    link: 'ready',
    gateway: 'fe80::1',
    sources: ['2001:db8::2'],
  });
});
