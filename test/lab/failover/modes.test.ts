// What each mode does to the kernel's routes: observe nothing, overlay nothing to those of others, and a change of mode
// takes and gives back.
import { expect, it } from 'vitest';
import { agentNode, ipBatch } from '../programs.ts';
import { behindGateway, configOf, defaults, everything, interfaceTo, ours, quick } from './kit.ts';
import { openScene, settled, soon, takenOut } from './scene.ts';

const asBefore = (texts: string[]) => async (): Promise<void> => void texts.push(await everything());

it('observe decides and tells, and touches nothing', async () => {
  const before: string[] = [];
  await using scene = await openScene({ config: configOf('observe'), before: asBefore(before) });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => told.state()?.desired).toBe('lte');
  expect(told.state()).toMatchObject({ mode: 'observe', active: 'fibre', problem: null });
  await soon(() => told.event('uplink.down')?.subject).toBe('fibre');
  expect([await everything()]).toEqual(before);
  await behindGateway(lab, 'fibre', 'alive');
  await soon(() => told.state()?.desired).toBe('fibre');
  expect([await everything()]).toEqual(before);
  expect(told.kinds()).not.toContain('failover.switched');
});

it('is what failover does without a mode', async () => {
  await using scene = await openScene({ config: configOf('observe').replace('mode: observe,', '') });
  await settled(scene, 'fibre');
  expect(scene.told.state()?.mode).toBe('observe');
  expect(await ours()).toBe('');
});

it('SIGHUP to overlay takes the routes, and back to observe gives them back', async () => {
  const before: string[] = [];
  await using scene = await openScene({ config: configOf('observe'), before: asBefore(before) });
  const { agent, told } = scene;
  const reload = (mode: string): void => {
    agent.writeConfig(configOf(mode));
    agent.child.kill('SIGHUP');
  };
  await settled(scene, 'fibre');
  for (const mode of ['overlay', 'capture', 'overlay']) {
    reload(mode);
    await soon(() => told.state()?.mode).toBe(mode);
    const others = mode === 'capture' ? 0 : 2;
    await soon(async () => (await defaults()).filter(({ protocol }) => protocol !== '136').length).toBe(
      others,
    );
    await soon(async () => (await defaults())[0]?.metric).toBe(5);
    expect(told.state()?.problem).toBeNull();
  }
  reload('observe');
  await soon(() => told.state()?.mode).toBe('observe');
  await soon(everything).toBe(before[0]);
  expect(told.state()?.active).toBe('fibre');
});

it('SIGHUP to observe while a switch is under way leaves nothing of it', async () => {
  const before: string[] = [];
  // It answers by no line: what answers before the switch is waited for, and no route moves until then.
  const waiting = `${quick.failover}, confirm: { targets: [192.0.2.1], timeout: 1s }`;
  await using scene = await openScene({
    config: configOf('overlay', '', waiting),
    before: asBefore(before),
  });
  const { agent, told } = scene;
  await settled(scene, 'fibre');
  await told.command('lte');
  agent.writeConfig(configOf('observe', '', waiting));
  agent.child.kill('SIGHUP');
  await soon(() => told.state()?.mode).toBe('observe');
  await soon(everything).toBe(before[0]);
  await told.command('auto');
  await soon(() => told.state()?.forced).toBeNull();
  expect([await everything()]).toEqual(before);
});

/** Routes and rules of all sorts, none of them failover's. */
const othersRoutes = [
  'route add 10.9.0.0/16 via 192.168.2.1 dev eth1 proto static',
  'route add default via 192.168.0.1 dev eth0 metric 5000 mtu 1400 proto dhcp',
  'route add default metric 6000 nexthop via 192.168.0.1 dev eth0 nexthop via 192.168.2.1 dev eth1',
  'route add unreachable default metric 9000',
  'route add blackhole 10.8.0.0/16',
  'route add default via 192.168.2.1 dev eth1 table 13',
  'rule add priority 300 from 10.7.0.0/16 lookup 13',
];

const deleting = (line: string): string => line.replace(' add ', ' del ');

/** All routes and rules that don't bear failover's protocol. */
const foreign = async (): Promise<string[]> =>
  (await everything()).split('\n').filter((line) => !line.includes('proto 136'));

it('overlay never deletes or replaces a route or rule without its own protocol (D3.1, D3.4)', async () => {
  await using _ = takenOut(othersRoutes.filter((line) => !line.includes(' dev ')).map(deleting));
  const before: string[][] = [];
  const prepare = async (): Promise<void> => {
    await ipBatch(agentNode, othersRoutes);
    before.push(await foreign());
  };
  await using scene = await openScene({ config: configOf('overlay'), before: prepare });
  await settled(scene, 'fibre');
  expect(await foreign()).toEqual(before[0]);
  await behindGateway(scene.lab, 'fibre', 'dead');
  await soon(() => interfaceTo()).toBe('eth1');
  expect(await foreign()).toEqual(before[0]);
  await behindGateway(scene.lab, 'fibre', 'alive');
  await soon(() => interfaceTo()).toBe('eth0');
  expect(await foreign()).toEqual(before[0]);
  await scene.agent.stop();
  expect(await everything()).toBe(before[0]?.join('\n'));
});

it('a VPN’s default route is overruled and that is said; by its two halves it leads, and the rest fails over', async () => {
  await using _ = takenOut(['link del vpn0']);
  const before = [
    'link add vpn0 type veth peer name vpn1',
    'link set vpn0 up',
    'link set vpn1 up',
    'address add 10.8.0.2/24 dev vpn0',
    'route add default dev vpn0 metric 50 proto static',
  ];
  await using scene = await openScene({
    config: configOf('overlay'),
    before: () => ipBatch(agentNode, before),
  });
  const { agent, lab, told } = scene;
  await settled(scene, 'fibre');
  expect(await interfaceTo()).toBe('eth0');
  const sentence =
    "the IPv4 default route dev vpn0 metric 50 proto 4 is overruled by failover's own, metric 5: to leave vpn0 in " +
    'charge, give it routes to 0.0.0.0/1 and 128.0.0.0/1, which go before any default route';
  const said = () => agent.log.filter(({ msg }) => msg === sentence).length;
  expect(said()).toBe(1);
  await ipBatch(agentNode, ['route add 0.0.0.0/1 dev vpn0', 'route add 128.0.0.0/1 dev vpn0']);
  expect(await interfaceTo()).toBe('vpn0');
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => told.state()?.active).toBe('lte');
  expect((await defaults())[0]).toMatchObject({ dev: 'eth1', metric: 5 });
  expect(await interfaceTo()).toBe('vpn0');
  expect([told.state()?.problem, said()]).toEqual([null, 1]);
});

it('a reload that is wrong leaves the mode and the routes as they are', async () => {
  await using scene = await openScene({ config: configOf('overlay') });
  const { agent } = scene;
  await settled(scene, 'fibre');
  const before = await everything();
  agent.writeConfig(configOf('overlay', '', 'metricActive: 1'));
  agent.child.kill('SIGHUP');
  await agent.until('its refusal', () => agent.said('not reloaded: ') !== undefined);
  expect(await everything()).toBe(before);
  expect(scene.told.state()?.mode).toBe('overlay');
});
