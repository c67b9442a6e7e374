// From "via" to the wire: which interface is meant, and by which source and gateway a packet leaves.
import { describe, expect, it } from 'vitest';
import type { NetworkState } from '../../../agent/uplink/network.ts';
import { type UplinkSettings, exitBy, findExit, wayTo } from '../../../agent/uplink/way.ts';
import { type FailureCode, Failure } from '../../../shared/failure.ts';
import { iface, route, twoUplinks, withInterface, withRoutes } from './network.ts';

const uplink = (name: string, gateway: string | null = null): UplinkSettings => ({
  interface: name,
  gateway,
  pointToPoint: false,
  metered: false,
  dnsServers: null,
});
const uplinks = { fibre: uplink('eth0'), lte: uplink('eth1') };
const routeless: NetworkState = { ...twoUplinks, routes: [] };

/** The failure's code and words. */
function failureOf(act: () => unknown): [FailureCode, string] {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return [error.code, error.message];
    throw error;
  }
  throw new Error('nothing failed');
}

describe('via', () => {
  // prettier-ignore
  it.each([
    ['an uplink', 'lte', { uplink: 'lte', interfaceName: 'eth1', source: null }],
    ['an interface that is an uplink', 'eth1', { uplink: 'lte', interfaceName: 'eth1', source: null }],
    ['an interface that is none', 'ppp0', { uplink: null, interfaceName: 'ppp0', source: null }],
    ['a local address', '192.168.2.10', { uplink: 'lte', interfaceName: 'eth1', source: '192.168.2.10' }],
    ['a local address of IPv6', '2001:DB8:0::10', { uplink: 'fibre', interfaceName: 'eth0', source: '2001:db8::10' }],
    ['loopback', 'lo', { uplink: null, interfaceName: 'lo', source: null }],
  ])('as %s means its interface', (_what, via, exit) =>
    expect(findExit(twoUplinks, uplinks, via)).toEqual(exit),
  );

  it('as an uplink whose interface is gone is that uplink still', () => {
    expect(findExit(twoUplinks, { usb: uplink('wwan0') }, 'usb')).toEqual({
      uplink: 'usb',
      interfaceName: 'wwan0',
      source: null,
    });
  });

  it('as a name that is both means the uplink', () => {
    expect(findExit(twoUplinks, { ppp0: uplink('eth1') }, 'ppp0').interfaceName).toBe('eth1');
  });

  const known = '(there are: fibre, lte, lo, eth0, eth1, ppp0)';
  // prettier-ignore
  it.each<[what: string, via: string, code: FailureCode, words: string]>([
    ['of somebody else', '192.168.2.11', 'noAddress', 'via: no interface has the address 192.168.2.11'],
    ['that could be an interface', 'wwan0', 'interfaceMissing', `via: there is no uplink, interface or local address wwan0 ${known}`],
    ['that is nearly one', 'lt', 'interfaceMissing', 'via: there is no uplink, interface or local address lt (did you mean lte?)'],
    ['with letters swapped', 'fibrer', 'interfaceMissing', 'via: there is no uplink, interface or local address fibrer (did you mean fibre?)'],
    ['that just could be one', 'my-other-uplink', 'interfaceMissing', `via: there is no uplink, interface or local address my-other-uplink ${known}`],
    ['that could be none', 'my-second-uplink', 'unknownVia', `via: there is no uplink, interface or local address my-second-uplink ${known}`],
    ['that every object has', 'constructor', 'interfaceMissing', `via: there is no uplink, interface or local address constructor ${known}`],
    ["of the objects' maker", '__proto__', 'interfaceMissing', `via: there is no uplink, interface or local address __proto__ ${known}`],
  ])('as a name %s is refused', (_what, via, code, words) =>
    expect(failureOf(() => findExit(twoUplinks, uplinks, via))).toEqual([code, words]),
  );
});

