// Which name servers an interface was given (DHCP, router advertisements, PPP), and which the system has: read from the
// files of whoever configures the network, as far as everybody may read them.
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isLoopback } from '../../../shared/ip.ts';
import { askNetworkManager } from './nmcli.ts';
import { type Link, assignedServers, leaseServers, nmcliServers, resolvConfServers } from './texts.ts';

/** `root` is the folder that the files stand under. */
type Source = (link: Link, root: string) => Promise<string[]>;

const textOf = (...path: string[]): Promise<string> => readFile(join(...path), 'utf8').catch(() => '');

/** Asks one after another; the first that knows a server is believed. */
async function firstOf(sources: readonly (() => Promise<string[]>)[]): Promise<string[]> {
  for (const source of sources) {
    const servers = await source();
    if (servers.length > 0) return [...new Set(servers)];
  }
  return [];
}

/** Its state of a link has what DHCP, DHCPv6, advertisements and its own files gave; older ones kept the lease alone. */
const networkd: Source = (link, root) =>
  firstOf(
    ['links', 'leases'].map((kind) => async () => {
      const text = await textOf(root, 'run/systemd/netif', kind, String(link.index));
      return assignedServers(text, 'DNS', link);
    }),
  );

/** What others (NetworkManager) told resolved of a link. The folder is resolved's and root's alone (0700). */
const resolved: Source = async (link, root) =>
  assignedServers(await textOf(root, 'run/systemd/resolve/netif', String(link.index)), 'SERVERS', link);

/** dhcpcd on its own; openresolv from 3.16 on, and before; Debian's resolvconf. A file for each way of configuration. */
const resolvConfFolders = [
  'run/dhcpcd/hook-state/resolv.conf',
  'run/resolvconf/keys',
  'run/resolvconf/interfaces',
  'run/resolvconf/interface',
];

/** `eth0`, `eth0.dhcp`, `eth0.ra`, `eth0:ra`; `eth0.5` and `eth0.5.dhcp` are a VLAN's. */
const isKeyOf = (key: string, { name }: Link): boolean =>
  key === name || (key.startsWith(name) && /^[.:][a-z][^.]*$/i.test(key.slice(name.length)));

const resolvconf: Source = (link, root) =>
  firstOf(
    resolvConfFolders.map((folder) => async () => {
      const keys = await readdir(join(root, folder)).catch(() => []);
      const own = keys.filter((key) => isKeyOf(key, link)).sort();
      const texts = await Promise.all(own.map((key) => textOf(root, folder, key)));
      return texts.flatMap((text) => resolvConfServers(text, link));
    }),
  );

const networkManager: Source = async (link, root) =>
  existsSync(join(root, 'run/NetworkManager')) ? nmcliServers(await askNetworkManager(link.name), link) : [];

const dhclient: Source = (link, root) =>
  firstOf(
    [
      `var/lib/dhcp/dhclient.${link.name}.leases`,
      'var/lib/dhcp/dhclient.leases',
      `var/lib/dhclient/dhclient-${link.name}.leases`,
      `var/lib/dhclient/dhclient--${link.name}.lease`,
      'var/lib/dhclient/dhclient.leases',
    ].map((path) => async () => leaseServers(await textOf(root, path), link, Date.now())),
  );

/** pppd (usepeerdns) does not say of which link it wrote. */
const pppd: Source = async (link, root) =>
  link.name.startsWith('ppp') ? resolvConfServers(await textOf(root, 'etc/ppp/resolv.conf'), link) : [];

// Those that forget with the machine's restart come first; a lease file may be left from before NetworkManager came.
const sources: readonly Source[] = [networkd, resolved, resolvconf, networkManager, dhclient, pppd];

/** The servers that were given to an interface, as far as that can be known; none where it can't. Never rejects. */
export const nameServersOf: Source = (link, root) =>
  firstOf(sources.map((source) => () => source(link, root)));

// With a resolver on this machine: the servers it passes questions on to.
const upstreamFiles = ['run/systemd/resolve/resolv.conf', 'run/NetworkManager/no-stub-resolv.conf'];

/** An interface that no zone names: a link-local address would need one. */
const noLink: Link = { name: '', index: -1 };

/** Those that a resolver on this machine passes questions on to, as far as that can be known. Never rejects. */
export const upstreamNameServers = (root: string): Promise<string[]> =>
  firstOf(upstreamFiles.map((path) => async () => resolvConfServers(await textOf(root, path), noLink)));

/** The system's servers beyond this machine that can be asked by an interface. Never rejects. */
export const systemNameServers: Source = (link, root) =>
  firstOf(
    ['etc/resolv.conf', ...upstreamFiles].map((path) => async () => {
      const servers = resolvConfServers(await textOf(root, path), link);
      return servers.filter((server) => !isLoopback(server));
    }),
  );
