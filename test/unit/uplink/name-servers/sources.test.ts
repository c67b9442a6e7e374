// Where the servers of an interface are looked for, each file as its owner writes it, and which source is believed.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nameServersOf, systemNameServers } from '../../../../agent/uplink/name-servers/sources.ts';
import { rootWith } from './files.ts';

const link = { name: 'eth1', index: 3 };
type Files = Record<string, string>;

const resolvConf = (...servers: string[]): string =>
  ['# resolv.conf', 'search home.example', ...servers.map((server) => `nameserver ${server}`), ''].join('\n');
const lease = (server: string, name = 'eth1'): string =>
  `lease {\n  interface "${name}";\n  option domain-name-servers ${server};\n  expire never;\n}\n`;

const networkdState: Files = {
  'run/systemd/netif/links/3': 'ADMIN_STATE=configured\nDNS=10.0.0.1 fe80::1\n',
};
const networkdLease: Files = { 'run/systemd/netif/leases/3': 'ADDRESS=10.0.0.9\nDNS=10.0.0.2\n' };
const resolved: Files = { 'run/systemd/resolve/netif/3': 'LLMNR=yes\nSERVERS=10.0.0.3#dns.example\n' };
const dhcpcd: Files = { 'run/dhcpcd/hook-state/resolv.conf/eth1.dhcp': resolvConf('10.0.0.4') };
const keys: Files = { 'run/resolvconf/keys/eth1.dhcp': resolvConf('10.0.0.5') };
const interfaces: Files = { 'run/resolvconf/interfaces/eth1.dhcp': resolvConf('10.0.0.6') };
const debians: Files = { 'run/resolvconf/interface/eth1.dhclient': resolvConf('10.0.0.7') };
const dhclientOwn: Files = { 'var/lib/dhcp/dhclient.eth1.leases': lease('10.0.0.8') };
const dhclientAll: Files = {
  'var/lib/dhcp/dhclient.leases': lease('10.0.0.9') + lease('10.0.0.99', 'eth0'),
};
const redHat: Files = { 'var/lib/dhclient/dhclient--eth1.lease': lease('10.0.0.10') };

describe('the servers of an interface', () => {
  it.each<[what: string, files: Files, servers: string[]]>([
    ['nobody', {}, []],
    ["networkd's state", networkdState, ['10.0.0.1', 'fe80::1']],
    ["networkd's lease", networkdLease, ['10.0.0.2']],
    ['resolved', resolved, ['10.0.0.3']],
    ['dhcpcd', dhcpcd, ['10.0.0.4']],
    ['openresolv', keys, ['10.0.0.5']],
    ['openresolv before 3.16', interfaces, ['10.0.0.6']],
    ["Debian's resolvconf", debians, ['10.0.0.7']],
    ['dhclient', dhclientOwn, ['10.0.0.8']],
    ['dhclient for all interfaces', dhclientAll, ['10.0.0.9']],
    ["Red Hat's dhclient", redHat, ['10.0.0.10']],
  ])('are known from %s', async (_what, files, servers) => {
    expect(await nameServersOf(link, rootWith(files))).toEqual(servers);
  });

  it.each<[what: string, one: Files, other: Files, first: string]>([
    ["networkd's state to its lease", networkdState, networkdLease, '10.0.0.1'],
    ['networkd to resolved', networkdLease, resolved, '10.0.0.2'],
    ['resolved to dhcpcd', resolved, dhcpcd, '10.0.0.3'],
    ['dhcpcd to openresolv', dhcpcd, keys, '10.0.0.4'],
    ['resolvconf to dhclient, whose file outlives a restart', debians, dhclientOwn, '10.0.0.7'],
    ['a lease file of its own to one of all', dhclientOwn, dhclientAll, '10.0.0.8'],
  ])('are those of the first that has some: %s', async (_what, one, other, first) => {
    const servers = await nameServersOf(link, rootWith({ ...other, ...one }));
    expect(servers[0]).toBe(first);
    expect(servers).toEqual(await nameServersOf(link, rootWith(one)));
  });

  it('are looked for further where a source has none', async () => {
    const unmanaged = { 'run/systemd/netif/links/3': 'ADMIN_STATE=unmanaged\n' };
    expect(await nameServersOf(link, rootWith({ ...unmanaged, ...dhcpcd }))).toEqual(['10.0.0.4']);
  });

  it('are those of every way it was configured, each once, and of no other interface', async () => {
    const folder = 'run/resolvconf/interfaces';
    const root = rootWith({
      [`${folder}/eth1.dhcp`]: resolvConf('192.168.2.1', '9.9.9.9'),
      [`${folder}/eth1.dhcp6`]: resolvConf('2001:db8::53'),
      [`${folder}/eth1.ra`]: resolvConf('fe80::1', '9.9.9.9'),
      [`${folder}/eth10.dhcp`]: resolvConf('10.0.0.91'),
      [`${folder}/eth1.5`]: resolvConf('10.0.0.92'),
      [`${folder}/eth1.5.dhcp`]: resolvConf('10.0.0.93'),
      [`${folder}/NetworkManager`]: resolvConf('10.0.0.94'),
    });
    const servers = ['192.168.2.1', '9.9.9.9', '2001:db8::53', 'fe80::1'];
    expect(await nameServersOf(link, root)).toEqual(servers);
    expect(await nameServersOf({ name: 'eth1.5', index: 4 }, root)).toEqual(['10.0.0.92', '10.0.0.93']);
  });

  it("are pppd's on its links alone", async () => {
    const root = rootWith({ 'etc/ppp/resolv.conf': resolvConf('10.64.64.53') });
    expect(await nameServersOf({ name: 'ppp0', index: 5 }, root)).toEqual(['10.64.64.53']);
    expect(await nameServersOf(link, root)).toEqual([]);
  });

  it('are none where a folder stands in the place of a file', async () => {
    const root = rootWith({ 'run/systemd/netif/links/3/': '', 'run/resolvconf/keys': '' });
    expect(await nameServersOf(link, root)).toEqual([]);
  });
});

