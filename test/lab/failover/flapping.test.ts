// A line that goes up and down again and again is held back, until it has kept quiet for a while (D4: flap train).
import { expect, it } from 'vitest';
import { configOf, interfaceTo, quick } from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

// The second outage within some 17 s is one too many; it is held back for 13 s at most.
const flap = 'flap: { halfLife: 8s, penalty: 1000, suppress: 1200, reuse: 600, max: 13s }';

it('is not returned to while it is held back, and is afterwards', { timeout: 90_000 }, async () => {
  await using scene = await openScene({ config: configOf('overlay', '', `${quick.failover}, ${flap}`) });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  for (let outage = 0; outage < 2; outage += 1) {
    await lab.carrier('fibre', 'off');
    await soon(() => interfaceTo()).toBe('eth1');
    await lab.carrier('fibre', 'on');
    await soon(() => told.uplink('fibre')?.health).toBe('up');
    if (outage === 0) await soon(() => interfaceTo()).toBe('eth0');
  }
  await soon(() => told.event('uplink.suppressed')).toMatchObject({
    subject: 'fibre',
    from: null,
    to: 'suppressed',
  });
  // "up" of a moment ago may have been from before the outage was told of.
  await soon(() => told.state()?.uplinks['fibre']).toMatchObject({ health: 'up', suppressed: true });
  expect(told.state()).toMatchObject({ active: 'lte', desired: 'lte' });
  expect(told.state()?.reason).toContain('fibre is held back for going up and down too often');
  const heldFrom = told.states.length;
  await expect.poll(() => interfaceTo(), { timeout: 40_000, interval: 20 }).toBe('eth0');
  await soon(() => told.state()?.active).toBe('fibre');
  const held = told.states.slice(heldFrom).filter(({ uplinks }) => uplinks['fibre']?.suppressed === true);
  expect(new Set(held.map(({ active }) => active))).toEqual(new Set(held.length === 0 ? [] : ['lte']));
  // Events come by the disk, and after the state.
  await soon(() => told.events.slice(-2).map(({ kind, from }) => [kind, from])).toEqual([
    ['uplink.suppressed', 'suppressed'],
    ['failover.switched', 'lte'],
  ]);
});
