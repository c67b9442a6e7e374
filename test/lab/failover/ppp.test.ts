// A line without a gateway, such as PPP, shown on a TUN device.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { LineProcess, agentNode, ipBatch, python3 } from '../programs.ts';
import { needsRealRoot } from '../root.ts';
import { configOf, defaults, everything, interfaceTo, ours, quick } from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

const program = fileURLToPath(new URL('./ppp.py', import.meta.url));

interface Ppp extends AsyncDisposable {
  set(state: 'dead' | 'alive'): void;
}

/** With the default route that pppd would set. */
async function startPpp(): Promise<Ppp> {
  needsRealRoot('a line without a gateway');
  let ready = (): void => undefined;
  const made = new Promise<void>((resolve) => (ready = resolve));
  const line = new LineProcess(agentNode, [python3, program, 'ppp0'], () => ready());
  await line.expect(made);
  await ipBatch(agentNode, [
    'addr add 10.64.64.64 peer 10.64.64.1 dev ppp0',
    'link set ppp0 up',
    'route add default dev ppp0 scope link metric 50 proto static',
  ]);
  return {
    set: (state) => line.write(state),
    [Symbol.asyncDispose]: () => line.close(),
  };
}

const config = (mode: string, more = ''): string =>
  configOf(mode).replace(
    'uplinks:',
    `uplinks:\n  dial: { interface: ppp0, priority: 5, ${more} standbyInterval: 1s, ${quick.uplink} }`,
  );

const names = ['dial', 'fibre', 'lte'];

it('its default route is captured without a gateway, followed, and put back as it was (P13, P19)', async () => {
  await using ppp = await startPpp();
  const before: string[] = [];
  const prepare = async () => before.push(await everything());
  await using scene = await openScene({ config: config('capture'), before: prepare });
  await settled(scene, 'dial', names);
  const rows = async () => (await defaults()).map(({ dev, gateway, metric }) => [dev, gateway, metric]);
  const [dial, fibre, lte] = ['ppp0', 'eth0', 'eth1'];
  const [byFibre, byLte] = ['192.168.0.1', '192.168.2.1'];
  const all = [
    [dial, undefined, 5],
    [fibre, byFibre, 20_001],
    [lte, byLte, 20_002],
  ];
  await soon(rows).toEqual(all);
  ppp.set('dead');
  await soon(rows).toEqual([
    [fibre, byFibre, 5],
    [lte, byLte, 20_002],
  ]);
  ppp.set('alive');
  await soon(rows).toEqual(all);
  await scene.agent.stop();
  expect([await everything()]).toEqual(before);
});

it.each(['', 'gateway: link,'])('overlay goes by it too (%s)', async (more) => {
  await using ppp = await startPpp();
  await using scene = await openScene({ config: config('overlay', more) });
  await settled(scene, 'dial', names);
  expect((await defaults())[0]).toMatchObject({ dev: 'ppp0', metric: 5, scope: 'link' });
  ppp.set('dead');
  await soon(() => interfaceTo()).toBe('eth0');
  await soon(() => scene.told.uplink('dial')?.place).toBe('isp');
  ppp.set('alive');
  await soon(() => interfaceTo()).toBe('ppp0');
  await scene.agent.stop();
  expect(await ours()).toBe('');
});

it('the device goes with the daemon, and the default route leaves it (P17)', async () => {
  const ppp = await startPpp();
  await using scene = await openScene({ config: config('overlay') });
  await settled(scene, 'dial', names);
  await ppp[Symbol.asyncDispose]();
  await soon(() => scene.told.state()?.active).toBe('fibre');
  expect(await interfaceTo()).toBe('eth0');
  await soon(() => scene.told.uplink('dial')?.place).toBe('carrier');
  await using _ = await startPpp();
  await soon(() => scene.told.state()?.active).toBe('dial');
});