describe("NetworkManager's servers", () => {
  afterEach(() => vi.unstubAllEnvs());

  /** A root where NetworkManager runs or not, and an nmcli on the PATH that notes its arguments and then does as told. */
  function rootWithNmcli(then: string, files: Files): string {
    const root = rootWith(files);
    const nmcli = join(root, 'nmcli');
    writeFileSync(nmcli, `#!/bin/sh\nprintf '%s\\n' "$@" >>${root}/asked\n${then}\n`);
    chmodSync(nmcli, 0o755);
    vi.stubEnv('PATH', `${root}:${process.env['PATH']}`);
    return root;
  }
  const says = (root: string): Promise<string[]> => nameServersOf(link, root);
  const running: Files = { 'run/NetworkManager/': '' };
  const answer = "printf 'IP4.DNS[1]:10.0.0.20\\nIP6.DNS[1]:fe80::20\\n'";

  it('are asked for by nmcli', async () => {
    const root = rootWithNmcli(
      `[ "$*" = "--terse --fields IP4.DNS,IP6.DNS device show eth1" ] && ${answer}`,
      running,
    );
    expect(await says(root)).toEqual(['10.0.0.20', 'fe80::20']);
  });

  it('count more than a lease file, which may be from before its time', async () => {
    expect(await says(rootWithNmcli(answer, { ...running, ...dhclientOwn }))).toEqual([
      '10.0.0.20',
      'fe80::20',
    ]);
  });

  it.each<[what: string, then: string, files: Files]>([
    ['it does not run', answer, {}],
    ['nmcli fails', `${answer}; exit 10`, running],
    ['nmcli prints without end', 'yes IP4.DNS[1]:10.0.0.20', running],
    ['nmcli hangs', 'exec sleep 60', running],
  ])('are left out where %s', async (_what, then, files) => {
    expect(await says(rootWithNmcli(then, { ...files, ...dhclientOwn }))).toEqual(['10.0.0.8']);
  });

  it('are left out where there is no nmcli', async () => {
    const root = rootWith({ ...running, ...dhclientOwn });
    vi.stubEnv('PATH', root);
    expect(await says(root)).toEqual(['10.0.0.8']);
  });
});

describe("the system's servers", () => {
  it.each<[what: string, files: Files, servers: string[]]>([
    ['nowhere', {}, []],
    [
      'in resolv.conf',
      { 'etc/resolv.conf': resolvConf('192.168.0.1', '2001:db8::53') },
      ['192.168.0.1', '2001:db8::53'],
    ],
    ['beside one on this machine', { 'etc/resolv.conf': resolvConf('127.0.0.1', '9.9.9.9') }, ['9.9.9.9']],
    [
      'behind resolved',
      {
        'etc/resolv.conf': resolvConf('127.0.0.53'),
        'run/systemd/resolve/resolv.conf': resolvConf('192.168.0.1', 'fe80::9%eth0'),
      },
      ['192.168.0.1'],
    ],
    [
      "behind NetworkManager's dnsmasq",
      {
        'etc/resolv.conf': resolvConf('127.0.1.1'),
        'run/NetworkManager/no-stub-resolv.conf': resolvConf('192.168.0.1'),
      },
      ['192.168.0.1'],
    ],
    ['nowhere but on this machine', { 'etc/resolv.conf': resolvConf('127.0.0.1', '::1') }, []],
    [
      'in resolv.conf, whatever resolved knows',
      {
        'etc/resolv.conf': resolvConf('9.9.9.9'),
        'run/systemd/resolve/resolv.conf': resolvConf('192.168.0.1'),
      },
      ['9.9.9.9'],
    ],
  ])('are %s', async (_what, files, servers) => {
    expect(await systemNameServers(link, rootWith(files))).toEqual(servers);
  });
});
