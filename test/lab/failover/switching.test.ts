// The default route follows the health of the lines, in overlay mode: away from what breaks, back after a while, and never
// for nothing.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Lab, createLab } from '../topology.ts';
import { type Running, behindGateway, configOf, defaults, interfaceTo, ours, startFailover } from './kit.ts';

const patient = { timeout: 20_000, interval: 20 };

let lab: Lab;
let running: Running;

beforeEach(async () => {
  lab = await createLab();
  running = await startFailover({ config: configOf('overlay') });
  await settled('fibre');
});

afterEach(async () => {
  await running[Symbol.asyncDispose]();
  await lab.stop();
});

/** Both lines are up, and the default route is where it should be. */
async function settled(active: string): Promise<void> {
  await expect.poll(() => running.told.state()?.active, patient).toBe(active);
  for (const name of ['fibre', 'lte']) {
    await expect.poll(() => running.told.uplink(name)?.health, patient).toBe('up');
  }
}

const switched = () => running.told.event('failover.switched');

it('puts an own default route above the system’s and leaves those alone', async () => {
  expect((await defaults()).map(({ dev, metric, protocol }) => [dev, metric, protocol])).toEqual([
    ['eth0', 5, '136'],
    ['eth0', 100, undefined],
    ['eth1', 200, undefined],
  ]);
});

it('leaves a line whose carrier is lost, and says where the fault lies', async () => {
  await lab.carrier('fibre', 'off');
  await expect.poll(() => interfaceTo(), patient).toBe('eth1');
  await expect.poll(() => running.told.uplink('fibre')?.place, patient).toBe('carrier');
  await expect.poll(() => switched()?.to, patient).toBe('lte');
  expect(switched()?.from).toBe('fibre');
  expect(running.told.event('uplink.down')?.subject).toBe('fibre');
});

it('leaves a line that died behind its gateway, and comes back after the failback delay', async () => {
  await behindGateway(lab, 'fibre', 'dead');
  await expect.poll(() => interfaceTo(), patient).toBe('eth1');
  await expect.poll(() => running.told.uplink('fibre')?.place, patient).toBe('isp');
  await behindGateway(lab, 'fibre', 'alive');
  await expect.poll(() => interfaceTo(), patient).toBe('eth0');
  await expect.poll(() => switched()?.to, patient).toBe('fibre');
  expect(running.told.event('uplink.up')?.subject).toBe('fibre');
  expect(running.told.event('uplink.up')?.evidence['outageMs']).toBeGreaterThan(1000);
});

it('leaves a line whose gateway is gone', async () => {
  await lab.relay.fibre.set({ cut: true });
  await expect.poll(() => interfaceTo(), patient).toBe('eth1');
  await expect.poll(() => running.told.uplink('fibre')?.place, patient).toBe('gateway');
});

it('leaves a line that is taken down, and one that is pulled out', async () => {
  await lab.linkDown('fibre');
  await expect.poll(() => interfaceTo(), patient).toBe('eth1');
  await lab.linkUp('fibre');
  await settled('fibre');
  await lab.removeInterface('fibre');
  await expect.poll(() => running.told.state()?.active, patient).toBe('lte');
  await lab.restoreInterface('fibre');
  await settled('fibre');
  expect(await interfaceTo()).toBe('eth0');
});

it('stays on a line whose address changes', async () => {
  await lab.exec('agent', ['sysctl', '-q', '-w', 'net.ipv4.conf.all.promote_secondaries=1']);
  await lab.exec('agent', ['ip', 'address', 'add', '192.168.0.11/24', 'dev', 'eth0']);
  await lab.exec('agent', ['ip', 'address', 'del', '192.168.0.10/24', 'dev', 'eth0']);
  await expect.poll(() => running.told.uplink('fibre')?.addresses, patient).toContain('192.168.0.11');
  await expect.poll(async () => (await ours()).includes('192.168.0.11'), patient).toBe(true);
  await settled('fibre');
  expect(running.told.kinds()).not.toContain('failover.switched');
});

it('switches nothing where a target dies that is silent on every line', async () => {
  await lab.exec('internet', ['ip', 'address', 'del', '8.8.8.8/32', 'dev', 'lo']);
  await lab.exec('internet', ['ip', 'route', 'add', 'blackhole', '8.8.8.8']);
  await lab.exec('agent', ['sleep', '4']);
  expect(running.told.uplink('fibre')?.health).toBe('up');
  expect(running.told.uplink('lte')?.health).toBe('up');
  expect(running.told.kinds()).not.toContain('failover.switched');
});

it('keeps the last default route where all are down, and takes the first that returns', async () => {
  await Promise.all([behindGateway(lab, 'fibre', 'dead'), behindGateway(lab, 'lte', 'dead')]);
  await expect.poll(() => running.told.event('failover.allDown'), patient).toBeDefined();
  expect(running.told.event('failover.allDown')?.subject).toBeNull();
  expect((await defaults())[0]?.metric).toBe(5);
  await behindGateway(lab, 'lte', 'alive');
  await expect.poll(() => interfaceTo(), patient).toBe('eth1');
});