describe('a way', () => {
  const by = (
    name: string,
    destination: string,
    network = twoUplinks,
    settings: typeof uplinks | object = uplinks,
  ) => wayTo(network, { ...settings }, exitBy({ ...settings }, name), destination);

  // prettier-ignore
  it.each([
    ['beyond the gateway', 'eth0', '1.1.1.1', '192.168.0.10', '192.168.0.1'],
    ['by the other uplink', 'eth1', '1.1.1.1', '192.168.2.10', '192.168.2.1'],
    ['to a neighbour', 'eth1', '192.168.2.77', '192.168.2.10', null],
    ['to the gateway itself', 'eth1', '192.168.2.1', '192.168.2.10', null],
    ['over a PPP link', 'ppp0', '1.1.1.1', '10.64.64.7', null],
    ['to the peer of a PPP link', 'ppp0', '10.64.64.1', '10.64.64.7', null],
    ['over loopback', 'lo', '127.0.0.1', '127.0.0.1', null],
    ['over loopback to an own address', 'lo', '192.168.0.10', '127.0.0.1', null],
  ])('%s', (_what, name, destination, source, nextHop) =>
    expect(by(name, destination)).toMatchObject({ interfaceName: name, source, nextHop }),
  );

  it("carries the uplink's name, and the source that was given", () => {
    const exit = findExit(twoUplinks, uplinks, '192.168.2.10');
    expect(wayTo(twoUplinks, uplinks, exit, '1.1.1.1')).toEqual({
      uplink: 'lte',
      interfaceName: 'eth1',
      source: '192.168.2.10',
      nextHop: '192.168.2.1',
    });
  });

  it('goes by the gateway of the settings, and without it by none that is not known', () => {
    const given = { lte: uplink('eth1', '192.168.2.254') };
    expect(by('eth1', '1.1.1.1', twoUplinks, given).nextHop).toBe('192.168.2.254');
    expect(by('eth1', '1.1.1.1', routeless, given).nextHop).toBe('192.168.2.254');
    expect(failureOf(() => by('eth1', '1.1.1.1', routeless))).toEqual([
      'noGateway',
      'eth1 has no route to 1.1.1.1 and no gateway is known; give uplinks.NAME.gateway',
    ]);
    expect(by('eth1', '192.168.2.77', routeless, given).nextHop).toBe(null);
  });

  it('goes by no gateway on a line that has none, whatever the routes say', () => {
    const line = { lte: { ...uplink('eth1'), pointToPoint: true } };
    expect(by('eth1', '1.1.1.1', routeless, line)).toMatchObject({ source: '192.168.2.10', nextHop: null });
    expect(by('eth1', '1.1.1.1', twoUplinks, line).nextHop).toBe(null);
  });

  it('follows a more specific route, before the gateway of the settings too', () => {
    const given = { lte: uplink('eth1', '192.168.2.254') };
    const network = withRoutes(
      route('10.0.0.0/8', 'eth1', '192.168.2.9', { metric: 20 }),
      route('10.0.0.0/8', 'eth1', '192.168.2.2', { metric: 10 }),
      route('10.0.0.0/8', 'eth1', '192.168.2.8', { metric: 30 }),
      route('10.20.0.0/16', 'eth1', '192.168.2.3'),
      route('10.20.0.0/16', 'eth0', '192.168.0.2'),
      route('10.30.0.0/16', 'eth1', null),
    );
    expect(by('eth1', '10.20.1.1', network, given).nextHop).toBe('192.168.2.3');
    expect(by('eth1', '10.99.1.1', network, given).nextHop).toBe('192.168.2.2');
    expect(by('eth1', '10.30.1.1', network, given).nextHop).toBe(null);
    expect(by('eth1', '11.0.0.1', network, given).nextHop).toBe('192.168.2.254');
    expect(by('eth0', '10.20.1.1', network, given).nextHop).toBe('192.168.0.2');
  });

  it('takes a default route of the main table before one that only a rule leads to', () => {
    const network: NetworkState = {
      ...twoUplinks,
      routes: [
        route('default', 'eth1', '192.168.2.3', { metric: 300 }),
        route('default', 'eth1', '192.168.2.2', { metric: 50, table: '201' }),
        route('default', 'eth1', 'fe80::1', { metric: 1, family: 6 }),
      ],
    };
    expect(by('eth1', '1.1.1.1', network).nextHop).toBe('192.168.2.3');
    const byRule: NetworkState = { ...network, routes: network.routes.slice(1) };
    expect(by('eth1', '1.1.1.1', byRule).nextHop).toBe('192.168.2.2');
  });

  it('is none by a default route of the other family alone', () => {
    const network: NetworkState = { ...twoUplinks, routes: [route('default', 'eth1', null, { family: 6 })] };
    expect(failureOf(() => by('eth1', '1.1.1.1', network))[0]).toBe('noGateway');
  });

  describe('over IPv6', () => {
    const both = iface('eth1', ['fe80::2/64', 'fd00:2::10/64']);
    const six = {
      ...withInterface(both),
      routes: [route('default', 'eth1', 'fe80::1', { family: 6 })],
    };

    it('comes from an address that reaches as far as its destination, whatever the next hop is', () => {
      expect(by('eth1', '2001:db9::1', six)).toMatchObject({ source: 'fd00:2::10', nextHop: 'fe80::1' });
      expect(by('eth1', 'fd00:2::77', six)).toMatchObject({ source: 'fd00:2::10', nextHop: null });
      expect(by('eth1', 'fe80::1', six)).toMatchObject({ source: 'fe80::2', nextHop: null });
    });

    it('is none by a link-local address alone, which every interface has', () => {
      const network = { ...withInterface(iface('eth1', ['fe80::2/64'])), routes: [] };
      expect(failureOf(() => by('eth1', '2001:db9::1', network))).toEqual([
        'noAddress',
        'eth1 has no IPv6 address but a link-local one',
      ]);
    });
  });

  it("comes from the address that stands in the gateway's network", () => {
    const network = withInterface(iface('eth1', ['10.1.1.1/24', '192.168.2.10/24', '192.168.2.11/24']));
    expect(by('eth1', '1.1.1.1', network).source).toBe('192.168.2.10');
    expect(by('eth1', '10.1.1.9', network).source).toBe('10.1.1.1');
  });
});

