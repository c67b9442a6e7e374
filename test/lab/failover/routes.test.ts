// The routes and rules of failover on a real kernel, beside those that others set.
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { cleanup, takeLock } from '../../../agent/uplink/routes/index.ts';
import { changeByIp } from '../../../agent/uplink/ip/run.ts';
import { recordLog } from '../../unit/mqtt/kit.ts';
import { needsRealRoot } from '../root.ts';
import { type Lab, createLab, hostAddress6, hostAddresses } from '../topology.ts';
import {
  defaults,
  desire,
  foreignState,
  ip,
  isOurs,
  kernelState,
  leavesBy,
  nothingDone,
  routesKit,
  settings,
  temporaryFolder,
} from './routes-kit.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await createLab({ fibre: { ipv6: true }, lte: { ipv6: true } });
});

afterEach(async () => {
  // Rules outlive the interfaces that they speak of.
  await cleanup({ stateDirs: [tmpdir()], proto: settings.routeProto, log: recordLog() });
  await lab.stop();
});

describe('D3.1: nothing foreign is deleted or replaced', () => {
  it('by any change of what is wanted, and all that is ours goes again', async () => {
    const before = await kernelState();
    const { routes } = routesKit();
    const wishes = [
      { active: 'fibre' },
      { active: 'lte' },
      { active: 'lte', ways: ['lte'] },
      { active: 'fibre', other: { fibre: { source: '192.168.0.10' } } },
      { active: 'unreachable' },
      { active: 'lte', other: { lte: { gateway: '192.168.2.77', onlink: true } } },
      { active: null },
    ] as const;
    for (const wish of wishes) {
      const { problems } = await routes.reconcile(desire(lab, { families: [4, 6], ...wish }));
      expect([wish, problems]).toEqual([wish, []]);
      expect(await foreignState()).toEqual(before);
    }
    await routes.restore();
    expect(await kernelState()).toEqual(before);
  });

  it('nor by failover that only observes', async () => {
    const before = await kernelState();
    expect(await routesKit().routes.reconcile(desire(lab, { mode: 'observe' }))).toEqual(nothingDone);
    expect(await kernelState()).toEqual(before);
  });

  it.each([5, 4, 0])(
    'though one with metric %i stands where ours is to stand: that is told',
    async (metric) => {
      await ip(`route add default via 192.168.2.1 dev eth1 metric ${metric} proto 16`);
      const before = await kernelState();
      const { problems } = await routesKit().routes.reconcile(desire(lab));
      expect(problems).toEqual([
        {
          family: 4,
          uplink: null,
          reason:
            `the IPv4 default route via 192.168.2.1 dev eth1 metric ${metric} proto 16 is not behind failover's own, ` +
            'metric 5: give it a greater metric where it is set (DHCP client, network configuration)' +
            (metric > 2 ? ', or set failover.metricActive below it' : ''),
        },
      ]);
      expect(await foreignState()).toEqual(before);
      expect(await leavesBy('1.1.1.1')).toBe('eth1');
    },
  );

  it('nor one by the same gateway with another metric: what is deleted is named in full', async () => {
    await ip('route add default via 192.168.0.1 dev eth0 metric 6 proto 16');
    await ip('route add default via 192.168.0.1 dev eth0 metric 7 proto 136 table 99');
    await ip('route add 10.9.0.0/16 via 192.168.0.1 dev eth0 proto 136');
    await ip('rule add priority 13601 oif eth0 lookup 13600 protocol 89');
    onTestFinished(async () => {
      await ip('rule del priority 13601 protocol 89');
    });
    const before = await foreignState();
    const { routes } = routesKit();
    await routes.reconcile(desire(lab));
    await routes.reconcile(desire(lab, { active: 'lte' }));
    await routes.restore();
    expect(await foreignState()).toEqual(before);
    // A route that is no default one was not made by failover.
    expect((await kernelState()).filter(isOurs)).toEqual(['10.9.0.0/16 via 192.168.0.1 dev eth0 proto 136']);
  });
});

