// The default route follows the health of the lines, in overlay mode: away from what breaks, back after a while, and never
// for nothing.
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { agentNode, run } from '../programs.ts';
import { behindGateway, configOf, defaults, interfaceTo, ours } from './kit.ts';
import { type Scene, openScene, settled, soon } from './scene.ts';

let scene: Scene;

beforeEach(async () => {
  scene = await openScene({ config: configOf('overlay') });
  await settled(scene, 'fibre');
});

afterEach(() => scene[Symbol.asyncDispose]());

const switched = () => scene.told.event('failover.switched');

it('puts an own default route above the system’s and leaves those alone', async () => {
  expect((await defaults()).map(({ dev, metric, protocol }) => [dev, metric, protocol])).toEqual([
    ['eth0', 5, '136'],
    ['eth0', 100, undefined],
    ['eth1', 200, undefined],
  ]);
});

it('leaves a line whose carrier is lost, and says where the fault lies', async () => {
  await scene.lab.carrier('fibre', 'off');
  await soon(() => interfaceTo()).toBe('eth1');
  await soon(() => scene.told.uplink('fibre')?.place).toBe('carrier');
  await soon(() => switched()?.to).toBe('lte');
  expect(switched()?.from).toBe('fibre');
  expect(scene.told.event('uplink.down')?.subject).toBe('fibre');
});

it('leaves a line that died behind its gateway, and comes back after the failback delay', async () => {
  await behindGateway(scene.lab, 'fibre', 'dead');
  await soon(() => interfaceTo()).toBe('eth1');
  await soon(() => scene.told.uplink('fibre')?.place).toBe('isp');
  await behindGateway(scene.lab, 'fibre', 'alive');
  await soon(() => interfaceTo()).toBe('eth0');
  await soon(() => switched()?.to).toBe('fibre');
  expect(scene.told.event('uplink.up')?.subject).toBe('fibre');
  expect(scene.told.event('uplink.up')?.evidence['outageMs']).toBeGreaterThan(1000);
});

it('leaves a line whose gateway is gone', async () => {
  await scene.lab.relay.fibre.set({ cut: true });
  await soon(() => interfaceTo()).toBe('eth1');
  await soon(() => scene.told.uplink('fibre')?.place).toBe('gateway');
});

it('leaves a line that is taken down, and one that is pulled out', async () => {
  await scene.lab.linkDown('fibre');
  await soon(() => interfaceTo()).toBe('eth1');
  await scene.lab.linkUp('fibre');
  await settled(scene, 'fibre');
  await scene.lab.removeInterface('fibre');
  await soon(() => scene.told.state()?.active).toBe('lte');
  await scene.lab.restoreInterface('fibre');
  await settled(scene, 'fibre');
  expect(await interfaceTo()).toBe('eth0');
});

it('stays on a line whose address changes', async () => {
  await scene.lab.exec('agent', ['sysctl', '-q', '-w', 'net.ipv4.conf.all.promote_secondaries=1']);
  await scene.lab.exec('agent', ['ip', 'address', 'add', '192.168.0.11/24', 'dev', 'eth0']);
  await scene.lab.exec('agent', ['ip', 'address', 'del', '192.168.0.10/24', 'dev', 'eth0']);
  await soon(() => scene.told.uplink('fibre')?.addresses).toContain('192.168.0.11');
  await soon(async () => (await ours()).includes('192.168.0.11')).toBe(true);
  await settled(scene, 'fibre');
  expect(scene.told.kinds()).not.toContain('failover.switched');
});

const Counters = z.object({
  nftables: z.array(z.looseObject({ counter: z.object({ packets: z.int() }).optional() })),
});

/** Counts, from now on, the echoes that leave for an address. */
async function echoesTo(address: string): Promise<{ count: () => Promise<number> } & AsyncDisposable> {
  const table = `table ip asked {
    counter echoes {}
    chain out {
      type filter hook output priority 0;
      ip daddr ${address} icmp type echo-request counter name echoes;
    }
  }`;
  await run(agentNode, ['nft', '-f', '-'], { input: table });
  return {
    async count() {
      const { stdout } = await run(agentNode, ['nft', '-j', 'list', 'counter', 'ip', 'asked', 'echoes']);
      const { nftables } = Counters.parse(JSON.parse(stdout));
      return nftables.reduce((sum, { counter }) => sum + (counter?.packets ?? 0), 0);
    },
    async [Symbol.asyncDispose]() {
      await run(agentNode, ['nft', 'delete', 'table', 'ip', 'asked']);
    },
  };
}

it('switches nothing where a target dies that is silent on every line', async () => {
  await scene.lab.exec('internet', ['ip', 'address', 'del', '8.8.8.8/32', 'dev', 'lo']);
  await scene.lab.exec('internet', ['ip', 'route', 'add', 'blackhole', '8.8.8.8']);
  // Far more than would do for an outage, by either line.
  await using asked = await echoesTo('8.8.8.8');
  await soon(asked.count).toBeGreaterThanOrEqual(20);
  expect(scene.told.uplink('fibre')?.health).toBe('up');
  expect(scene.told.uplink('lte')?.health).toBe('up');
  expect(scene.told.kinds()).not.toContain('failover.switched');
});

it('keeps the last default route where all are down, and takes the first that returns', async () => {
  await Promise.all([behindGateway(scene.lab, 'fibre', 'dead'), behindGateway(scene.lab, 'lte', 'dead')]);
  await soon(() => scene.told.event('failover.allDown')).toBeDefined();
  expect(scene.told.event('failover.allDown')?.subject).toBeNull();
  expect((await defaults())[0]?.metric).toBe(5);
  await behindGateway(scene.lab, 'lte', 'alive');
  await soon(() => interfaceTo()).toBe('eth1');
});
