// A STUN server of the tests' own in any namespace of the lab; each port of it answers in another way.
import { z } from 'zod';
import { hostAddress6 } from './plan6.ts';
import { hostAddresses, hostNode } from './plan.ts';
import { ScriptedServer } from './scripted.ts';

const modes = [
  'usual',
  /** MAPPED-ADDRESS as in RFC 3489; an untrue one of that kind before the true XOR-MAPPED-ADDRESS. */
  ...['old', 'both'],
  ...['error-300', 'error-420', 'error-500'],
  /** No STUN; nothing; the first 10 bytes; all but the last 3. */
  ...['garbage', 'empty', 'short', 'cut'],
  /** An address of 4 bytes too few; one that says it has 400. */
  ...['cut-attribute', 'long-attribute'],
  /** With another transaction id; such a one before the right one; without the magic cookie. */
  ...['other-id', 'other-id-first', 'other-cookie'],
  /** The request itself; an indication; a success that names no address. */
  ...['request-back', 'indication', 'no-address'],
  /** An address of the other family; a private one that is not the asker's. */
  ...['other-family', 'lie'],
  /** The address behind other attributes; behind 1600 bytes of them. */
  ...['software-first', 'large'],
  /** Sent from another of the server's addresses (a translating gateway lets none of that pass); from another port. */
  ...['other-address', 'other-port'],
  ...['silent', 'slow', 'twice'],
] as const;
export type StunMode = (typeof modes)[number];

const firstPort = 3478;
/** The port that answers so; `usual` is on the protocol's own, 3478. */
export const stunPort = (mode: StunMode): number => firstPort + modes.indexOf(mode);

const entrySchema = z.object({
  mode: z.string(),
  /** Who asked, as the server sees it. */
  address: z.string(),
  port: z.number(),
  to: z.string(),
  bytes: z.number(),
  hex: z.string(),
});
export type StunRequest = z.infer<typeof entrySchema>;

export interface StunServerOptions {
  node?: string;
  addresses?: readonly string[];
  /** Adds the internet host's IPv6 address. */
  ipv6?: boolean;
}

export class StunServer extends ScriptedServer<StunRequest> {
  constructor({ node = hostNode, addresses = hostAddresses, ipv6 = false }: StunServerOptions) {
    const byPort = Object.fromEntries(modes.map((mode) => [stunPort(mode), mode]));
    const all = ipv6 ? [...addresses, hostAddress6] : addresses;
    super(node, 'stun-server.py', { addresses: all, modes: byPort }, entrySchema);
  }
}

/** Answers from then on; by default as the internet host, at both of its addresses. */
export async function startStunServer(options: StunServerOptions = {}): Promise<StunServer> {
  const server = new StunServer(options);
  await server.start();
  return server;
}
