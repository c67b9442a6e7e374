// A web server of the tests' own in any namespace of the lab, plain and with TLS; its paths and names misbehave.
import { z } from 'zod';
import type { Authority } from './authority.ts';
import { hostAddress6 } from './plan6.ts';
import { hostAddresses, hostNode } from './plan.ts';
import { ScriptedServer } from './scripted.ts';

/**
 * Its paths: /ok, /body, /status/CODE, /redirect?to=URL, /portal, /binary. Bad ones: /slow (byte by byte), /slow-body,
 * /endless, /endless-head, /large?bytes=N (as many are announced), /cut, /cut-head, /chunked-cut, /garbage, /close. The
 * client's address: /ip, /ip.json; /ip-lie (a private one), /ip6-lie (one of the other family), /not-an-ip, /ip-endless.
 * An address as a path's last part is told to be AS64510's (Example Hosting), as IPinfo's Lite would.
 */
export const pageText = 'It works: this is the page of the lab.';

/** TCP ports that answer with no HTTP and no TLS, that hang up, and that accept and say nothing. */
export const oddPorts = { noise: 4001, hangUp: 4002, mute: 4003 } as const;

const entrySchema = z.object({
  /** TLS: the handshake came to nothing. */
  method: z.string(),
  path: z.string(),
  /** Who asked, as the server sees it. */
  address: z.string(),
  port: z.number(),
  /** The name that was asked for by TLS. */
  sni: z.string().nullable(),
  headers: z.record(z.string(), z.string()),
});
export type WebRequest = z.infer<typeof entrySchema>;

export interface WebServerOptions {
  node?: string;
  addresses?: readonly string[];
  /** Adds the internet host's IPv6 address. */
  ipv6?: boolean;
  /** Without one nothing listens at port 443. Its certificates are chosen by name; without a name it is valid.test's. */
  authority?: Authority;
}

export class WebServer extends ScriptedServer<WebRequest> {
  constructor({ node = hostNode, addresses = hostAddresses, ipv6 = false, authority }: WebServerOptions) {
    const configuration = {
      addresses: ipv6 ? [...addresses, hostAddress6] : addresses,
      plain: [80],
      secure: [443],
      ...oddPorts,
      certificates: authority?.certificates ?? {},
    };
    super(node, 'web-server.py', configuration, entrySchema);
  }

  /** From then on every request is answered as one for this path; null answers each by its own again. */
  async always(path: string | null): Promise<void> {
    await this.command({ path });
  }
}

/** Answers from then on; by default as the internet host, at both of its addresses. */
export async function startWebServer(options: WebServerOptions = {}): Promise<WebServer> {
  const server = new WebServer(options);
  await server.start();
  return server;
}
