// What routers say of a packet that they do not pass on: each word of theirs in both families, and where they stand.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import { type Lab, createLab, hostAddress6 } from './topology.ts';

const config = 'uplinks:\n  lte: { interface: eth1 }\n';

let lab: Lab;
let agent: Agent;

/** By nftables' names (icmp, icmpv6): the reason that a hop has, and the words of the sentence. */
const refusals = {
  4: [
    ['net-unreachable', 'network', 'network unreachable'],
    ['host-unreachable', 'host', 'host unreachable'],
    ['prot-unreachable', 'protocol', 'protocol unreachable'],
    ['port-unreachable', 'port', 'port unreachable'],
    ['net-prohibited', 'prohibited', 'administratively prohibited'],
    ['host-prohibited', 'prohibited', 'administratively prohibited'],
    ['admin-prohibited', 'prohibited', 'administratively prohibited'],
  ],
  6: [
    ['no-route', 'network', 'network unreachable'],
    ['addr-unreachable', 'host', 'host unreachable'],
    ['port-unreachable', 'port', 'port unreachable'],
    ['admin-prohibited', 'prohibited', 'administratively prohibited'],
    ['policy-fail', 'prohibited', 'administratively prohibited'],
    ['reject-route', 'prohibited', 'administratively prohibited'],
  ],
} as const;

const families = {
  4: { prefix: '192.0.2.1', match: 'ip daddr', icmp: 'icmp', router: '198.51.100.1' },
  6: { prefix: '2001:db8:0:1::1', match: 'ip6 daddr', icmp: 'icmpv6', router: 'fd00:2:0:1::2' },
} as const;

const rows = ([4, 6] as const).flatMap((family) =>
  refusals[family].map(([type, reason, words], index) => ({ family, type, reason, words, index })),
);
const targetOf = ({ family, index }: (typeof rows)[number]): string => `${families[family].prefix}${index}`;

beforeAll(async () => {
  lab = await createLab({ lte: { ipv6: true } });
  const rules = rows.map((row) => {
    const { match, icmp } = families[row.family];
    return `${match} ${targetOf(row)} reject with ${icmp} type ${row.type}`;
  });
  const chain = `chain in {\ntype filter hook prerouting priority 0;\n${rules.join('\n')}\n}`;
  await lab.exec('core', ['nft', '-f', '-'], { input: `table inet refusals {\n${chain}\n}\n` });
  agent = await startAgent({ config });
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await lab.stop();
});

const ask = async (kind: string, query: string) =>
  (await agent.get(`/${kind}?via=lte&count=1&${query}`)).body.probe;

describe.each(rows)('$type over IPv$family', (row) => {
  const said = `${families[row.family].router} says ${row.words}`;
  const prohibited = row.reason === 'prohibited';

  it(prohibited ? 'is a failure of its own' : 'fails a ping that reaches nothing', async () => {
    const result = await ask('ping', `target=${targetOf(row)}`);
    expect(result).toMatchObject(
      prohibited
        ? { verdict: 'error', failure: { code: 'prohibited', source: 'target' } }
        : { verdict: 'fail', failure: null, reason: `no reply to 1 echoes: ${said}` },
    );
    expect(result?.reason).toContain(said);
    expect(result?.durationMs).toBeLessThan(1000);
  });

  it('ends a route at the hop that says it', async () => {
    const route = (await ask('traceroute', `target=${targetOf(row)}`))?.traceroute;
    expect(route?.reached).toBe(false);
    expect(route?.hops.map(({ unreachable }) => unreachable)).toEqual([
      null,
      null,
      { reason: row.reason, mtuBytes: null },
    ]);
    expect(route?.hops.at(-1)?.address).toBe(families[row.family].router);
  });
});

describe('a link that takes only smaller packets', () => {
  const large = 'packetBytes=1400';

  beforeAll(async () => {
    await lab.exec('carrier', ['ip', 'link', 'set', 'dev', 'up', 'mtu', '1300']);
    await lab.exec('core', ['ip', 'link', 'set', 'dev', 'down', 'mtu', '1300']);
  });

  it('is named over IPv6 with what it takes', async () => {
    const ping = await ask('ping', `target=${hostAddress6}&${large}`);
    expect([ping?.verdict, ping?.reason]).toEqual([
      'fail',
      'no reply to 1 echoes: fd00:2:0:1::1 says packet too big: at most 1300 bytes',
    ]);
    const route = (await ask('traceroute', `target=${hostAddress6}&${large}`))?.traceroute;
    // The router looks at the hop limit first, and so has a word for two of them.
    expect(route?.hops.map(({ address, alsoAt, unreachable }) => [address, alsoAt, unreachable])).toEqual([
      ['fd00:2::1', [], null],
      ['fd00:2:0:1::1', [3], null],
      ['fd00:2:0:1::1', [2], { reason: 'packetTooBig', mtuBytes: 1300 }],
    ]);
    expect((await ask('ping', `target=${hostAddress6}`))?.verdict).toBe('pass');
  });

  it('is none over IPv4, whose routers may break our packets up', async () => {
    const ping = await ask('ping', `target=1.1.1.1&${large}`);
    expect([ping?.verdict, ping?.traffic.bytesReceived]).toEqual(['pass', 1428]);
    const route = (await ask('traceroute', `target=1.1.1.1&${large}`))?.traceroute;
    expect(route?.hops.map(({ address }) => address)).toEqual(lab.uplinks.lte.hops);
  });
});
