// Where hardly anything is left: a line that is silent has the default route rather than one without a link, and a line
// that is alone in its family has nothing of ours to outlive the system's.
import { expect, it } from 'vitest';
import { hostAddress6 } from '../topology.ts';
import { behindGateway, configOf, defaults, interfaceTo } from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

it('a silent line has the default route while the other one has no carrier', async () => {
  await using scene = await openScene({
    config: configOf('overlay'),
    before: (lab) => behindGateway(lab, 'lte', 'dead'),
  });
  const { lab, told } = scene;
  await settled(scene, 'fibre', ['fibre']);
  await soon(() => told.uplink('lte')?.health).toBe('down');
  await lab.carrier('fibre', 'off');
  await soon(() => interfaceTo()).toBe('eth1');
  await soon(() => told.states.some(({ reason }) => reason.includes('lte has at least a link'))).toBe(true);
  await lab.carrier('fibre', 'on');
  await soon(() => interfaceTo()).toBe('eth0');
});

it('the only line with IPv6 keeps the system’s own default route there, and loses it with that', async () => {
  await using scene = await openScene({
    config: configOf('overlay').replaceAll('[1.1.1.1, 8.8.8.8]', `[1.1.1.1, "${hostAddress6}"]`),
    lab: { fibre: { ipv6: true } },
  });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await soon(() => told.state()?.families.ipv6?.active).toBe('fibre');
  expect((await defaults()).map(({ metric }) => metric)).toEqual([5, 100, 200]);
  expect((await defaults(6)).map(({ metric }) => metric)).toEqual([100]);
  await lab.exec('agent', ['ip', '-6', 'route', 'del', 'default', 'dev', 'eth0']);
  await soon(() => told.state()?.families.ipv6?.active).toBeNull();
  expect(await defaults(6)).toEqual([]);
});
