// Capture mode as py-pingu's users know it: default routes of others are learned and taken out, each healthy uplink has one
// of the agent's own, and all is put back at the end.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { agentNode, ipBatch } from '../programs.ts';
import { behindGateway, configOf, defaults, everything, interfaceTo } from './kit.ts';
import { createHome } from './home.ts';
import { openScene, settled, soon, takenOut } from './scene.ts';

/** As text of `PROTOCOL INTERFACE GATEWAY METRIC`, best first. */
async function table(family: 4 | 6 = 4): Promise<string[]> {
  const rows = await defaults(family);
  return rows.map(({ protocol = 'boot', dev, gateway, metric }) => `${protocol} ${dev} ${gateway} ${metric}`);
}

const fibre = (metric: number) => `136 eth0 192.168.0.1 ${metric}`;
const lte = (metric: number) => `136 eth1 192.168.2.1 ${metric}`;

it('foreign defaults are journaled and taken out, each healthy uplink has its own (P10, P22, P24, D3.8)', async () => {
  using home = createHome();
  await using scene = await openScene({ config: configOf('capture'), env: home.env });
  await settled(scene, 'fibre');
  await soon(() => table()).toEqual([fibre(5), lte(20_001)]);
  const journal = await readFile(join(home.stateDir, 'failover-journal.json'), 'utf8');
  expect(journal).toContain('192.168.0.1');
  expect(journal).toContain('192.168.2.1');
});

