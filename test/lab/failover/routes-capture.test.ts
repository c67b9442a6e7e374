// Capture mode on a real kernel: default routes of others are written down, taken out, and put back as they were.
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cleanup } from '../../../agent/uplink/routes/index.ts';
import { recordLog } from '../../unit/mqtt/kit.ts';
import { type Lab, createLab } from '../topology.ts';
import {
  type Wish,
  defaults,
  desire,
  ip,
  isOurs,
  kernelState,
  nothingDone,
  routesKit,
  settings,
} from './routes-kit.ts';

let lab: Lab;

beforeEach(async () => {
  lab = await createLab({ fibre: { ipv6: true }, lte: { ipv6: true } });
});

afterEach(async () => {
  await cleanup({ stateDirs: [tmpdir()], proto: settings.routeProto, log: recordLog() });
  await lab.stop();
});

const captureWish = (wish: Wish = {}) => desire(lab, { mode: 'capture', families: [4, 6], ...wish });
const journalOf = (stateDir: string): string => join(stateDir, 'failover-journal.json');
const foreign = async (): Promise<string[]> =>
  [...(await defaults(4)), ...(await defaults(6))].filter((line) => !isOurs(line));

/** As DHCP clients and people set them. */
async function setManyRoutes(): Promise<void> {
  await ip(
    'route replace default via 192.168.0.1 dev eth0 metric 100 proto dhcp src 192.168.0.10 mtu lock 1400',
  );
  await ip(
    'route add default via 192.168.0.1 dev eth0 metric 101 mtu 1300 advmss 1200 initcwnd 20 rto_min 30ms',
  );
  await ip(
    'route add default via 192.168.2.77 dev eth1 metric 0 onlink proto static quickack 1 congctl reno',
  );
  await ip('route add default dev eth1 scope link metric 300 realm 3 hoplimit lock 33 features ecn');
  await ip('-6 route add default via fd00:1::1 dev eth0 metric 101 src fd00:1::10 pref high mtu 1400');
}

describe('D3.8: a captured route', () => {
  it('comes back with all its attributes', async () => {
    await setManyRoutes();
    const before = await kernelState();
    const { routes, stateDir } = routesKit();
    expect((await routes.reconcile(captureWish())).problems).toEqual([]);
    expect(await foreign()).toEqual([]);
    expect(routes.captured()).toHaveLength(8);
    const { restored } = await routes.restore();
    expect(restored).toHaveLength(8);
    expect(await kernelState()).toEqual(before);
    expect(existsSync(journalOf(stateDir))).toBe(false);
  });

  it('comes back by a cleanup after the agent was killed, and once', async () => {
    await setManyRoutes();
    const before = await kernelState();
    const { routes, stateDir } = routesKit();
    await routes.reconcile(captureWish());
    const options = { stateDirs: [stateDir], proto: settings.routeProto, log: recordLog() };
    expect((await cleanup(options)).restored).toHaveLength(8);
    expect(await kernelState()).toEqual(before);
    expect(await cleanup(options)).toEqual({ restored: [], removed: [] });
  });

  it('is not taken out where it can not be written down', async () => {
    const before = await foreign();
    const { problems } = await routesKit('/proc/nowhere').routes.reconcile(captureWish({ families: [4] }));
    expect(problems.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^default routes of others can't be captured \(ENOENT/),
    ]);
    expect(await foreign()).toEqual(before);
  });

  it('is on disk by the time it is taken out', async () => {
    const { routes, stateDir } = routesKit();
    await routes.reconcile(captureWish({ families: [4] }));
    const Kept = z.object({ routes: z.array(z.object({ route: z.object({ metric: z.number() }) })) });
    const kept = Kept.parse(JSON.parse(readFileSync(journalOf(stateDir), 'utf8')));
    expect(kept.routes.map(({ route }) => route.metric)).toEqual([100, 200]);
  });

  it('that its DHCP client renews is captured again, and is the one that comes back', async () => {
    const { routes } = routesKit();
    await ip('route replace default via 192.168.0.1 dev eth0 metric 100 proto dhcp');
    await routes.reconcile(captureWish());
    await ip('route add default via 192.168.0.254 dev eth0 metric 100 proto dhcp src 192.168.0.10');
    await routes.reconcile(captureWish());
    expect(
      routes
        .captured()
        .filter(({ family }) => family === 4)
        .map(({ gateway }) => gateway),
    ).toEqual(['192.168.2.1', '192.168.0.254']);
    await routes.restore();
    expect(await defaults()).toEqual([
      'default via 192.168.0.254 dev eth0 proto 16 src 192.168.0.10 metric 100',
      'default via 192.168.2.1 dev eth1 metric 200',
    ]);
  });

  it('that the kernel would have dropped with its address is forgotten', async () => {
    const { routes } = routesKit();
    await routes.reconcile(captureWish({ families: [4] }));
    await ip('address flush dev eth1');
    await routes.reconcile(captureWish({ families: [4], ways: ['fibre'] }));
    expect(routes.captured().map(({ interfaceName }) => interfaceName)).toEqual(['eth0']);
    await routes.restore();
    expect(await defaults()).toEqual(['default via 192.168.0.1 dev eth0 metric 100']);
  });

  it('comes back once its interface is no uplink’s any more, and the others stay away', async () => {
    const { routes, stateDir } = routesKit();
    await routes.reconcile(captureWish());
    const wish = { ...captureWish({ ways: ['fibre'] }), interfaces: ['eth0'] };
    expect((await routes.reconcile(wish)).restored).toHaveLength(2);
    expect(await foreign()).toEqual([
      'default via 192.168.2.1 dev eth1 metric 200',
      'default via fe80::1 dev eth1 metric 200 pref medium',
    ]);
    expect(readFileSync(journalOf(stateDir), 'utf8')).not.toContain('eth1');
    expect(await routes.reconcile(wish)).toEqual(nothingDone);
  });

  it('that its owner has put back already is let be', async () => {
    const before = await kernelState();
    const { routes, log } = routesKit();
    await routes.reconcile(captureWish({ families: [4] }));
    await ip('route add default via 192.168.0.1 dev eth0 metric 100');
    const { restored } = await routes.restore();
    expect([restored.length, log.lines.filter(({ level }) => level === 'error')]).toEqual([1, []]);
    expect(await kernelState()).toEqual(before);
  });

  it('whose place another has taken is told of, with the command that would set it', async () => {
    const { routes, log } = routesKit();
    await routes.reconcile(captureWish({ families: [4] }));
    await ip('route add default via 192.168.2.1 dev eth1 metric 100');
    await routes.restore();
    const told = log.lines.filter(({ level }) => level === 'error');
    expect(told.map(({ message }) => message)).toEqual([
      "the IPv4 default route via 192.168.0.1 dev eth0 metric 100 proto 3 can't be put back",
    ]);
    expect(told[0]?.fields).toContain(
      'ip route add default via 192.168.0.1 dev eth0 table 254 metric 100 proto 3',
    );
  });
});

