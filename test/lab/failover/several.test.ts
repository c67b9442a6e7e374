// More than two uplinks: the best of those that work has the default route, by their order of preference.
import { it } from 'vitest';
import { agentNode, ipBatch, run } from '../programs.ts';
import { behindGateway, configOf, defaults, interfaceTo, quick } from './kit.ts';
import { openScene, settled, soon, takenOut } from './scene.ts';

/** A third line, whose gateway has the internet host's addresses itself. */
async function addDsl(): Promise<void> {
  await ipBatch(agentNode, [
    'netns add dsl',
    'link add eth2 type veth peer name line netns dsl',
    'addr add 192.168.3.10/24 dev eth2',
    'link set eth2 up',
  ]);
  await ipBatch('dsl', [
    'link set lo up',
    'addr add 192.168.3.1/24 dev line',
    'addr add 1.1.1.1/32 dev lo',
    'addr add 8.8.8.8/32 dev lo',
    'link set line up',
  ]);
  await run('dsl', ['sysctl', '-q', '-w', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.icmp_ratemask=0']);
  await ipBatch(agentNode, ['route add default via 192.168.3.1 dev eth2 metric 300']);
}

const removeDsl = (): AsyncDisposable => takenOut(['link del eth2', 'netns del dsl']);

/** It stands before the others in the file, and comes last by priority. */
const three = (mode: string): string =>
  configOf(mode).replace(
    'uplinks:',
    `uplinks:\n  dsl: { interface: eth2, priority: 30, standbyInterval: 1s, ${quick.uplink} }`,
  );

const names = ['fibre', 'lte', 'dsl'];

it('the default route goes down the order and up again', async () => {
  await using _ = removeDsl();
  await using scene = await openScene({ config: three('overlay'), before: addDsl });
  const { lab, told } = scene;
  await settled(scene, 'fibre', names);
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => interfaceTo()).toBe('eth1');
  await behindGateway(lab, 'lte', 'dead');
  await soon(() => interfaceTo()).toBe('eth2');
  await soon(() => told.state()?.active).toBe('dsl');
  await behindGateway(lab, 'lte', 'alive');
  await soon(() => interfaceTo()).toBe('eth1');
  await behindGateway(lab, 'fibre', 'alive');
  await soon(() => interfaceTo()).toBe('eth0');
  await soon(() => told.state()?.active).toBe('fibre');
  const moves = () => told.events.flatMap(({ kind, to }) => (kind === 'failover.switched' ? [to] : []));
  await soon(moves).toEqual(['lte', 'dsl', 'lte', 'fibre']);
});

it('capture has a route of each healthy one, at the metric of its place in the file (P24)', async () => {
  await using _ = removeDsl();
  await using scene = await openScene({ config: three('capture'), before: addDsl });
  await settled(scene, 'fibre', names);
  const rows = async () => (await defaults()).map(({ dev, metric }) => `${dev} ${metric}`);
  await soon(rows).toEqual(['eth0 5', 'eth2 20000', 'eth1 20002']);
  await behindGateway(scene.lab, 'fibre', 'dead');
  await soon(rows).toEqual(['eth1 5', 'eth2 20000']);
});
