// The uplinks as others see them: a refusal is confirmed by a fresh reading, and all of them stand in one view.
import { describe, expect, it } from 'vitest';
import { type Uplinks, type UplinkView, createUplinks } from '../../../agent/uplink/index.ts';
import { Failure } from '../../../shared/failure.ts';
import type { NetworkState } from '../../../agent/uplink/network.ts';
import type { NetworkWatch } from '../../../agent/uplink/watch.ts';
import type { UplinkSettings } from '../../../agent/uplink/way.ts';
import { iface, route, twoUplinks, withInterface } from './network.ts';

const settings: Record<string, UplinkSettings> = {
  lte: { interface: 'eth1', gateway: '192.168.2.254', pointToPoint: false, metered: true, dnsServers: null },
  fibre: { interface: 'eth0', gateway: null, pointToPoint: false, metered: false, dnsServers: null },
  usb: { interface: 'wwan0', gateway: null, pointToPoint: false, metered: true, dnsServers: null },
};

/** Where the kernel has no route to. */
const nowhere = '203.0.113.9';

interface Seen extends Uplinks {
  /** How often the network was read anew. */
  readings(): number;
  /** The addresses whose way the kernel was asked for. */
  waysAsked: string[];
}

/** `now` is the network at a fresh reading, `known` as it was last read. */
function seen(known: NetworkState, now: NetworkState = known, configured = settings): Seen {
  let readings = 0;
  const waysAsked: string[] = [];
  const watch: NetworkWatch = {
    start: () => Promise.resolve(),
    stop: () => undefined,
    current: () => known,
    leavesBy: () => null,
    latest: () => Promise.resolve(known),
    fresh: () => {
      readings += 1;
      return Promise.resolve(now);
    },
    interfaceTo: (address) => {
      waysAsked.push(address);
      if (address === nowhere) return Promise.reject(new Failure('noRoute', `no route to ${address}`));
      return Promise.resolve(address.startsWith('192.168.2.') ? 'eth1' : 'eth0');
    },
    wayBack: () => Promise.resolve([]),
    hasRoute: (interfaceName, address) =>
      Promise.resolve(`${interfaceName} ${address}` !== `eth1 ${nowhere}`),
  };
  return { ...createUplinks(watch, () => configured), readings: () => readings, waysAsked };
}

const unplugged = withInterface(iface('eth1', ['192.168.2.10/24'], { carrier: false }));

it.each([
  ['lte', true],
  ['fibre', false],
  ['eth0', false],
])('the exit by %s is metered: %j', async (via, metered) => {
  const uplinks = seen(twoUplinks);
  expect(uplinks.metered(await uplinks.findExit(via))).toBe(metered);
});

describe('a way', () => {
  it('is that of the network as last read, without reading it again', async () => {
    const uplinks = seen(twoUplinks, unplugged);
    const exit = await uplinks.findExit('lte');
    expect(await uplinks.way(exit, '1.1.1.1')).toEqual({
      uplink: 'lte',
      interfaceName: 'eth1',
      source: '192.168.2.10',
      nextHop: '192.168.2.254',
    });
    expect(uplinks.readings()).toBe(0);
  });

  it('without an exit is by the interface the kernel would take', async () => {
    const uplinks = seen(twoUplinks);
    expect(await uplinks.way(null, '1.1.1.1')).toMatchObject({ uplink: 'fibre', nextHop: '192.168.0.1' });
    expect(await uplinks.way(null, '192.168.2.9')).toMatchObject({ uplink: 'lte', nextHop: null });
  });

  it('is found once the cable is back, though the last reading is older', async () => {
    const uplinks = seen(unplugged, twoUplinks);
    const exit = await uplinks.findExit('eth1');
    expect(await uplinks.way(exit, '1.1.1.1')).toMatchObject({ interfaceName: 'eth1' });
    expect(uplinks.readings()).toBe(1);
  });

  it('is refused where a fresh reading says the same', async () => {
    const uplinks = seen(unplugged);
    const exit = await uplinks.findExit('eth1');
    await expect(uplinks.way(exit, '1.1.1.1')).rejects.toMatchObject({ code: 'noCarrier', source: 'uplink' });
    expect(uplinks.readings()).toBe(1);
  });
});

describe('an exit', () => {
  it('is found once the interface has come, though the last reading is older', async () => {
    const before: NetworkState = { interfaces: [], routes: [] };
    expect(await seen(before, twoUplinks).findExit('192.168.2.10')).toMatchObject({ uplink: 'lte' });
    await expect(seen(before).findExit('192.168.2.10')).rejects.toMatchObject({ code: 'noAddress' });
    await expect(seen(before).findExit('eth5')).rejects.toMatchObject({ code: 'interfaceMissing' });
  });
});