it('an unhealthy one’s route is taken out, and installed when it is well again (P23)', async () => {
  await using scene = await openScene({ config: configOf('capture') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await soon(() => table()).toEqual([fibre(5), lte(20_001)]);
  await behindGateway(lab, 'lte', 'dead');
  await soon(() => table()).toEqual([fibre(5)]);
  await behindGateway(lab, 'lte', 'alive');
  await soon(() => table()).toEqual([fibre(5), lte(20_001)]);
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => table()).toEqual([lte(5)]);
  await behindGateway(lab, 'fibre', 'alive');
  await soon(() => table()).toEqual([fibre(5), lte(20_001)]);
  await soon(() => told.state()?.active).toBe('fibre');
});

it('the last one stays where all are unhealthy (D3.3)', async () => {
  await using scene = await openScene({ config: configOf('capture') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await Promise.all([behindGateway(lab, 'fibre', 'dead'), behindGateway(lab, 'lte', 'dead')]);
  await soon(() => told.event('failover.allDown')).toBeDefined();
  await soon(async () => (await table()).length).toBe(1);
  expect((await defaults())[0]?.metric).toBe(5);
});

it('the DHCP client’s new default is captured and followed at once (P12, D4: DHCP renewal)', async () => {
  await using scene = await openScene({ config: configOf('capture') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await lab.exec('fibre-router', ['ip', 'address', 'add', '192.168.0.254/24', 'dev', 'down']);
  await ipBatch(agentNode, ['route add default via 192.168.0.254 dev eth0 metric 100']);
  await soon(() => table()).toEqual(['136 eth0 192.168.0.254 5', lte(20_001)]);
  await soon(() => told.uplink('fibre')?.gateway).toBe('192.168.0.254');
  await settled(scene, 'fibre');
  expect(told.kinds()).not.toContain('failover.switched');
  // What the client would have now is what is put back.
  await scene.agent.stop();
  expect(await table()).toEqual(['boot eth0 192.168.0.254 100', 'boot eth1 192.168.2.1 200']);
});

it('a renewal that says the same is captured again, and nothing else happens (P12)', async () => {
  await using scene = await openScene({ config: configOf('capture') });
  await settled(scene, 'fibre');
  await soon(() => table()).toEqual([fibre(5), lte(20_001)]);
  await ipBatch(agentNode, ['route add default via 192.168.0.1 dev eth0 metric 100']);
  await soon(() => table()).toEqual([fibre(5), lte(20_001)]);
  expect(scene.told.kinds()).not.toContain('failover.switched');
});

it('SIGTERM puts all back with all attributes (D3.7, D3.8)', async () => {
  const before: string[] = [];
  const attributes =
    'via 192.168.0.1 dev eth0 proto dhcp metric 90 src 192.168.0.10 mtu lock 1400 advmss 1360';
  await using scene = await openScene({
    config: configOf('capture'),
    before: async () => {
      await ipBatch(agentNode, [
        `route add default ${attributes} initcwnd 20 quickack 1`,
        'route add default via 192.168.2.1 dev eth1 onlink metric 300 proto static rto_min 300ms',
      ]);
      before.push(await everything());
    },
  });
  await settled(scene, 'fibre');
  await soon(() => table()).toEqual([fibre(5), lte(20_001)]);
  expect(await scene.agent.stop()).toBe(0);
  expect([await everything()]).toEqual(before);
});

it('one that somebody puts back at once, each time, is left alone for a while and told of', async () => {
  await using scene = await openScene({ config: configOf('capture') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await soon(() => table()).toEqual([fibre(5), lte(20_001)]);
  const [again, shown] = ['via 192.168.0.1 dev eth0 metric 100', 'boot eth0 192.168.0.1 100'];
  let putBack = 0;
  await soon(async () => {
    if (!(await table()).includes(shown)) {
      await ipBatch(agentNode, [`route add default ${again}`]);
      putBack += 1;
    }
    return told.state()?.problem;
  }).toMatch(
    /^the IPv4 default route via 192\.168\.0\.1 dev eth0 metric 100 proto 3 is put back as often as it is taken out/,
  );
  expect(putBack).toBe(10);
  expect(await table()).toEqual([fibre(5), shown, lte(20_001)]);
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => interfaceTo()).toBe('eth1');
});

it('an uplink that is taken out of the file has its default of others again, with the next reading of it', async () => {
  await using scene = await openScene({ config: configOf('capture') });
  await settled(scene, 'fibre');
  await soon(() => table()).toEqual([fibre(5), lte(20_001)]);
  scene.agent.writeConfig(configOf('capture').replace(/^ {2}lte:.*$/m, ''));
  scene.agent.child.kill('SIGHUP');
  await soon(() => table()).toEqual([fibre(5), 'boot eth1 192.168.2.1 200']);
});

it('one with attributes that can’t be written back is left alone and told of', async () => {
  const before: string[] = [];
  await using scene = await openScene({
    config: configOf('capture'),
    before: async () => {
      const hops = 'nexthop via 192.168.0.1 dev eth0 weight 2 nexthop via 192.168.2.1 dev eth1';
      await ipBatch(agentNode, [`route add default proto static metric 400 ${hops}`]);
      before.push(await everything());
    },
  });
  await settled(scene, 'fibre');
  await soon(() => scene.told.state()?.problem).toMatch(/is left alone: it could not be put back as it is/);
  expect(await everything()).toContain('metric 400');
  expect(await interfaceTo()).toBe('eth0');
  await scene.agent.stop();
  expect([await everything()]).toEqual(before);
});

it('a default of an interface that is no uplink is none of ours (P10)', async () => {
  await using _ = takenOut(['link del other0']);
  const other = 'default via 10.5.0.1 dev other0 proto static metric 700';
  await using scene = await openScene({
    config: configOf('capture'),
    before: () =>
      ipBatch(agentNode, [
        'link add other0 type veth peer name other1',
        'link set other0 up',
        'addr add 10.5.0.2/24 dev other0',
        `route add ${other}`,
      ]),
  });
  await settled(scene, 'fibre');
  await soon(() => table()).toEqual([fibre(5), 'static other0 10.5.0.1 700', lte(20_001)]);
});

const families = '[1.1.1.1, 2001:db8::1]';
const dual = configOf('capture').replaceAll('[1.1.1.1, 8.8.8.8]', families);

it('an IPv6 default of a router advertisement is never captured, but outranked (D3.8)', async () => {
  const advertised = 'default via fe80::1 dev eth0 proto ra metric 1024';
  await using scene = await openScene({
    config: dual,
    lab: { fibre: { ipv6: true }, lte: { ipv6: true } },
    before: () => ipBatch(agentNode, ['route del default via fe80::1 dev eth0', `route add ${advertised}`]),
  });
  await settled(scene, 'fibre');
  await soon(() => scene.told.state()?.families.ipv6?.active).toBe('fibre');
  const rows = ['136 eth0 fe80::1 5', 'ra eth0 fe80::1 1024', '136 eth1 fe80::1 20001'];
  await soon(() => table(6)).toEqual(rows);
  // It comes and goes with the advertisements; the gateway is known from them alone.
  await ipBatch(agentNode, [`route del ${advertised}`]);
  await soon(() => scene.told.state()?.families.ipv6?.active).toBe('lte');
  expect(scene.told.state()?.families.ipv4?.active).toBe('fibre');
  await ipBatch(agentNode, [`route add ${advertised}`]);
  await soon(() => scene.told.state()?.families.ipv6?.active).toBe('fibre');
  await soon(() => table(6)).toEqual(rows);
});
