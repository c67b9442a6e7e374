// The name servers that stand in the files of whoever configured an interface. Pure.
import { canonicalAddress, unmapped } from '../../../shared/ip.ts';

/** An interface as these files call it. */
export interface Link {
  name: string;
  index: number;
}

const dnsPort = '53';

/**
 * The address of a server as resolv.conf(5), networkd and resolved write it: `192.0.2.1`, `fe80::1%eth0`,
 * `[2001:db8::1]:53#name`. Null for what is none, for a zone that is another interface's, and for another port: such a
 * server speaks DNS over TLS.
 */
function serverIn(entry: string, { name, index }: Link): string | null {
  const text = entry.replace(/#.*$/, '');
  const [, host = text, port = dnsPort] =
    /^\[(.+)\](?::(\d+))?$/.exec(text) ?? /^([\d.]+):(\d+)$/.exec(text) ?? [];
  const [addressText = '', zone] = host.split('%');
  const address = canonicalAddress(addressText);
  const isHere = zone === undefined || zone === name || zone === String(index);
  return address !== null && isHere && port === dnsPort ? unmapped(address) : null;
}

const serversIn = (entries: readonly string[], link: Link): string[] =>
  entries.flatMap((entry) => serverIn(entry, link) ?? []);

/** The `nameserver` lines of resolv.conf(5). */
export const resolvConfServers = (text: string, link: Link): string[] =>
  serversIn(
    [...text.matchAll(/^nameserver[ \t]+(\S+)/gm)].map(([, entry = '']) => entry),
    link,
  );

/** `KEY=` and servers with blanks between them: the state files of systemd. */
export function assignedServers(text: string, key: string, link: Link): string[] {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${key}=`)) ?? '';
  return serversIn(line.slice(key.length + 1).split(/\s+/), link);
}

/** When a lease ends (dhclient.leases(5)): `4 2026/11/26 10:00:00` in UTC, `epoch 1795687200` or `never`. */
function expiryMs(lease: string): number {
  const [, epoch, date, time] = /^\s*expire (?:epoch (\d+)|\d (\d+\/\d+\/\d+) ([\d:]+))/m.exec(lease) ?? [];
  if (epoch !== undefined) return Number(epoch) * 1000;
  return date === undefined ? Infinity : Date.parse(`${date.replaceAll('/', '-')}T${time}Z`);
}

/** Those of an interface's newest lease in dhclient.leases(5), which is the last one; none where it has ended. */
export function leaseServers(text: string, link: Link, nowMs: number): string[] {
  const newest = [...text.matchAll(/^lease \{\n(.*?)^\}/gms)]
    .map(([, lease = '']) => lease)
    .findLast((lease) => lease.includes(`interface "${link.name}";`));
  if (newest === undefined || !(expiryMs(newest) > nowMs)) return [];
  const list = /^\s*option domain-name-servers ([^;]*);/m.exec(newest)?.[1] ?? '';
  return serversIn(list.split(/[\s,]+/), link);
}

/** What `nmcli --terse --fields IP4.DNS,IP6.DNS device show` says: `IP4.DNS[1]:192.0.2.1`, a line for each. */
export const nmcliServers = (text: string, link: Link): string[] =>
  serversIn(
    [...text.matchAll(/^IP[46]\.DNS\[\d+\]:(.*)$/gm)].map(([, entry = '']) =>
      entry.replaceAll('\\', '').trim(),
    ),
    link,
  );
