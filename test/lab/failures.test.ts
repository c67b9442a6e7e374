// Each failure of an uplink and of a target, in both families: its code, its sentence, and at once where the kernel
// knows it at once. The reverse path filter has a file of their own, names are with the end-to-end tests.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import {
  type Lab,
  createLab,
  hostAddress6,
  hostAddresses,
  prohibitedAddress,
  prohibitedAddress6,
} from './topology.ts';

const config = 'uplinks:\n  fibre: { interface: eth0 }\n  lte: { interface: eth1 }\n';

let lab: Lab;
let agent: Agent;

beforeAll(async () => {
  agent = await startAgent({ config });
});
beforeEach(async () => {
  lab = await createLab({ fibre: { ipv6: true }, lte: { ipv6: true } });
});
afterEach(async () => {
  await lab.stop();
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
});

const families = [
  { family: 4, target: hostAddresses[0], prohibited: prohibitedAddress, sayer: hostAddresses[0] },
  { family: 6, target: hostAddress6, prohibited: prohibitedAddress6, sayer: hostAddress6 },
] as const;

describe.each(families)('over IPv$family', ({ family, target, prohibited, sayer }) => {
  const ip = (words: string) => lab.exec('agent', ['ip', `-${family}`, ...words.split(' ')]);
  const ask = async (query: string, kind = 'ping') =>
    (await agent.get(`/${kind}?count=1&${query}`)).body.probe;
  const codeOf = async (query: string) => (await ask(query))?.failure?.code;

  const faults: [code: string, cause: () => Promise<unknown>, sentence: string][] = [
    ['interfaceMissing', () => lab.removeInterface('lte'), 'there is no interface eth1'],
    ['interfaceDown', () => lab.linkDown('lte'), 'eth1 is down (ip link set eth1 up)'],
    ['noCarrier', () => lab.carrier('lte', 'off'), 'eth1 has no carrier: cable, access point or modem'],
    ['noAddress', () => ip('address flush dev eth1'), `eth1 has no IPv${family} address`],
    [
      'noGateway',
      () => ip('route del default dev eth1'),
      `eth1 has no route to ${target} and no gateway is known; give uplinks.NAME.gateway`,
    ],
  ];

  it.each(faults)('%s is said at once', async (code, cause, sentence) => {
    expect((await ask(`target=${target}&via=lte`))?.verdict).toBe('pass');
    await cause();
    // A change of several steps is seen in between, too.
    await expect.poll(async () => (await ask(`target=${target}&via=lte`))?.reason).toBe(sentence);
    const [ping, trace] = [
      await ask(`target=${target}&via=lte`),
      await ask(`target=${target}&via=lte`, 'traceroute'),
    ];
    for (const result of [ping, trace]) {
      expect(result).toMatchObject({
        verdict: 'error',
        failure: { code, source: 'uplink' },
        reason: sentence,
        findings: [],
        traffic: { packetsSent: 0 },
      });
      expect(result?.durationMs).toBeLessThan(1000);
    }
  });

  it('noRoute is said at once where no via is given and the kernel has none', async () => {
    await ip('route del default dev eth0');
    await ip('route del default dev eth1');
    await expect.poll(() => codeOf(`target=${target}`)).toBe('noRoute');
    const result = await ask(`target=${target}`);
    expect([result?.failure?.source, result?.reason]).toEqual([
      'uplink',
      `this machine has no route to ${target}`,
    ]);
    expect(result?.durationMs).toBeLessThan(1000);
  });

  it.each(['unreachable', 'prohibit', 'blackhole', 'throw'])(
    'a %s route of this machine is no route, but keeps nothing from an uplink that is named',
    async (type) => {
      await ip(`route add ${type} ${target}`);
      // It bears no interface that would take it along.
      onTestFinished(async () => {
        await ip(`route del ${type} ${target}`);
      });
      await expect.poll(() => codeOf(`target=${target}`)).toBe('noRoute');
      const byUplink = await ask(`target=${target}&via=lte`);
      expect(byUplink?.ping?.sent).toBe(1);
      // It leaves all the same. Over IPv4 the loose filter, which the lab has as Debian does, lets no answer in.
      expect(byUplink?.failure?.code).toBe(family === 4 ? 'repliesFiltered' : undefined);
    },
  );

  it('neighbourUnreachable is said where the line is dead behind a carrier', async () => {
    expect((await ask(`target=${target}&via=lte`))?.verdict).toBe('pass');
    await lab.relay.lte.set({ cut: true });
    await ip('neigh flush dev eth1');
    const [gateway, asked] = family === 4 ? ['192.168.2.1', 'ARP'] : ['fe80::1', 'neighbour discovery'];
    for (const kind of ['ping', 'traceroute']) {
      expect(await ask(`target=${target}&via=lte&waitMs=300`, kind)).toMatchObject({
        verdict: 'error',
        failure: { code: 'neighbourUnreachable', source: 'uplink' },
        reason: `nothing left by eth1: the next hop ${gateway} does not answer ${asked}`,
        traffic: { packetsSent: 0, packetsReceived: 0 },
      });
    }
  });

  it("a target in the uplink's own network that is not there is its own fault", async () => {
    expect((await ask(`target=${target}&via=lte`))?.verdict).toBe('pass');
    const [absent, asked] = family === 4 ? ['192.168.2.77', 'ARP'] : ['fd00:2::77', 'neighbour discovery'];
    expect(await ask(`target=${absent}&via=lte&waitMs=300`)).toMatchObject({
      verdict: 'fail',
      failure: null,
      reason: `no reply to 1 echoes: ${absent} does not answer ${asked}`,
      traffic: { packetsSent: 0 },
    });
  });

  it.each(['ping', 'traceroute'])('prohibited is said at once of a %s', async (kind) => {
    const result = await ask(`target=${prohibited}&via=lte`, kind);
    expect(result).toMatchObject({
      verdict: 'error',
      failure: { code: 'prohibited', source: 'target' },
      reason: `${sayer} says administratively prohibited: a filter there lets no such packet to ${prohibited} pass`,
    });
    expect(result?.durationMs).toBeLessThan(1000);
    const hops = family === 4 ? lab.uplinks.lte.hops : lab.uplinks.lte.ipv6?.hops;
    expect(result?.traceroute?.hops.map(({ address }) => address)).toEqual(
      kind === 'ping' ? undefined : hops,
    );
  });

  it("sendRefused is said at once where this machine's own filter forbids echoes", async () => {
    const rules = `table inet own {
      chain out { type filter hook output priority 0; oifname "eth1" meta l4proto { icmp, ipv6-icmp } drop; }
    }`;
    await lab.exec('agent', ['nft', '-f', '-'], { input: rules });
    const result = await ask(`target=${target}&via=lte`);
    await lab.exec('agent', ['nft', 'delete', 'table', 'inet', 'own']);
    expect(result?.failure).toEqual({ code: 'sendRefused', source: 'local' });
    expect(result?.reason).toBe('the kernel refused to send by eth1: Operation not permitted');
    expect(result?.durationMs).toBeLessThan(1000);
  });
});
