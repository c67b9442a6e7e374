// Whom an uplink's names are asked of: what the user gave, what its interface was given, the system's, its gateway.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createNameServers } from '../../../agent/uplink/name-servers.ts';
import type { NetworkState } from '../../../agent/uplink/network.ts';
import type { UplinkSettings } from '../../../agent/uplink/way.ts';
import type { Exit } from '../../../shared/way.ts';
import { rootWith, writeFiles } from './name-servers/files.ts';
import { iface, route, twoUplinks } from './network.ts';

const exit = (uplink: string | null, interfaceName: string): Exit => ({
  uplink,
  interfaceName,
  source: null,
});
const lte = exit('lte', 'eth1');
const plain: UplinkSettings = {
  interface: 'eth1',
  gateway: null,
  pointToPoint: false,
  metered: true,
  dnsServers: null,
};

const given = (...servers: string[]) => ({
  'run/resolvconf/interfaces/eth1.dhcp': servers.map((server) => `nameserver ${server}\n`).join(''),
});
const systems = (...servers: string[]) => ({
  'etc/resolv.conf': servers.map((server) => `nameserver ${server}\n`).join(''),
});

interface Asked {
  ask: (exit: Exit) => Promise<string[]>;
  root: string;
  /** What may change. */
  now: { network: NetworkState; settings: Record<string, UplinkSettings> };
}

function asked(
  files: Record<string, string>,
  settings: Partial<UplinkSettings> = {},
  network = twoUplinks,
): Asked {
  const root = rootWith(files);
  const now = { network, settings: { lte: { ...plain, ...settings } } };
  const watch = { latest: () => Promise.resolve(now.network) };
  return { ask: createNameServers(watch, () => now.settings, root), root, now };
}

describe('the name servers of an uplink', () => {
  const all = { ...given('192.168.2.53'), ...systems('9.9.9.9') };

  it.each<
    [what: string, files: Record<string, string>, settings: Partial<UplinkSettings>, servers: string[]]
  >([
    [
      'those of the file',
      all,
      { dnsServers: ['9.9.9.9', '2620:fe::fe', '9.9.9.9'] },
      ['9.9.9.9', '2620:fe::fe'],
    ],
    ['those its interface was given', all, {}, ['192.168.2.53']],
    ["the system's", systems('9.9.9.9', '192.168.2.53'), {}, ['9.9.9.9', '192.168.2.53']],
    [
      'its gateway, where the system asks a router beside another line',
      systems('192.168.0.1'),
      {},
      ['192.168.2.1'],
    ],
    ['its gateway of the file', {}, { gateway: '192.168.2.254' }, ['192.168.2.254']],
    ['the gateway of its default route', systems('127.0.0.53'), {}, ['192.168.2.1']],
  ])('are %s', async (_what, files, settings, servers) => {
    expect(await asked(files, settings).ask(lte)).toEqual(servers);
  });

  it('are the gateway of IPv6 where there is none of IPv4', async () => {
    const routes = [route('default', 'eth1', 'fe80::1', { family: 6 })];
    expect(await asked({}, {}, { ...twoUplinks, routes }).ask(lte)).toEqual(['fe80::1']);
  });

  it('are none where nothing is known', async () => {
    expect(await asked({}).ask(exit(null, 'ppp0'))).toEqual([]);
    expect(await asked(given('192.168.2.53')).ask(exit('usb', 'wwan0'))).toEqual([]);
  });

  it('are found for an interface that is no uplink', async () => {
    expect(await asked(given('192.168.2.53')).ask(exit(null, 'eth1'))).toEqual(['192.168.2.53']);
  });

  it("are none of this machine's addresses, nor what is nobody's", async () => {
    const nobodys = [
      '127.0.0.53',
      '::1',
      '0.0.0.0',
      '224.0.0.251',
      'ff02::fb',
      '192.168.2.10',
      '2001:db8::10',
    ];
    expect(await asked(given(...nobodys, '192.168.2.53')).ask(lte)).toEqual(['192.168.2.53']);
    expect(await asked({ ...given(...nobodys), ...systems('192.168.0.10', '9.9.9.9') }).ask(lte)).toEqual([
      '9.9.9.9',
    ]);
  });
});

describe('what was found', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => vi.useRealTimers());

  it('is known for five seconds without reading again, and to nobody who changes what he got', async () => {
    const { ask, root } = asked(given('192.168.2.53'));
    (await ask(lte)).push('192.168.2.99');
    writeFiles(root, given('192.168.2.54'));
    vi.advanceTimersByTime(4999);
    expect(await ask(lte)).toEqual(['192.168.2.53']);
    vi.advanceTimersByTime(2);
    expect(await ask(lte)).toEqual(['192.168.2.54']);
  });

  it('is forgotten when the network is read anew', async () => {
    const { ask, root, now } = asked(given('192.168.2.53'));
    await ask(lte);
    writeFiles(root, given('192.168.2.54'));
    now.network = { ...twoUplinks, interfaces: [...twoUplinks.interfaces, iface('eth9', [])] };
    expect(await ask(lte)).toEqual(['192.168.2.54']);
  });

  it("is each interface's own", async () => {
    const { ask } = asked(given('192.168.2.53'));
    expect(await ask(lte)).toEqual(['192.168.2.53']);
    expect(await ask(exit('fibre', 'eth0'))).toEqual(['192.168.0.1']);
  });

  it('gives way at once to what the file says when it is read again', async () => {
    const { ask, now } = asked(given('192.168.2.53'));
    await ask(lte);
    now.settings = { lte: { ...plain, dnsServers: ['9.9.9.9'] } };
    expect(await ask(lte)).toEqual(['9.9.9.9']);
  });
});
