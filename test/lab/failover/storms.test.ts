// An unkind network around failover: thousands of routes come and go, and the kernel filters by the reverse path.
import { expect, it } from 'vitest';
import { agentNode, ipBatch, run } from '../programs.ts';
import { behindGateway, configOf, defaults, everything, interfaceTo, ours } from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

/** In 10.0.0.0/8, each of its own. */
const routes = (count: number, verb: 'add' | 'del'): string[] =>
  Array.from(
    { length: count },
    (_, n) => `route ${verb} 10.${n >> 8}.${n & 255}.0/24 via 192.168.0.1 dev eth0`,
  );

it(
  '10 000 routes come and go beside it: it lives, and is right, also where a carrier is lost with the last (D4: churn)',
  { timeout: 90_000 },
  async () => {
    await using scene = await openScene({ config: configOf('overlay') });
    const { agent, lab, told } = scene;
    await settled(scene, 'fibre');
    await ipBatch(agentNode, routes(10_000, 'add'));
    await lab.carrier('fibre', 'off');
    await soon(() => interfaceTo()).toBe('eth1');
    await lab.carrier('fibre', 'on');
    await settled(scene, 'fibre');
    await behindGateway(lab, 'fibre', 'dead');
    await Promise.all([
      ipBatch(agentNode, routes(10_000, 'del')),
      soon(() => interfaceTo()).toBe('eth1'),
      soon(() => told.state()?.active).toBe('lte'),
    ]);
    await behindGateway(lab, 'fibre', 'alive');
    await Promise.all([ipBatch(agentNode, routes(10_000, 'add')), soon(() => interfaceTo()).toBe('eth0')]);
    await settled(scene, 'fibre');
    expect((await defaults()).map(({ metric }) => metric)).toEqual([5, 100, 200]);
    expect(told.state()?.problem).toBeNull();
    expect(agent.child.exitCode).toBeNull();
    expect(agent.complaints).toEqual([]);
  },
);

it('what another program takes out of ours is put back at once (D3.13)', async () => {
  await using scene = await openScene({ config: configOf('overlay') });
  await settled(scene, 'fibre');
  const before = await everything();
  for (const command of [
    'route del default metric 5 proto 136',
    'route flush table 13601',
    'rule del priority 13601 oif eth1',
    'rule flush protocol 136',
  ]) {
    await ipBatch(agentNode, [command]);
    await soon(everything).toBe(before);
  }
  expect(scene.told.kinds()).not.toContain('failover.switched');
});

it('with a single uplink nothing is done but tell of it (D3.6)', async () => {
  const alone = configOf('overlay').replace(/^ {2}lte:.*$/m, '');
  await using scene = await openScene({ config: alone });
  const { lab, told } = scene;
  await settled(scene, 'fibre', ['fibre']);
  expect(await ours()).toBe('');
  const before = await everything();
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => told.event('failover.allDown')).toBeDefined();
  expect(await everything()).toBe(before);
  expect(told.kinds()).not.toContain('failover.switched');
});

const strict = () =>
  run(agentNode, [
    ...['sysctl', '-q', '-w', 'net.ipv4.conf.all.rp_filter=0'],
    ...['net.ipv4.conf.eth0.rp_filter=1', 'net.ipv4.conf.eth1.rp_filter=1'],
  ]);

it('strict reverse path filtering: its rules let the answers by the standby line pass (D3.5, D4)', async () => {
  await using scene = await openScene({ config: configOf('overlay'), before: strict });
  const { lab } = scene;
  await settled(scene, 'fibre');
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => interfaceTo()).toBe('eth1');
  await behindGateway(lab, 'fibre', 'alive');
  await soon(() => interfaceTo()).toBe('eth0');
  await settled(scene, 'fibre');
});

it('observe leaves the filter as it is, and says that nothing can be heard by the standby line (D3.4)', async () => {
  await using scene = await openScene({ config: configOf('observe'), before: strict });
  const { told } = scene;
  await settled(scene, 'fibre', ['fibre']);
  await soon(() => told.uplink('lte')?.health).toBe('unknown');
  expect(told.uplink('lte')?.families.ipv4?.reason).toContain('rp_filter');
  const { stdout } = await run(agentNode, ['sysctl', '-n', 'net.ipv4.conf.eth1.rp_filter']);
  expect(stdout.trim()).toBe('1');
});
