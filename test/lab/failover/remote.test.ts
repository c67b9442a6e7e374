// Failover told what to do over MQTT: an uplink forced or merely observed for a while, and what is refused (D3.12).
import mqtt from 'mqtt';
import { expect, it } from 'vitest';
import { FailoverRefusal } from '../../../shared/failover.ts';
import { startAgent } from '../agent.ts';
import { startMosquitto } from '../mosquitto.ts';
import { createLab } from '../topology.ts';
import { type Running, Told, behindGateway, configOf, everything, interfaceTo } from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

const overlay = { config: configOf('overlay') };
const force = (uplink: string, ttlSeconds?: number): string =>
  JSON.stringify({ action: 'force', uplink, ttlSeconds });

/** The last answer to a command. */
const refusal = ({ told }: Pick<Running, 'told'>): FailoverRefusal | undefined =>
  told.results.map((text) => FailoverRefusal.parse(JSON.parse(text))).at(-1);

it('a forced uplink has the default route until it is released', async () => {
  await using scene = await openScene(overlay);
  const { told } = scene;
  await settled(scene, 'fibre');
  const beforeMs = Date.now();
  await told.command(force('lte', 600));
  await soon(() => interfaceTo()).toBe('eth1');
  await soon(() => told.state()?.active).toBe('lte');
  expect(told.state()).toMatchObject({ forced: { uplink: 'lte' }, desired: 'lte', problem: null });
  expect(told.state()?.reason).toBe('lte is up and is forced');
  expect(told.state()?.forced?.until).toBeGreaterThanOrEqual(beforeMs + 600_000);
  const switched = { subject: 'lte', from: 'fibre', to: 'lte' };
  await soon(() => told.event('failover.switched')).toMatchObject(switched);
  await told.command('{"action":"release"}');
  await soon(() => interfaceTo()).toBe('eth0');
  await soon(() => told.state()?.active).toBe('fibre');
  expect(told.state()?.forced).toBeNull();
  expect(told.results).toEqual([]);
});

it('D3.12: what is forced ends by itself', async () => {
  await using scene = await openScene(overlay);
  const { told } = scene;
  await settled(scene, 'fibre');
  await told.command(force('lte', 2));
  await soon(() => interfaceTo()).toBe('eth1');
  await soon(() => interfaceTo()).toBe('eth0');
  await soon(() => told.state()?.active).toBe('fibre');
  expect(told.state()?.forced).toBeNull();
});

it('a bare name forces an uplink and auto releases it, as Home Assistant sends them', async () => {
  await using scene = await openScene(overlay);
  const { told } = scene;
  await settled(scene, 'fibre');
  await told.command('lte');
  await soon(() => told.state()?.forced?.uplink).toBe('lte');
  await soon(() => interfaceTo()).toBe('eth1');
  await told.command('auto');
  await soon(() => told.state()?.forced).toBeNull();
  await soon(() => interfaceTo()).toBe('eth0');
});

it('told to observe, it touches nothing for a while, and then acts', async () => {
  await using scene = await openScene(overlay);
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await told.command('{"action":"observe","ttlSeconds":8}');
  await soon(() => told.state()?.mode).toBe('observe');
  expect(told.state()?.observeUntil).toBeGreaterThan(Date.now());
  const before = await everything();
  await behindGateway(lab, 'fibre', 'dead');
  await soon(() => told.state()?.desired).toBe('lte');
  expect(told.state()).toMatchObject({ mode: 'observe', active: 'fibre' });
  expect(await everything()).toBe(before);
  await soon(() => interfaceTo()).toBe('eth1');
  await soon(() => told.state()?.active).toBe('lte');
  expect(told.state()).toMatchObject({ mode: 'overlay', observeUntil: null });
});

it('refuses an uplink that there is not', async () => {
  await using scene = await openScene(overlay);
  await settled(scene, 'fibre');
  await scene.told.command(force('ltee'));
  await soon(() => refusal(scene)).toEqual({
    ok: false,
    reason: 'there is no uplink called "ltee"; did you mean lte?',
    failure: { code: 'badRequest', source: 'request' },
  });
});

it('D3.12: refuses a dead uplink while another works, and goes on as it was', async () => {
  await using scene = await openScene(overlay);
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await behindGateway(lab, 'lte', 'dead');
  await soon(() => told.uplink('lte')?.health).toBe('down');
  await told.command(force('lte'));
  await soon(() => refusal(scene)?.reason).toBe('force: lte is down while fibre is up');
  expect(refusal(scene)?.failure.code).toBe('forceRefused');
  expect(told.state()?.forced).toBeNull();
  expect(await interfaceTo()).toBe('eth0');
});

it('D3.12: leaves a forced uplink that dies: never is the last working way given up', async () => {
  await using scene = await openScene(overlay);
  const { lab, told } = scene;
  await settled(scene, 'fibre');
  await told.command(force('lte'));
  await soon(() => interfaceTo()).toBe('eth1');
  await behindGateway(lab, 'lte', 'dead');
  await soon(() => interfaceTo()).toBe('eth0');
  await soon(() => told.state()?.active).toBe('fibre');
  expect(told.state()?.reason).toMatch(/lte is forced but is down/);
  // It is forced all the same, and taken as soon as it works.
  expect(told.state()?.forced?.uplink).toBe('lte');
  await behindGateway(lab, 'lte', 'alive');
  await soon(() => interfaceTo()).toBe('eth1');
});

it('refuses a retained command, which would be obeyed again at each connection', async () => {
  await using lab = await createLab();
  expect(lab.uplinks.fibre.gateway).toBe('192.168.0.1');
  await using broker = await startMosquitto();
  const client = await mqtt.connectAsync(broker.url);
  await using told = new Told(client);
  await client.subscribeAsync('pathproof/#', { qos: 1 });
  await told.command('lte', { retain: true });
  await using agent = await startAgent({ ...overlay, env: { MQTT_URL: broker.url } });
  await settled({ agent, told, [Symbol.asyncDispose]: () => Promise.resolve() }, 'fibre');
  await soon(() => refusal({ told })).toEqual({
    ok: false,
    reason:
      'the command is retained: it would be obeyed again at each connection; send it without the retain flag',
    failure: { code: 'retainedRefused', source: 'policy' },
  });
  expect(told.state()).toMatchObject({ forced: null, active: 'fibre' });
});