describe('a route that TCP needs', () => {
  it('is that of the kernel, by the interface', async () => {
    const uplinks = seen(twoUplinks);
    const exit = await uplinks.findExit('lte');
    const way = await uplinks.way(exit, nowhere);
    await uplinks.mustRoute(way, '1.1.1.1');
    await expect(uplinks.mustRoute(way, nowhere)).rejects.toMatchObject({
      code: 'noRoute',
      source: 'uplink',
    });
  });

  it('is not asked for where packets go to this machine itself', async () => {
    const uplinks = seen(twoUplinks);
    const way = { uplink: null, interfaceName: 'lo', source: '127.0.0.1', nextHop: null };
    await uplinks.mustRoute(way, nowhere);
  });
});

describe("the kernel's own way", () => {
  it.each<[address: string, avoids: boolean, what: string]>([
    ['8.8.8.8', true, 'by an uplink that is not metered'],
    ['192.168.2.53', false, 'by one that is'],
    [nowhere, false, 'to where it has no route'],
    ['fe80::1', false, 'to an address that every interface might have'],
  ])('to %s avoids metered uplinks: %j (%s)', async (address, avoids) => {
    expect(await seen(twoUplinks).avoidsMetered(address)).toBe(avoids);
  });

  it('is not asked for where no uplink is metered', async () => {
    const fibre: UplinkSettings = {
      interface: 'eth0',
      gateway: null,
      pointToPoint: false,
      metered: false,
      dnsServers: null,
    };
    const uplinks = seen(twoUplinks, twoUplinks, { fibre });
    expect(await uplinks.avoidsMetered(nowhere)).toBe(true);
    expect(await uplinks.avoidsMetered('fe80::1')).toBe(true);
    expect(uplinks.waysAsked).toEqual([]);
  });
});

describe('the name servers', () => {
  it('are the ones of the uplink, whether its interface is there or not', async () => {
    const lte: UplinkSettings = {
      interface: 'wwan0',
      gateway: null,
      pointToPoint: false,
      metered: true,
      dnsServers: ['9.9.9.9'],
    };
    const uplinks = seen(twoUplinks, twoUplinks, { lte });
    expect(await uplinks.nameServers(await uplinks.findExit('lte'))).toEqual(['9.9.9.9']);
  });
});

describe('the view', () => {
  it('has every uplink and every other interface but loopback, those that work first', () => {
    const lines = seen({
      interfaces: [
        iface('lo', ['127.0.0.1/8'], { loopback: true }),
        iface('eth9', []),
        iface('wlan0', ['10.0.0.2/24']),
        iface('eth1', ['192.168.2.10/24'], { up: false, carrier: false }),
        iface('eth0', ['2001:db8::10/64', '192.168.0.10/24']),
        iface('eth8', ['10.8.0.2/24'], { carrier: false }),
        iface('eth7', ['fe80::7/64', '2001:db8:7::7/64']),
        iface('eth6', ['fe80::6/64', '169.254.6.6/16']),
      ],
      routes: [
        route('default', 'eth7', 'fe80::1', { family: 6 }),
        route('default', 'eth0', '192.168.0.1'),
        route('default', 'wlan0', '10.0.0.1'),
      ],
    }).view();
    const row = (
      uplink: string | null,
      name: string,
      state: UplinkView['state'],
      addresses: string[],
      gateway: string | null,
    ): UplinkView => ({ uplink, interface: name, state, addresses, gateway });
    expect(lines).toEqual([
      row('fibre', 'eth0', 'up', ['2001:db8::10', '192.168.0.10'], '192.168.0.1'),
      row('lte', 'eth1', 'down', ['192.168.2.10'], '192.168.2.254'),
      row('usb', 'wwan0', 'missing', [], null),
      row(null, 'wlan0', 'up', ['10.0.0.2'], '10.0.0.1'),
      row(null, 'eth7', 'up', ['fe80::7', '2001:db8:7::7'], 'fe80::1'),
      row(null, 'eth9', 'no address', [], null),
      row(null, 'eth8', 'no carrier', ['10.8.0.2'], null),
      row(null, 'eth6', 'no address', ['fe80::6', '169.254.6.6'], null),
    ]);
  });

  it('of own addresses has those of all interfaces', () => {
    const own = seen(twoUplinks).ownAddresses();
    expect(own.map(({ address, prefixLength }) => `${address}/${prefixLength}`)).toEqual([
      '127.0.0.1/8',
      '::1/128',
      '192.168.0.10/24',
      '2001:db8::10/64',
      '192.168.2.10/24',
      '10.64.64.7/32',
    ]);
  });
});
