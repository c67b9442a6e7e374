// The reverse path filter on a real kernel: named where it drops the answers, and only there.
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { kernelInterfacesFrom } from '../../agent/uplink/ip.ts';
import { filteredIn, watchDrops } from '../../agent/uplink/reverse-path.ts';
import { type Agent, startAgent } from './agent.ts';
import { type Lab, createLab, hostAddress6, silentAddress } from './topology.ts';

const config = 'uplinks:\n  fibre: { interface: eth0 }\n  lte: { interface: eth1, gateway: 192.168.2.1 }\n';

let lab: Lab;
let agent: Agent;

beforeEach(async () => {
  lab = await createLab();
  agent = await startAgent({ config });
});

afterEach(async () => {
  await agent[Symbol.asyncDispose]();
  await lab.stop();
});

const sysctl = (setting: string) => lab.exec('agent', ['sysctl', '-qw', setting]);
const filter = (whose: string, mode: 0 | 1 | 2) => sysctl(`net.ipv4.conf.${whose}.rp_filter=${mode}`);
const ip = (words: string) => lab.exec('agent', ['ip', ...words.split(' ')]);

const ask = async (kind: string, query: string) => {
  const { status, body } = await agent.get(`/${kind}?target=1.1.1.1&count=1&${query}`);
  return { status, ...body.probe };
};

const dropped = async (): Promise<number> =>
  filteredIn((await lab.exec('agent', ['cat', '/proc/self/net/netstat'])).stdout) ?? NaN;

const strict = async (): Promise<void> => {
  await filter('all', 0);
  await filter('eth1', 1);
};

/** Does as a reason says that ends with a rule, in table 77. */
async function followRule(reason = ''): Promise<void> {
  const rule = /ip rule add (from \S+ lookup) TABLE with a default route by (\S+) in TABLE$/.exec(reason);
  await ip(`route add default via 192.168.2.1 dev ${rule?.[2]} table 77`);
  await ip(`rule add ${rule?.[1]} 77`);
  onTestFinished(async () => {
    await ip(`rule del ${rule?.[1]} 77`);
  });
}

describe('where the route back leaves by another uplink', () => {
  beforeEach(strict);

  it.each([
    ['ping', 'lte'],
    ['ping', '192.168.2.10'],
    ['traceroute', 'lte'],
    ['traceroute', 'eth1'],
  ])('a %s via %s says so as soon as an answer is dropped', async (kind, via) => {
    // Its echoes would take 5 s to be given up: whoever says it sooner has looked.
    const result = await ask(kind, `via=${via}&waitMs=5000`);
    expect(result).toMatchObject({
      status: 500,
      verdict: 'error',
      failure: { code: 'repliesFiltered', source: 'local' },
      reason:
        'eth1 drops the answers: net.ipv4.conf.eth1.rp_filter is 1 (strict) and the route back to 1.1.1.1 leaves by ' +
        'eth0; mend it with: sysctl -w net.ipv4.conf.eth1.rp_filter=2, or: ip rule add from 192.168.2.10 lookup ' +
        'TABLE with a default route by eth1 in TABLE',
      ping: { received: 0 },
    });
    expect(result.durationMs).toBeLessThan(1000);
    // The gateway stands in the interface's own network.
    if (kind === 'traceroute') expect(result.traceroute?.hops[0]?.address).toBe('192.168.2.1');
  });

  it('the setting that the sentence gives mends it', async () => {
    const { reason = '' } = await ask('ping', 'via=lte');
    await sysctl(/sysctl -w (\S+),/.exec(reason)?.[1] ?? '');
    expect((await ask('ping', 'via=lte')).status).toBe(200);
  });

  it('the rule that the sentence gives mends it', async () => {
    await followRule((await ask('ping', 'via=lte')).reason);
    await expect.poll(async () => (await ask('ping', 'via=lte')).status).toBe(200);
    expect((await ask('traceroute', 'via=lte')).traceroute?.hops).toHaveLength(4);
  });

  it('a target that is silent is not taken for one whose answers were dropped', async () => {
    const { body } = await agent.get(`/ping?target=${silentAddress}&via=lte&count=2&waitMs=100`);
    expect([body.probe?.verdict, body.probe?.failure]).toEqual(['fail', null]);
  });

  it('a silent target whose own answers would pass is not either, though those of routers are dropped', async () => {
    await ip(`route add ${silentAddress} via 192.168.2.1 dev eth1`);
    const before = await dropped();
    const trace = () => agent.get(`/traceroute?target=${silentAddress}&via=lte&count=1&waitMs=100`);
    await expect.poll(async () => (await trace()).body.probe?.verdict).toBe('fail');
    expect(await dropped()).toBeGreaterThan(before);
  });

  it('the other uplink is none of its concern', async () => {
    await filter('eth0', 1);
    expect((await ask('ping', 'via=fibre')).status).toBe(200);
  });
});