it('says that another goes before ours in an uplink’s own table, and does all else', async () => {
  await ip('route add default via 192.168.2.1 dev eth1 table 13600 metric 1');
  const before = await foreignState();
  const { routes } = routesKit();
  const { problems } = await routes.reconcile(desire(lab));
  expect(problems).toEqual([
    {
      family: 4,
      uplink: 'fibre',
      reason:
        'the IPv4 default route via 192.168.2.1 dev eth1 metric 1 proto 3 in table 13600 is not behind ' +
        "failover's own there, metric 5: take it out, or set failover.tableBase to where no other program has tables",
    },
  ]);
  expect(await foreignState()).toEqual(before);
  expect([await leavesBy('1.1.1.1'), await leavesBy('1.1.1.1', 'from', '192.168.0.10')]).toEqual([
    'eth0',
    'eth0',
  ]);
  await ip('route del default table 13600 metric 1 proto 3');
  expect((await routes.reconcile(desire(lab))).problems).toEqual([]);
  expect(await leavesBy('1.1.1.1', 'oif', 'eth0')).toBe('eth0');
});

describe('a route that the kernel refuses', () => {
  it('is told in its words, and what came before it goes again', async () => {
    const before = await kernelState();
    const { routes } = routesKit();
    const other = { lte: { gateway: '192.168.77.1' } };
    const { problems } = await routes.reconcile(desire(lab, { active: 'lte', other, ways: ['lte'] }));
    expect(problems.map(({ uplink, reason }) => [uplink, reason])).toEqual([
      [
        'lte',
        'ip route add default via 192.168.77.1 dev eth1 table 13601 metric 5 proto 136: ' +
          'Error: Nexthop has invalid gateway.',
      ],
      [
        null,
        'ip route add default via 192.168.77.1 dev eth1 table 254 metric 5 proto 136: ' +
          'Error: Nexthop has invalid gateway.',
      ],
    ]);
    expect(await kernelState()).toEqual(before);
  });

  it('keeps the one in force, and does not keep the other uplink from anything', async () => {
    const { routes } = routesKit();
    await routes.reconcile(desire(lab, { ways: ['fibre'] }));
    const wish = { active: 'lte', other: { lte: { gateway: '192.168.77.1' } } } as const;
    const { problems } = await routes.reconcile(desire(lab, wish));
    expect(problems).toHaveLength(2);
    expect(await leavesBy('1.1.1.1')).toBe('eth0');
    // And on the way back all is well.
    expect(await routes.reconcile(desire(lab, { ways: ['fibre'] }))).toEqual(nothingDone);
  });

  it('is not taken for one that stands where the kernel passes it over for its carrier', async () => {
    const { routes } = routesKit();
    await routes.reconcile(desire(lab));
    await lab.exec('agent', ['sysctl', '-qw', 'net.ipv4.conf.eth1.ignore_routes_with_linkdown=1']);
    await lab.carrier('lte', 'off');
    const { problems } = await routes.reconcile(desire(lab, { active: 'lte' }));
    expect(problems).toEqual([
      {
        family: 4,
        uplink: null,
        reason: 'the kernel sends by eth0, though the default route by eth1 goes before',
      },
    ]);
    expect((await defaults()).filter(isOurs)).toEqual([
      'default via 192.168.0.1 dev eth0 proto 136 metric 5',
    ]);
  });
});

describe('D3.3: the main table keeps a default route', () => {
  it('of an uplink that has no way any more, while no other is chosen', async () => {
    const { routes } = routesKit();
    await routes.reconcile(desire(lab, { mode: 'capture' }));
    const held = await defaults();
    await routes.reconcile(desire(lab, { mode: 'capture', ways: [] }));
    expect(await defaults()).toEqual(held);
  });

  it("which is the system's where ours fell with its link, and no other is chosen", async () => {
    const { routes } = routesKit();
    const bad = { mode: 'capture', unhealthy: ['lte'] } as const;
    await routes.reconcile(desire(lab, bad));
    expect(await defaults()).toEqual(['default via 192.168.0.1 dev eth0 proto 136 metric 5']);
    await ip('link set eth0 down');
    await routes.reconcile(desire(lab, { ...bad, ways: ['lte'] }));
    expect(await defaults()).toEqual(['default via 192.168.2.1 dev eth1 metric 200']);
  });

  it("and with no choice of failover's it is the system's again", async () => {
    const before = await kernelState();
    const { routes } = routesKit();
    await routes.reconcile(desire(lab, { mode: 'capture' }));
    await routes.reconcile(desire(lab, { mode: 'capture', active: null, ways: [] }));
    expect(await kernelState()).toEqual(before);
  });
});

