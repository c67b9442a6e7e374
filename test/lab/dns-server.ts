// A name server of the tests' own, over UDP and TCP, in any namespace of the lab; it misbehaves by name.
import { z } from 'zod';
import { hostAddress6 } from './plan6.ts';
import { hostAddresses, hostNode } from './plan.ts';
import { ScriptedServer } from './scripted.ts';

export interface ZoneRecord {
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'PTR' | 'SOA' | 'SRV' | 'TXT';
  /** As a zone file has it: "10 mail.test" for an MX. */
  readonly data: string;
  /** Seconds; 60 where not given. */
  readonly ttl?: number;
}

const misbehaviours = [
  /** No DNS at all behind the question's id; none; the first 7 bytes; all but the last 9. */
  ...['garbage', 'empty', 'short', 'cut'],
  /** Names that point to themselves; the question itself. */
  ...['pointer-loop', 'query-back'],
  /** With another id; such a one before the right one; to another question; to none. */
  ...['other-id', 'other-id-first', 'wrong-question', 'no-question'],
  /** Sent from another of the server's addresses (a translating gateway lets none of that pass); from another port. */
  ...['other-address', 'other-port'],
  /** Truncated over UDP and whole over TCP; truncated, and over TCP then as named. */
  ...['tc', 'tcp-silent', 'tcp-cut', 'tcp-garbage', 'tcp-slow', 'tcp-other-id'],
  /** 300 records in one UDP message; after 0.7 s; never; twice. */
  ...['huge', 'slow', 'silent', 'twice'],
  ...['formerr', 'servfail', 'nxdomain', 'notimp', 'refused'],
] as const;

export type Misbehaviour = (typeof misbehaviours)[number];
export type Zones = Readonly<Record<string, readonly ZoneRecord[] | Misbehaviour>>;

/** Each misbehaviour under its name: garbage.test, tcp-cut.test and so on; else they stand for `badNameAddress`. */
const badNames: Zones = Object.fromEntries(misbehaviours.map((how) => [`${how}.test`, how]));
export const badNameAddress = '192.0.2.80';

const entrySchema = z.object({
  name: z.string(),
  type: z.string(),
  transport: z.enum(['udp', 'tcp']),
  /** Who asked, as the server sees it. */
  address: z.string(),
  port: z.number(),
  /** The server's own address that was asked. */
  to: z.string(),
  /** The question's, four hexadecimal digits. */
  id: z.string(),
});
export type DnsQuestion = z.infer<typeof entrySchema>;

export interface NameServerOptions {
  node?: string;
  addresses?: readonly string[];
  /** Adds the internet host's IPv6 address. */
  ipv6?: boolean;
  port?: number;
  /** false leaves the TCP port closed. */
  tcp?: boolean;
}

export class NameServer extends ScriptedServer<DnsQuestion> {
  constructor(zones: Zones, options: NameServerOptions) {
    const { node = hostNode, addresses = hostAddresses, ipv6 = false, port = 53, tcp = true } = options;
    const all = ipv6 ? [...addresses, hostAddress6] : addresses;
    const configuration = { addresses: all, port, tcp, zones: { ...badNames, ...zones } };
    super(node, 'dns-server.py', configuration, entrySchema);
  }

  /** Replaces what these names have. */
  async set(zones: Zones): Promise<void> {
    await this.command(zones);
  }

  /** The questions so far for a name. */
  async asked(name: string): Promise<DnsQuestion[]> {
    return (await this.settled()).filter((question) => question.name === name);
  }
}

/** Answers from then on; by default as the internet host, at both of its addresses. */
export async function startNameServer(zones: Zones, options: NameServerOptions = {}): Promise<NameServer> {
  const server = new NameServer(zones, options);
  await server.start();
  return server;
}
