// IPv4 and IPv6 are judged and routed apart.
import { expect, it } from 'vitest';
import { run } from '../programs.ts';
import { type Lab, hostAddress6 } from '../topology.ts';
import { configOf, defaults, everything, interfaceTo } from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

const dual = configOf('overlay').replaceAll('[1.1.1.1, 8.8.8.8]', `[1.1.1.1, "${hostAddress6}"]`);
const lab = { fibre: { ipv6: true }, lte: { ipv6: true } };

/** The fibre's gateway passes on nothing more of a family, without a word. */
async function dropBehindFibre(family: 'ip' | 'ip6'): Promise<void> {
  const rules = `table ${family} dead {
    chain on {
      type filter hook forward priority 0; policy drop;
    }
  }`;
  await run('fibre-router', ['nft', '-f', '-'], { input: rules });
}
const mendBehindFibre = (running: { lab: Lab }, family: 'ip' | 'ip6') =>
  running.lab.exec('fibre-router', ['nft', 'delete', 'table', family, 'dead']);

it.each([
  ['ip6', 'ipv6', 'ipv4'],
  ['ip', 'ipv4', 'ipv6'],
] as const)('%s of the fibre dies behind the gateway, and %s alone moves', async (family, dead, alive) => {
  await using scene = await openScene({ config: dual, lab });
  const { told } = scene;
  const active = (of: 'ipv4' | 'ipv6') => () => told.state()?.families[of]?.active;
  await settled(scene, 'fibre');
  await soon(active('ipv6')).toBe('fibre');
  const leaves = { ipv4: () => interfaceTo(), ipv6: () => interfaceTo(hostAddress6) };
  await dropBehindFibre(family);
  await soon(active(dead)).toBe('lte');
  await soon(leaves[dead]).toBe('eth1');
  expect(active(alive)()).toBe('fibre');
  expect(await leaves[alive]()).toBe('eth0');
  await soon(() => told.event('failover.switched')?.evidence['family']).toBe(dead);
  await mendBehindFibre(scene, family);
  await soon(leaves[dead]).toBe('eth0');
  await soon(active(dead)).toBe('fibre');
  expect(active(alive)()).toBe('fibre');
});

it('each family has its own default route, and all is taken out in both at the end', async () => {
  const before: string[] = [];
  const prepare = async () => before.push(await everything());
  await using scene = await openScene({ config: dual, lab, before: prepare });
  await settled(scene, 'fibre');
  await soon(() => scene.told.state()?.families.ipv6?.active).toBe('fibre');
  for (const family of [4, 6] as const) {
    await soon(async () => (await defaults(family)).map(({ dev, metric }) => `${dev} ${metric}`)).toEqual([
      'eth0 5',
      'eth0 100',
      'eth1 200',
    ]);
  }
  await scene.agent.stop();
  expect([await everything()]).toEqual(before);
});

it('families: [ipv4] leaves IPv6 alone', async () => {
  const config = dual.replace('failover: {', 'failover: { families: [ipv4],');
  await using scene = await openScene({ config, lab });
  await settled(scene, 'fibre');
  expect(scene.told.state()?.families.ipv6).toBeNull();
  expect((await defaults(6)).map(({ metric }) => metric)).toEqual([100, 200]);
});