describe('what is left alone', () => {
  const sentence = (route: string) =>
    `the IPv4 default route ${route} is left alone: it could not be put back as it is`;
  const reasons = async (): Promise<string[]> => {
    const { problems } = await routesKit().routes.reconcile(captureWish({ families: [4] }));
    return problems.map(({ reason }) => reason);
  };

  it('is what has several next hops, a next hop of its own, or wraps packets', async () => {
    await ip('nexthop add id 7 via 192.168.0.1 dev eth0');
    await ip('route add default metric 301 nhid 7');
    await ip('route add default metric 302 encap ip id 3 dst 1.1.1.1 via 192.168.0.1 dev eth0');
    await ip(
      'route add default metric 303 nexthop via 192.168.0.1 dev eth0 nexthop via 192.168.2.1 dev eth1',
    );
    await ip('-4 route add default metric 304 via inet6 fd00:1::1 dev eth0');
    const before = (await defaults()).filter((line) => /metric 30\d/.test(line));
    expect(await reasons()).toEqual([
      sentence('via 192.168.0.1 dev eth0 metric 301 proto 3'),
      sentence('via 192.168.0.1 dev eth0 metric 302 proto 3'),
      sentence('via 192.168.0.1 dev eth0 metric 303 proto 3'),
      sentence('via 192.168.2.1 dev eth1 metric 303 proto 3'),
      sentence('dev eth0 metric 304 proto 3'),
    ]);
    expect((await defaults()).filter((line) => /metric 30\d/.test(line))).toEqual(before);
  });

  it('is what leads out by no uplink, what was advertised, and what is for some packets only', async () => {
    await ip('link add other type veth peer name beyond');
    await ip('link set other up');
    await ip('route add default dev other metric 300');
    await ip('-6 route add default via fd00:1::1 dev eth0 metric 300 proto ra');
    await ip('route add default via 192.168.0.1 dev eth0 tos 0x10 metric 301');
    const { routes } = routesKit();
    expect((await routes.reconcile(captureWish())).problems).toEqual([]);
    expect(await foreign()).toEqual([
      'default tos 0x10 via 192.168.0.1 dev eth0 metric 301',
      'default dev other scope 253 metric 300 linkdown',
      'default via fd00:1::1 dev eth0 proto 9 metric 300 pref medium',
    ]);
    await routes.restore();
    await ip('link del other');
  });
});

describe('the own routes beside', () => {
  const own = async () => (await defaults()).filter(isOurs);
  const [fibre, lte] = ['default via 192.168.0.1 dev eth0', 'default via 192.168.2.1 dev eth1'];

  it('are of every healthy uplink, the one in force first', async () => {
    const { routes } = routesKit();
    await routes.reconcile(captureWish());
    expect(await own()).toEqual([`${fibre} proto 136 metric 5`, `${lte} proto 136 metric 20001`]);
    await routes.reconcile(captureWish({ active: 'lte', unhealthy: ['fibre'] }));
    expect(await own()).toEqual([`${lte} proto 136 metric 5`]);
    await routes.reconcile(captureWish({ active: 'lte' }));
    expect(await own()).toEqual([`${lte} proto 136 metric 5`, `${fibre} proto 136 metric 20000`]);
  });

  it('stand before those with a better metric are taken out', async () => {
    await ip('route replace default via 192.168.0.1 dev eth0 metric 0 proto dhcp');
    const { routes } = routesKit();
    expect((await routes.reconcile(captureWish({ active: 'lte' }))).problems).toEqual([]);
    expect((await defaults())[0]).toBe(`${lte} proto 136 metric 5`);
  });
});