describe('D3.5: what is bound keeps its uplink', () => {
  it('though nothing else is to lead out: that is refused at once, in both families', async () => {
    const { routes } = routesKit();
    const families = [4, 6] as const;
    await routes.reconcile(desire(lab, { families }));
    const bound = async (): Promise<string[]> => {
      const asked = [hostAddresses[0], hostAddress6].flatMap((to) => [`${to} oif eth0`, `${to} oif eth1`]);
      const from = [`${hostAddresses[0]} from 192.168.2.10`, `${hostAddress6} from fd00:2::10`];
      const answers = [...asked, ...from, '192.168.2.1', '192.168.2.1 from 192.168.2.10'];
      return Promise.all(answers.map(async (one) => (await ip(`route get ${one}`)).replace(/\s+/g, ' ')));
    };
    const before = await bound();
    expect((await routes.reconcile(desire(lab, { families, active: 'unreachable' }))).problems).toEqual([]);
    expect(await bound()).toEqual(before);
    for (const to of [hostAddresses[0], hostAddress6])
      await expect(ip(`route get ${to}`)).rejects.toThrow('Network is unreachable');
    for (const address of ['192.168.0.10', '192.168.2.10'])
      await lab.exec('agent', ['ping', '-n', '-c', '1', '-I', address, hostAddresses[0]]);
    expect(await routes.reconcile(desire(lab, { families, active: 'unreachable' }))).toEqual(nothingDone);
  });
});

describe('what vanished', () => {
  it('with a link that went down, without a word of the kernel, comes back with it', async () => {
    const { routes } = routesKit();
    await routes.reconcile(desire(lab));
    const standing = await kernelState();
    await lab.linkDown('fibre');
    expect((await kernelState()).filter((line) => isOurs(line) && line.startsWith('default'))).toEqual([
      'default via 192.168.2.1 dev eth1 table 13601 proto 136 metric 5',
    ]);
    await lab.linkUp('fibre');
    const { added, problems } = await routes.reconcile(desire(lab));
    expect([added.length, problems]).toEqual([2, []]);
    const settled = (line: string): boolean => line.startsWith('default') || isOurs(line);
    expect((await kernelState()).filter(settled)).toEqual(standing.filter(settled));
  });
});

it('judges the families apart', async () => {
  const { routes } = routesKit();
  const four = desire(lab, { families: [4, 6] });
  const six = desire(lab, { families: [4, 6], active: 'lte' });
  await routes.reconcile({ ...four, families: { ...four.families, 6: six.families[6] ?? expect.fail() } });
  expect([await leavesBy('1.1.1.1'), await leavesBy(hostAddress6)]).toEqual(['eth0', 'eth1']);
  const ping = (...how: string[]) => lab.exec('agent', ['ping', '-n', '-c', '1', ...how, hostAddress6]);
  for (const device of ['eth0', 'eth1']) await ping('-I', device);
  // A link-local address, which both interfaces have, leads nowhere by a rule.
  expect((await kernelState()).filter((line) => line.includes('from fe80'))).toEqual([]);
  await routes.reconcile(desire(lab, { families: [4] }));
  expect((await ip('-6 rule show')).includes('13600')).toBe(false);
});

describe('two uplinks of one address and one gateway (two sticks of one make)', () => {
  const gateways = ['fibre-router', 'ap'] as const;

  /** Each gateway counts the attempts to connect, and refuses them. */
  async function refuseConnections(): Promise<void> {
    const rule = 'tcp flags syn tcp dport 7 counter reject with tcp reset';
    const rules = `table ip refusing { chain in { type filter hook prerouting priority 0; ${rule}; }\n }`;
    for (const gateway of gateways) await lab.exec(gateway, ['nft', '-f', '-'], { input: rules });
  }

  const attemptsAt = async (gateway: string): Promise<number> => {
    const { stdout } = await lab.exec(gateway, ['nft', 'list', 'table', 'ip', 'refusing']);
    return Number(/counter packets (\d+)/.exec(stdout)?.[1]);
  };

  it('are left for one another by all that is bound to neither', async () => {
    await ip('address add 192.168.0.10/24 dev eth1');
    await ip('address del 192.168.2.10/24 dev eth1');
    await lab.exec('ap', ['ip', 'address', 'add', '192.168.0.1/24', 'dev', 'down']);
    await refuseConnections();
    const { routes } = routesKit();
    const other = { lte: { addresses: ['192.168.0.10'], gateway: '192.168.0.1' } };
    const seen: number[][] = [];
    for (const active of ['lte', 'fibre'] as const) {
      expect((await routes.reconcile(desire(lab, { active, other }))).problems).toEqual([]);
      expect(await once(connect(7, '192.0.2.99'), 'error')).toMatchObject([{ code: 'ECONNREFUSED' }]);
      seen.push(await Promise.all(gateways.map(attemptsAt)));
      for (const bound of ['eth0', 'eth1']) expect(await leavesBy('1.1.1.1', 'oif', bound)).toBe(bound);
    }
    expect(seen).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });
});

