// A trace's strategies on a path of twelve hops, in both families, told from what went over the wire and in what order.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import { type CapturedPacket, startCapture } from './capture.ts';
import {
  type Lab,
  createLab,
  hostAddress6,
  hostAddresses,
  silentAddress,
  silentAddress6,
} from './topology.ts';

const hops = 12;
const upTo = (last: number, first = 1): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

let lab: Lab;
let agent: Agent;

beforeAll(async () => {
  // Long round trips: a machine that is busy for half of one must not make a hop seem silent.
  lab = await createLab({ lte: { hops, ipv6: true, delayMs: 50 } });
});
// One that knows no path yet.
beforeEach(async () => {
  agent = await startAgent({ config: 'uplinks:\n  lte: { interface: eth1 }\n' });
});
afterEach(async () => {
  // Node warns of more than ten listeners to one signal.
  expect(agent.complaints).toEqual([]);
  await agent[Symbol.asyncDispose]();
});
afterAll(async () => {
  await lab.stop();
});

/** Where an echo's fields stand: in IPv4 behind 20 bytes, in IPv6 behind 40. */
const families = [
  {
    family: 4,
    target: hostAddresses[0],
    silent: silentAddress,
    ttlAt: 8,
    protocolAt: 9,
    icmpAt: 20,
    echo: 8,
  },
  { family: 6, target: hostAddress6, silent: silentAddress6, ttlAt: 7, protocolAt: 6, icmpAt: 40, echo: 128 },
] as const;

describe.each(families)('over IPv$family', ({ family, target, silent, ttlAt, protocolAt, icmpAt, echo }) => {
  const isIcmp = ({ bytes }: CapturedPacket): boolean =>
    (bytes[0] ?? 0) >>> 4 === family && [1, 58].includes(bytes[protocolAt] ?? 0);
  const isProbe = (packet: CapturedPacket): boolean =>
    packet.outgoing && isIcmp(packet) && packet.bytes[icmpAt] === echo;
  const limitsOf = (packets: CapturedPacket[]): number[] =>
    packets.map(({ bytes }) => bytes[ttlAt] ?? 0).sort((a, b) => a - b);

  const trace = async (query: string) =>
    (await agent.get(`/traceroute?via=lte&count=1&${query}`)).body.probe?.traceroute;
  const addressesIn = (route: Awaited<ReturnType<typeof trace>>) => route?.hops.map(({ address }) => address);
  const path = (): readonly string[] =>
    (family === 4 ? lab.uplinks.lte.hops : lab.uplinks.lte.ipv6?.hops) ?? [];

  /** Traces; all probes on the wire, and the hop limits of those that left before the first answer came. */
  async function traced(query: string) {
    const capture = await startCapture('eth1');
    const route = await trace(query);
    const packets = (await capture.stop()).filter(isIcmp);
    const probes = packets.filter(isProbe);
    const firstAnswer = packets.findIndex(({ outgoing }) => !outgoing);
    const unanswered = limitsOf(packets.slice(0, firstAnswer).filter(isProbe));
    return { route, probes, sent: limitsOf(probes), unanswered };
  }
  /** Runs nftables rules in a node until the test is over. */
  async function filter(node: string, chain: string): Promise<void> {
    await lab.exec(node, ['nft', '-f', '-'], { input: `table inet test {\nchain c {\n${chain}\n}\n}\n` });
    onTestFinished(async () => {
      await lab.exec(node, ['nft', 'delete', 'table', 'inet', 'test']);
    });
  }

  it('the reply to an echo tells how far to go, and no packet goes further', async () => {
    const { route, sent, unanswered } = await traced(`target=${target}`);
    expect(addressesIn(route)).toEqual(path());
    expect(sent).toEqual([...upTo(hops), 64]);
    expect(unanswered.filter((limit) => limit > 4)).toEqual([64]);
  });

  it('a known path is traced with no packet too many, and waits for no answer', async () => {
    await trace(`target=${target}`);
    const { route, sent } = await traced(`target=${target}`);
    expect(addressesIn(route)).toEqual(path());
    expect(sent).toEqual([...upTo(hops), 64]);
    await lab.relay.lte.set({ lossPercent: 100 });
    const lost = await traced(`target=${target}&waitMs=300`);
    await lab.relay.lte.set({ lossPercent: 0 });
    expect(lost.sent).toEqual([...upTo(hops), 64]);
  });

  it('all probes of a trace are of one flow', async () => {
    const { probes } = await traced(`target=${target}`);
    const flows = probes.map(({ bytes }) => [
      family === 6 ? bytes.readUInt32BE(0) & 0xfffff : null,
      bytes.readUInt16BE(icmpAt + 2),
      bytes.readUInt16BE(icmpAt + 4),
    ]);
    expect(flows).toHaveLength(hops + 1);
    expect(new Set(flows.map(String)).size).toBe(1);
  });

  it('a silent target ends the trace after six hop limits without an answer', async () => {
    const { route, sent } = await traced(`target=${silent}&waitMs=1000`);
    expect([route?.reached, addressesIn(route)]).toEqual([false, path().slice(0, -1)]);
    expect(sent).toEqual([...upTo(hops - 1 + 6), 64]);
  });

  it('silent hops are not waited for as long as an answer may take', async () => {
    await filter(
      'core',
      'type filter hook output priority 0; icmp type time-exceeded drop; icmpv6 type time-exceeded drop;',
    );
    const { body } = await agent.get(`/traceroute?target=${target}&via=lte&count=1&waitMs=5000`);
    expect(addressesIn(body.probe?.traceroute)).toEqual(
      path().map((hop, index) => (index === 2 ? null : hop)),
    );
    expect(body.probe?.durationMs).toBeLessThan(2500);
  });

  it("the end's own hop limit is tried once more where its answer was lost", async () => {
    const match = family === 4 ? 'ip ttl 1 icmp type' : 'ip6 hoplimit 1 icmpv6 type';
    await filter(
      'internet',
      `type filter hook prerouting priority -300; ${match} echo-request numgen inc mod 1000 < 1 drop;`,
    );
    const { route, sent } = await traced(`target=${target}`);
    expect(addressesIn(route)).toEqual(path());
    expect(sent).toEqual([...upTo(hops), hops, 64]);
  });

  it('packets that go in a circle are seen to, and each hop says where else it answered', async () => {
    const circling = family === 4 ? '192.0.2.50' : '2001:db8:0:1::50';
    const back = family === 4 ? 'via 100.64.0.1 dev down onlink' : 'via fe80::2 dev down';
    const change = (verb: 'add' | 'del') =>
      lab.exec('core', ['ip', `-${family}`, 'route', verb, circling, ...back.split(' ')]);
    await change('add');
    const route = await trace(`target=${circling}&waitMs=300`);
    await change('del');
    expect([route?.reached, route?.loop]).toEqual([false, true]);
    const [gateway = '', carrier = '', core = ''] = path();
    expect(addressesIn(route)?.slice(0, 5)).toEqual([gateway, carrier, core, carrier, core]);
    const turns = route?.hops.filter(({ address }) => address === carrier).map(({ ttl }) => ttl) ?? [];
    expect(turns.length).toBeGreaterThan(3);
    expect([route?.hops[0]?.alsoAt, route?.hops[1]?.alsoAt]).toEqual([[], turns.slice(1)]);
  });
});
