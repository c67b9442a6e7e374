// What the tests of evidence share: a lab whose gateways translate, its servers, the built agent, and captures read.
import { isIP } from 'node:net';
import { type Agent, type AgentOptions, type Answered, startAgent } from '../agent.ts';
import { type Authority, makeAuthority, trustOnly } from '../authority.ts';
import { type Capture, type CapturedPacket, startCapture } from '../capture.ts';
import { type NameServer, type NameServerOptions, type Zones, startNameServer } from '../dns-server.ts';
import { hostAddresses } from '../plan.ts';
import { type StunServer, startStunServer } from '../stun-server.ts';
import { type Lab, type LabOptions, createLab } from '../topology.ts';
import { type WebServer, startWebServer } from '../web-server.ts';

/** Each uplink asks another of the internet host's addresses for names. */
export const uplinks = `
uplinks:
  fibre: { interface: eth0, priority: 10, dnsServers: [8.8.8.8] }
  lte: { interface: eth1, priority: 20, metered: true, dnsServers: [1.1.1.1] }
`;

/** What the internet host sees of each uplink. */
export const publicAddresses = { fibre: '203.0.113.200', lte: '198.51.100.200' } as const;

/** On the internet host, where nobody listens. */
export const deafAddress = '9.9.9.9';

/** The internet host's too, where its web server listens: plain HTTP with a token goes to private addresses alone. */
export const privateAddress = '10.8.8.8';

export interface Evidence extends AsyncDisposable {
  readonly lab: Lab;
  readonly dns: NameServer;
  readonly stun: StunServer;
  readonly web: WebServer;
  readonly agent: Agent;
}

export interface EvidenceOptions {
  lab?: LabOptions;
  zones?: Zones;
  nameServer?: NameServerOptions;
  agent?: AgentOptions;
}

async function disposeAll(parts: readonly (AsyncDisposable | Disposable)[]): Promise<void> {
  for (const part of parts.toReversed()) {
    await (Symbol.asyncDispose in part ? part[Symbol.asyncDispose]() : part[Symbol.dispose]());
  }
}

/** The whole of it; where a part does not start, those before it are ended. */
export async function startEvidence(options: EvidenceOptions = {}): Promise<Evidence> {
  const parts: (AsyncDisposable | Disposable)[] = [];
  const keep = <T extends AsyncDisposable | Disposable>(part: T): T => {
    parts.push(part);
    return part;
  };
  try {
    const authority: Authority = keep(makeAuthority());
    keep(await trustOnly(authority));
    const bothNat = { fibre: { nat: true, ipv6: true }, lte: { nat: true, ipv6: true } };
    const lab = keep(await createLab(options.lab ?? bothNat));
    for (const address of [deafAddress, privateAddress]) {
      await lab.exec('internet', ['ip', 'addr', 'add', `${address}/32`, 'dev', 'lo']);
    }
    const ipv6 = lab.uplinks.lte.ipv6 !== null;
    const dns = keep(await startNameServer(options.zones ?? {}, { ipv6, ...options.nameServer }));
    const stun = keep(await startStunServer({ ipv6 }));
    const web = keep(
      await startWebServer({ addresses: [...hostAddresses, privateAddress], ipv6, authority }),
    );
    const agent = keep(await startAgent({ config: uplinks, ...options.agent }));
    return { lab, dns, stun, web, agent, [Symbol.asyncDispose]: () => disposeAll(parts) };
  } catch (error) {
    await disposeAll(parts);
    throw error;
  }
}

/** Asks over the bridge, with parameters by the request's names. */
export const ask = (
  agent: Agent,
  kind: string,
  parameters: Readonly<Record<string, string | number>>,
): Promise<Answered> => {
  const texts = Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]);
  return agent.get(`/${kind}?${new URLSearchParams(texts).toString()}`);
};

export interface SentPacket {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** Of UDP and TCP; null for others. */
  readonly port: number | null;
}

const groups = (bytes: Buffer): string =>
  Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16)).join(':');
const dotted = (bytes: Buffer): string => [...bytes].join('.');

/** What a captured packet is, as far as tests ask; null for one that came in, and for ARP and its like. */
function sentPacket({ outgoing, bytes }: CapturedPacket): SentPacket | null {
  const version = (bytes[0] ?? 0) >>> 4;
  if (!outgoing || (version !== 4 && version !== 6)) return null;
  const protocol = bytes[version === 4 ? 9 : 6] ?? 0;
  const portAt = (version === 4 ? ((bytes[0] ?? 0) & 15) * 4 : 40) + 2;
  const port = protocol === 6 || protocol === 17 ? bytes.readUInt16BE(portAt) : null;
  const [source, destination] =
    version === 4
      ? [dotted(bytes.subarray(12, 16)), dotted(bytes.subarray(16, 20))]
      : [groups(bytes.subarray(8, 24)), groups(bytes.subarray(24, 40))];
  return { source, destination, protocol, port };
}

// Neighbours and listeners discovered (RFC 4861, RFC 3810) are no packets of a probe's, and every interface speaks them.
const isChatter = ({ protocol, destination }: SentPacket): boolean =>
  isIP(destination) === 6 &&
  (destination.startsWith('ff02') || (protocol === 58 && destination.startsWith('fe80')));

export interface Sent {
  readonly fibre: SentPacket[];
  readonly lte: SentPacket[];
}

/** The IP packets that left by each uplink meanwhile. */
export async function sentDuring(work: () => Promise<unknown>): Promise<Sent> {
  const captures = await Promise.all([startCapture('eth0'), startCapture('eth1')]);
  await work();
  const [fibre = [], lte = []] = await Promise.all(
    captures.map(async (capture: Capture) =>
      (await capture.stop())
        .map(sentPacket)
        .filter((packet): packet is SentPacket => packet !== null && !isChatter(packet)),
    ),
  );
  return { fibre, lte };
}
