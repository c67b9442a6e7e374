// Names that no server need be asked for: those in /etc/hosts (hosts(5)), and localhost.
import { readFile, stat } from 'node:fs/promises';
import { type Family, canonicalAddress, familyOf, unmapped } from '../../shared/ip.ts';
import { keepLatest } from '../../shared/remember.ts';

type Hosts = ReadonlyMap<string, readonly string[]>;

const mostFiles = 10;
/** Each file as last read, with what told it from others then. */
const read = new Map<string, { version: string; hosts: Promise<Hosts> }>();

/** The names and aliases of a file's lines, in lower case, with their addresses of both families. */
export function parseHosts(text: string): Hosts {
  const hosts = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [first = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
    const address = canonicalAddress(first);
    if (address === null) continue;
    for (const name of names.map((text) => text.toLowerCase())) {
      const known = hosts.get(name);
      if (known === undefined) hosts.set(name, [unmapped(address)]);
      else known.push(unmapped(address));
    }
  }
  return hosts;
}

const noHosts: Hosts = new Map();

/** Reads the file where it is not as it was: lists of blocked names have a hundred thousand lines. */
async function hostsIn(path: string): Promise<Hosts> {
  const found = await stat(path).catch(() => null);
  if (found === null) return noHosts;
  const version = `${found.ino} ${found.size} ${found.mtimeMs}`;
  const known = read.get(path);
  if (known?.version === version) return known.hosts;
  const hosts = readFile(path, 'utf8').then(parseHosts, () => noHosts);
  keepLatest(read, path, { version, hosts }, mostFiles);
  return hosts;
}

/**
 * What this machine itself knows of a name: `localhost` and names under it are loopback whatever is said elsewhere
 * (RFC 6761 §6.3). Empty where the file has it with addresses of the other family alone: whoever wrote it there did not
 * mean the world's. Null where nothing is said, which is so too where the file can't be read. Never rejects.
 */
export async function hostsAddresses(
  host: string,
  family: Family,
  path = '/etc/hosts',
): Promise<string[] | null> {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return [family === 4 ? '127.0.0.1' : '::1'];
  const addresses = (await hostsIn(path)).get(name);
  if (addresses === undefined) return null;
  return [...new Set(addresses)].filter((address) => familyOf(address) === family);
}