it('names the setting of all interfaces where that is the strict one', async () => {
  await filter('eth1', 0);
  await filter('all', 1);
  expect((await ask('ping', 'via=lte')).reason).toMatch(
    /net\.ipv4\.conf\.all\.rp_filter is 1 \(strict\) and the route back to 1\.1\.1\.1 leaves by eth0;/,
  );
});

it.each([
  { words: '1 (strict)', mode: 1 },
  { words: '2 (loose)', mode: 2 },
] as const)('where no route leads back, $words drops answers too, and the rule mends it', async (given) => {
  await filter('all', 0);
  await filter('eth1', given.mode);
  await ip('route del default dev eth0');
  await ip('route del default dev eth1');
  await expect
    .poll(async () => (await ask('ping', 'via=lte')).reason)
    .toBe(
      `eth1 drops the answers: net.ipv4.conf.eth1.rp_filter is ${given.words} and there is no route back to 1.1.1.1; ` +
        'mend it with: ip rule add from 192.168.2.10 lookup TABLE with a default route by eth1 in TABLE',
    );
  await followRule((await ask('ping', 'via=lte')).reason);
  await expect.poll(async () => (await ask('ping', 'via=lte')).status).toBe(200);
});

it('finds no fault with a loose filter, whatever that of all says', async () => {
  await filter('all', 1);
  await filter('eth1', 2);
  expect((await ask('ping', 'via=lte')).status).toBe(200);
});

it('finds no fault with a route back over both uplinks, which the strict filter lets pass', async () => {
  await strict();
  const [fibre, lte] = ['nexthop via 192.168.0.1 dev eth0', 'nexthop via 192.168.2.1 dev eth1'];
  await ip(`route replace 1.1.1.1 ${fibre} ${lte}`);
  expect(await kernelInterfacesFrom('192.168.2.10', '1.1.1.1')).toEqual(['eth0', 'eth1']);
  expect((await ask('ping', 'via=lte')).status).toBe(200);
});

describe('the watch', () => {
  const way = { uplink: 'lte', interfaceName: 'eth1', source: '192.168.2.10', nextHop: '192.168.2.1' };
  const byFibre = () => Promise.resolve(['eth0']);

  it('accuses nobody where nothing filters, whatever others dropped', async () => {
    await strict();
    const before = watchDrops(way, '1.1.1.1', byFibre);
    await expect(lab.exec('agent', ['ping', '-c1', '-W0.2', '-Ieth1', '1.1.1.1'])).rejects.toThrow();
    await filter('all', 0);
    await filter('eth1', 0);
    expect(await before?.()).toBe(null);
  });

  it('is none over IPv6, which has no such filter', () => {
    expect(watchDrops(way, hostAddress6, byFibre)).toBe(null);
  });

  it('asks for the way back once something was dropped, and says nothing where it can not be told', async () => {
    await strict();
    const wayBack = vi.fn(byFibre);
    const look = watchDrops(way, '1.1.1.1', wayBack);
    const blind = watchDrops(way, '1.1.1.1', () => Promise.reject(new Error('no such program')));
    expect([await look?.(), wayBack.mock.calls]).toEqual([null, []]);
    await expect(lab.exec('agent', ['ping', '-c1', '-W0.2', '-Ieth1', '1.1.1.1'])).rejects.toThrow();
    expect((await look?.())?.code).toBe('repliesFiltered');
    expect(wayBack.mock.calls).toEqual([['192.168.2.10', '1.1.1.1']]);
    expect(await blind?.()).toBe(null);
  });
});
