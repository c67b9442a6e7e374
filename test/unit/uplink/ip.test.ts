// What iproute2 says, read from its recorded output: a fibre line, a mobile one, a PPP link, one without a cable.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernelInterfaceTo, kernelRouteBy, parseNetworkState } from '../../../agent/uplink/ip.ts';
import type { NetworkState, RouteEntry } from '../../../agent/uplink/network.ts';
import { Failure } from '../../../shared/failure.ts';
import { networkOf } from './network.ts';

const recorded = (name: string): string =>
  readFileSync(new URL(`../../fixtures/ip/${name}.json`, import.meta.url), 'utf8');
const read = (routes4: string, routes6 = '[]'): NetworkState => parseNetworkState('[]', routes4, routes6);

const state = parseNetworkState(recorded('address'), recorded('route4'), recorded('route6'));

describe('the interfaces', () => {
  it('are told apart by what they can do now', () => {
    const seen = state.interfaces.map(({ name, index, up, carrier, loopback }) => [
      name,
      index,
      up,
      carrier,
      loopback,
    ]);
    expect(seen).toEqual([
      ['lo', 1, true, true, true],
      ['eth0', 3, true, true, false],
      ['eth1', 5, true, true, false],
      ['ppp0', 7, true, true, false],
      ['eth2', 9, true, false, false],
    ]);
  });

  it('have their addresses with the networks these stand in', () => {
    const addressesOf = (wanted: string) => state.interfaces.find(({ name }) => name === wanted)?.addresses;
    expect(addressesOf('eth0')).toEqual([
      networkOf('192.168.0.10/24'),
      networkOf('2001:db8::10/64'),
      networkOf('fe80::786b:1dff:fe27:c99c/64'),
    ]);
    expect(addressesOf('ppp0')?.[0]).toEqual(networkOf('10.64.64.7/32'));
  });

  it('that are down have no carrier', () => {
    const text = '[{"ifname":"eth3","ifindex":9,"flags":["BROADCAST","MULTICAST"],"addr_info":[]}]';
    expect(parseNetworkState(text, '[]', '[]').interfaces).toEqual([
      { name: 'eth3', index: 9, up: false, carrier: false, loopback: false, addresses: [] },
    ]);
  });
});

describe('the routes', () => {
  const defaults = state.routes.filter(({ prefix }) => prefix === null);
  const to = (destination: string): RouteEntry[] =>
    state.routes.filter(({ prefix }) => prefix?.address === destination);

  it('by default are those of every table, each of its own family', () => {
    const seen = defaults.map(({ family, interfaceName, gateway, metric, table }) => [
      family,
      interfaceName,
      gateway,
      metric,
      table,
    ]);
    expect(seen).toEqual([
      [4, 'eth1', '192.168.2.1', 0, '201'],
      [4, 'eth0', '192.168.0.1', 100, 'main'],
      [4, 'eth1', '192.168.2.1', 200, 'main'],
      [4, 'ppp0', null, 300, 'main'],
      [6, 'eth0', '2001:db8::1', 100, 'main'],
      [6, 'ppp0', null, 400, 'main'],
    ]);
  });

  it('say who set them', () => {
    expect(to('192.168.0.0').map(({ protocol }) => protocol)).toEqual(['kernel']);
    expect(to('10.20.0.0').map(({ protocol }) => protocol)).toEqual(['boot']);
  });

  it('over several gateways are one for each', () => {
    const several = to('10.30.0.0').map(({ interfaceName, gateway }) => [interfaceName, gateway]);
    expect(several).toEqual([
      ['eth0', '192.168.0.1'],
      ['eth1', '192.168.2.1'],
    ]);
  });

  it('that lead nowhere, to this machine or to everyone are left out', () => {
    const absent = ['10.40.0.0', '10.50.0.0', '192.168.0.10', '192.168.0.255', '127.0.0.0', 'ff00::', '::1'];
    for (const destination of absent) expect(to(destination)).toEqual([]);
    expect(to('10.20.0.0')).toEqual([
      {
        family: 4,
        prefix: networkOf('10.20.0.0/16'),
        interfaceName: 'eth1',
        gateway: '192.168.2.254',
        metric: 0,
        table: 'main',
        protocol: 'boot',
      },
    ]);
  });

  it('of IPv4 over a gateway of IPv6 are left out', () => {
    expect(to('203.0.113.0')).toEqual([]);
    const text = '[{"dst":"default","via":{"family":"inet6","host":"fe80::1"},"dev":"eth0"}]';
    expect(read(text).routes).toEqual([]);
  });

  it('without an interface, or to a thing that is no network, are left out', () => {
    expect(read('[{"dst":"10.0.0.0/8"},{"dst":"somewhere","dev":"eth0"}]').routes).toEqual([]);
  });
});

describe('output that is none', () => {
  it('is nothing where it is empty, as iproute2 writes an empty list', () => {
    expect(parseNetworkState('', '', '[ ]')).toEqual({ interfaces: [], routes: [] });
  });

  it.each(['{', '{}', '[{"dst":1}]', 'Cannot open netlink socket'])('is refused: %s', (text) => {
    expect(() => read(text)).toThrow();
    expect(() => parseNetworkState(text, '[]', '[]')).toThrow();
  });
});

describe('the kernel, asked for a way', () => {
  const codeOf = (address: string): Promise<string> =>
    kernelInterfaceTo(address).catch((error: unknown) =>
      error instanceof Failure ? error.code : String(error),
    );

  it('names the interface', async () => {
    expect(await codeOf('127.0.0.1')).toBe('lo');
  });

  it('has no route where nothing leads there', async () => {
    // A fresh namespace has loopback alone.
    expect(await codeOf('1.1.1.1')).toBe('noRoute');
  });

  it('misses an interface that has gone, for a route by it too', async () => {
    await expect(kernelRouteBy('eth77', '1.1.1.1')).rejects.toMatchObject({
      code: 'interfaceMissing',
      message: 'there is no interface eth77',
    });
  });

  it("is not blamed for what is this machine's own fault", async () => {
    const path = process.env['PATH'];
    try {
      process.env['PATH'] = '/nowhere';
      expect(await codeOf('1.1.1.1')).toBe('internal');
    } finally {
      process.env['PATH'] = path;
    }
  });
});
