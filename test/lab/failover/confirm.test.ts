// Commit-confirm: a voluntary switch that loses what answered before it is taken back (D3.9).
import { expect, it } from 'vitest';
import { behindGateway, configOf, interfaceTo, quick } from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

const confirming = (targets: string, more = ''): string =>
  configOf(
    'overlay',
    '',
    `${quick.failover}, confirm: { targets: ${targets}, timeout: 2s }${more}`,
  ).replaceAll('targets: [1.1.1.1, 8.8.8.8]', 'targets: [1.1.1.1]');

const loseBehindFibre = ['ip', 'route', 'add', 'blackhole', '8.8.8.8'];

it('D3.9: a failback that loses a target is rolled back, and that uplink held back', async () => {
  await using scene = await openScene({ config: confirming('[8.8.8.8]') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => interfaceTo()).toBe('eth1');
  await lab.exec('isp', loseBehindFibre);
  await behindGateway(lab, 'fibre', 'alive');
  await soon(() => told.event('failover.rolledBack')).toMatchObject({ from: 'fibre', to: 'lte' });
  await soon(() => told.state()?.active).toBe('lte');
  expect(await interfaceTo()).toBe('eth1');
  await settled(scene, 'lte');
  expect(told.state()?.desired).toBe('lte');
  expect(told.state()?.uplinks['fibre']).toMatchObject({ health: 'up', suppressed: true });
  await soon(() => told.uplink('fibre')?.families.ipv4?.suppressed).toBe(true);
  await soon(() => told.event('uplink.suppressed')).toMatchObject({
    ...{ subject: 'fibre', from: null, to: 'suppressed' },
    evidence: { family: 'ipv4', reason: 'a switch to it was taken back' },
  });
  const kinds = told.kinds().filter((kind) => kind.startsWith('failover.'));
  expect(kinds.slice(-2)).toEqual(['failover.switched', 'failover.rolledBack']);
});

it('one that keeps it is confirmed, with the answers', async () => {
  await using scene = await openScene({ config: confirming('[8.8.8.8]') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => told.event('failover.confirmed')).toMatchObject({
    subject: 'lte',
    evidence: { family: 'ipv4', online: true, answers: { '8.8.8.8': true } },
  });
  await behindGateway(lab, 'fibre', 'alive');
  await soon(() => told.event('failover.confirmed')?.subject).toBe('fibre');
  expect(await interfaceTo()).toBe('eth0');
  expect(told.kinds()).not.toContain('failover.rolledBack');
});

it('a switch away from a dead line stands, whatever is lost, and says so', async () => {
  await using scene = await openScene({
    config: confirming('[8.8.8.8]'),
    before: (lab) => lab.exec('core', loseBehindFibre),
  });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => told.event('failover.confirmed')).toMatchObject({
    subject: 'lte',
    evidence: { online: false, answers: { '8.8.8.8': false } },
  });
  expect(await interfaceTo()).toBe('eth1');
});

it('so does one that was forced', async () => {
  await using scene = await openScene({
    config: confirming('[8.8.8.8]'),
    before: (lab) => lab.exec('core', loseBehindFibre),
  });
  const { told } = scene;
  await settled(scene, 'fibre');
  await told.command('lte');
  await soon(() => told.event('failover.confirmed')).toMatchObject({
    subject: 'lte',
    evidence: { online: false, answers: { '8.8.8.8': false } },
  });
  expect(await interfaceTo()).toBe('eth1');
});

it('what was silent before is not missed', async () => {
  await using scene = await openScene({ config: confirming('[192.0.2.1, 8.8.8.8]') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => interfaceTo()).toBe('eth1');
  await behindGateway(lab, 'fibre', 'alive');
  await soon(() => told.event('failover.confirmed')).toMatchObject({
    subject: 'fibre',
    evidence: { online: false, answers: { '192.0.2.1': false, '8.8.8.8': true } },
  });
  expect(told.kinds()).not.toContain('failover.rolledBack');
});