it('leads out by a link without a gateway', async () => {
  needsRealRoot('a TUN device that stands for PPP');
  await ip('tuntap add dev ppp0 mode tun');
  onTestFinished(async () => {
    await ip('link del ppp0');
  });
  await ip('address add 10.64.64.7 peer 10.64.64.1 dev ppp0');
  await ip('link set ppp0 up');
  const before = await kernelState();
  const { routes } = routesKit();
  const ppp = { interfaceName: 'ppp0', gateway: null, addresses: ['10.64.64.7'] };
  const wish = { active: 'lte', other: { lte: ppp } } as const;
  expect((await routes.reconcile(desire(lab, wish))).problems).toEqual([]);
  const ours = 'default dev ppp0 proto 136 scope 253 metric 5';
  expect((await defaults()).filter(isOurs)).toEqual([`${ours} linkdown`]);
  expect(await routes.reconcile(desire(lab, wish))).toEqual(nothingDone);
  await routes.reconcile(desire(lab));
  await routes.restore();
  expect(await kernelState()).toEqual(before);
});

it('works beside 10 000 routes of others, and leaves them', async () => {
  const networks = Array.from({ length: 10_000 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
  const added = networks.map((network) => ['route', 'add', network, 'via', '192.168.0.1']);
  expect(await changeByIp(4, added)).toEqual(networks.map(() => null));
  const before = await kernelState();
  const { routes } = routesKit();
  await routes.reconcile(desire(lab));
  await routes.reconcile(desire(lab, { active: 'lte' }));
  expect(await leavesBy('1.1.1.1')).toBe('eth1');
  expect(await foreignState()).toEqual(before);
  await routes.restore();
  expect(await kernelState()).toEqual(before);
});

describe('D3.11: one failover in a network namespace', () => {
  const sentence = /another pathproof is in charge of the default routes here/;

  it('so a second is refused until the first has gone, and so is a cleanup', async () => {
    const release = await takeLock();
    await expect(takeLock()).rejects.toThrow(sentence);
    const options = { stateDirs: [temporaryFolder()], proto: settings.routeProto, log: recordLog() };
    await expect(cleanup(options)).rejects.toThrow(sentence);
    await release();
    expect(await cleanup(options)).toEqual({ restored: [], removed: [] });
    await (
      await takeLock()
    )();
  });
});

it('cleans up what an agent left, and finds nothing the second time', async () => {
  const before = await kernelState();
  await routesKit().routes.reconcile(desire(lab, { families: [4, 6] }));
  const options = { stateDirs: [temporaryFolder()], proto: settings.routeProto, log: recordLog() };
  expect((await cleanup(options)).removed).toHaveLength(22);
  expect(await kernelState()).toEqual(before);
  expect(await cleanup(options)).toEqual({ restored: [], removed: [] });
});

it('adopts what a former agent left', async () => {
  await routesKit().routes.reconcile(desire(lab, { active: 'lte' }));
  expect(await routesKit().routes.reconcile(desire(lab, { active: 'lte' }))).toEqual(nothingDone);
});

it('does one thing at a time, and nothing once it is closed', async () => {
  const before = await kernelState();
  const { routes } = routesKit();
  const told = [routes.reconcile(desire(lab)), routes.reconcile(desire(lab, { active: 'lte' }))];
  const restored = routes.restore();
  await routes.close();
  expect((await Promise.all(told)).map(({ problems }) => problems)).toEqual([[], []]);
  expect((await restored).removed.length).toBeGreaterThan(0);
  expect(await kernelState()).toEqual(before);
  await expect(routes.reconcile(desire(lab))).rejects.toMatchObject({ code: 'stopping' });
});