describe('no way', () => {
  const fail = (network: NetworkState, destination = '1.1.1.1', via = 'eth1') =>
    failureOf(() => wayTo(network, uplinks, findExit(twoUplinks, uplinks, via), destination));

  // prettier-ignore
  it.each<[what: string, network: NetworkState, code: FailureCode, words: string]>([
    ['there is no such interface', { interfaces: [], routes: [] }, 'interfaceMissing', 'there is no interface eth1'],
    ['it is down', withInterface(iface('eth1', ['192.168.2.10/24'], { up: false, carrier: false })), 'interfaceDown', 'eth1 is down (ip link set eth1 up)'],
    ['it has no carrier', withInterface(iface('eth1', ['192.168.2.10/24'], { carrier: false })), 'noCarrier', 'eth1 has no carrier: cable, access point or modem'],
    ['it has no address', withInterface(iface('eth1', [])), 'noAddress', 'eth1 has no IPv4 address'],
    ['it has one of IPv6 alone', withInterface(iface('eth1', ['2001:db8::2/64'])), 'noAddress', 'eth1 has no IPv4 address'],
  ])('is there where %s', (_what, network, code, words) => expect(fail(network)).toEqual([code, words]));

  it('leads to this machine itself by an uplink', () => {
    const words = "is this machine's own address; packets to it never leave by eth1";
    expect(fail(twoUplinks, '192.168.2.10')).toEqual(['badRequest', `target: 192.168.2.10 ${words}`]);
    expect(fail(twoUplinks, '192.168.0.10')).toEqual(['badRequest', `target: 192.168.0.10 ${words}`]);
    expect(fail(twoUplinks, '127.0.0.1')).toEqual(['badRequest', `target: 127.0.0.1 ${words}`]);
  });

  it('is there from an address of the other family', () => {
    expect(fail(twoUplinks, '1.1.1.1', '2001:db8::10')).toEqual([
      'badRequest',
      "via: packets to 1.1.1.1 can't come from 2001:db8::10; give an IPv4 address",
    ]);
  });
});
