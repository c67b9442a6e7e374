// What failover refuses before anything is touched, in exact words; and the one that comes later and goes again.
import { expect, it } from 'vitest';
import { Agent, type AgentOptions } from '../agent.ts';
import { agentNode, ipBatch } from '../programs.ts';
import { createLab } from '../topology.ts';
import { behindGateway, configOf, defaults, everything, interfaceTo } from './kit.ts';
import { openScene, settled, soon, takenOut } from './scene.ts';

interface Ended {
  code: number | null;
  complaints: string[];
}

/** An agent that does not come up: how it ends, and its last words. */
async function ending(options: AgentOptions): Promise<Ended> {
  await using agent = new Agent(options);
  return { code: await agent.exited(), complaints: agent.complaints };
}

const refusal = (sentence: string): Ended => ({
  code: 1,
  complaints: ['pathproof does not start:', `  ${sentence}`],
});

/** Below 2 there is no metric to go before it with. */
const notBehind = (route: string, metric: number): string =>
  `the IPv4 default route ${route} metric ${metric} proto 4 is not behind failover's own, metric 5: give it a greater ` +
  `metric where it is set (DHCP client, network configuration)${metric > 2 ? ', or set failover.metricActive below it' : ''}`;

const anotherHolds =
  'another pathproof is in charge of the default routes here (one agent with failover in a network namespace): ' +
  'stop it first';

it('a second instance in the network namespace (D3.11)', async () => {
  await using scene = await openScene({ config: configOf('overlay') });
  await settled(scene, 'fibre');
  const before = await everything();
  expect(await ending({ config: configOf('capture') })).toEqual(refusal(anotherHolds));
  expect(await everything()).toBe(before);
});

it('but not one that only observes', async () => {
  await using scene = await openScene({ config: configOf('overlay') });
  await settled(scene, 'fibre');
  await using other = new Agent({ config: configOf('observe') });
  await other.ready();
  expect(other.complaints).toEqual([]);
});

it('an agent without CAP_NET_ADMIN', async () => {
  await using _ = await createLab();
  const before = await everything();
  const withoutIt = ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'];
  expect(await ending({ config: configOf('overlay'), prefix: withoutIt })).toEqual(
    refusal(
      'changing routes needs CAP_NET_ADMIN: `pathproof install-service --failover` gives it to the systemd unit, ' +
        'or run with sudo; failover.mode observe needs none',
    ),
  );
  expect(await everything()).toBe(before);
});

it('which observe does without', async () => {
  const withoutIt = ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'];
  await using scene = await openScene({ config: configOf('observe'), prefix: withoutIt });
  await settled(scene, 'fibre');
});

it.each([
  ['overlay', 3],
  ['overlay', 5],
  ['capture', 5],
  ['capture', 4],
])('%s: a default route of others with metric %i (D3.11)', async (mode, metric) => {
  await using _ = await createLab();
  await ipBatch(agentNode, [`route add default via 192.168.2.1 dev eth1 metric ${metric} proto static`]);
  const before = await everything();
  expect(await ending({ config: configOf(mode) })).toEqual(
    refusal(notBehind('via 192.168.2.1 dev eth1', metric)),
  );
  expect(await everything()).toBe(before);
});

it('a default route of others in the table of an uplink', async () => {
  await using _ = await createLab();
  await ipBatch(agentNode, ['route add default via 192.168.2.1 dev eth1 table 13600 metric 1 proto static']);
  expect(await ending({ config: configOf('overlay') })).toEqual(
    refusal(
      "the IPv4 default route via 192.168.2.1 dev eth1 metric 1 proto 4 in table 13600 is not behind failover's own " +
        'there, metric 5: take it out, or set failover.tableBase to where no other program has tables',
    ),
  );
});

it('says each of several', async () => {
  await using _lab = await createLab();
  await using _ = takenOut(['route del unreachable default metric 1']);
  await ipBatch(agentNode, [
    'route add default via 192.168.2.1 dev eth1 metric 2 proto static',
    'route add unreachable default metric 1 proto static',
  ]);
  const first = notBehind('to nowhere', 1);
  const second = notBehind('via 192.168.2.1 dev eth1', 2);
  expect(await ending({ config: configOf('overlay') })).toEqual(refusal(`${first}; ${second}`));
});

it('one that comes later is told of, nothing is touched, and all is well when it goes', async () => {
  await using scene = await openScene({ config: configOf('overlay') });
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  const before = await defaults();
  const intruder = 'default via 192.168.0.1 dev eth0 metric 1 proto static';
  await ipBatch(agentNode, [`route add ${intruder}`]);
  const rows = await defaults();
  await soon(() => told.state()?.problem).toBe(notBehind('via 192.168.0.1 dev eth0', 1));
  expect(rows).toHaveLength(before.length + 1);
  // A switch could not take effect, and none is told.
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => told.state()?.desired).toBe('lte');
  await soon(() => told.uplink('fibre')?.health).toBe('down');
  expect(await defaults()).toEqual(rows);
  expect(told.state()?.active).toBe('fibre');
  expect(told.kinds()).not.toContain('failover.switched');
  await ipBatch(agentNode, [`route del ${intruder}`]);
  await soon(() => interfaceTo()).toBe('eth1');
  await soon(() => told.state()?.problem).toBeNull();
  await soon(() => told.event('failover.switched')?.to).toBe('lte');
});
