// What breaks under a running agent: each fault has its own words, and each request in flight gets exactly one result.
import mqtt from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Result, ResultSchema } from '../../shared/result.ts';
import { type Agent, startAgent } from './agent.ts';
import { type Mosquitto, startMosquitto } from './mosquitto.ts';
import { type Lab, createLab } from './topology.ts';

const config = 'uplinks:\n  fibre: { interface: eth0 }\n  lte: { interface: eth1 }\n';

let mosquitto: Mosquitto;
let lab: Lab;
let agent: Agent;

beforeAll(async () => {
  mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true'] });
  agent = await startAgent({ config, env: { MQTT_URL: mosquitto.url } });
  await agent.until('its MQTT connection', () => agent.said('MQTT connected') !== undefined);
});

beforeEach(async () => {
  lab = await createLab();
});

afterEach(async () => {
  await lab.stop();
});

afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await mosquitto[Symbol.asyncDispose]();
});

const ask = (query: string) => agent.get(`/ping?target=1.1.1.1&waitMs=300&count=1&${query}`);

it('names an interface that is not there, down, without carrier or without an address', async () => {
  const failure = async (via: string) => {
    const { status, body } = await ask(`via=${via}`);
    return [status, body.probe?.failure?.code, body.probe?.failure?.source, body.reason];
  };
  expect(await failure('lte')).toEqual([200, undefined, undefined, '1 of 1 echoes were answered']);

  await lab.carrier('lte', 'off');
  expect(await failure('lte')).toEqual([
    500,
    'noCarrier',
    'uplink',
    'eth1 has no carrier: cable, access point or modem',
  ]);
  await lab.carrier('lte', 'on');
  await lab.linkDown('lte');
  expect(await failure('eth1')).toEqual([
    500,
    'interfaceDown',
    'uplink',
    'eth1 is down (ip link set eth1 up)',
  ]);
  await lab.linkUp('lte');
  await lab.exec('agent', ['ip', 'address', 'flush', 'dev', 'eth1']);
  expect(await failure('lte')).toEqual([500, 'noAddress', 'uplink', 'eth1 has no IPv4 address']);
  expect((await failure('192.168.2.10')).slice(0, 3)).toEqual([500, 'noAddress', 'uplink']);
  await lab.removeInterface('lte');
  expect(await failure('lte')).toEqual([500, 'interfaceMissing', 'uplink', 'there is no interface eth1']);

  await lab.restoreInterface('lte');
  expect((await failure('lte')).slice(0, 1)).toEqual([200]);
});

it('probes by an uplink that has no route of its own, once its gateway is known', async () => {
  await lab.exec('agent', ['ip', 'route', 'del', 'default', 'dev', 'eth1']);
  const without = await ask('via=lte');
  expect(without.body.probe?.failure).toEqual({ code: 'noGateway', source: 'uplink' });
  expect(without.body.reason).toContain('uplinks.NAME.gateway');
  const given = 'uplinks:\n  lte: { interface: eth1, gateway: 192.168.2.1 }\n';
  await using other = await startAgent({ config: given });
  expect((await other.get('/ping?target=1.1.1.1&via=lte&count=1')).status).toBe(200);
});

it('says that the next hop does not answer ARP', async () => {
  await lab.exec('agent', [
    'ip',
    'route',
    'replace',
    'default',
    'via',
    '192.168.2.77',
    'dev',
    'eth1',
    'metric',
    '200',
  ]);
  // The agent hears of the new route some milliseconds after it stands.
  await expect
    .poll(async () => (await agent.get('/ping?target=1.1.1.1&via=lte&count=1')).body.probe)
    .toMatchObject({
      failure: { code: 'neighbourUnreachable', source: 'uplink' },
      traffic: { packetsSent: 0, bytesSent: 0, packetsReceived: 0 },
    });
  const trace = await agent.get('/traceroute?target=1.1.1.1&via=lte&count=1');
  expect(trace.body.probe?.failure?.code).toBe('neighbourUnreachable');
  expect(trace.body.reason).toBe('nothing left by eth1: the next hop 192.168.2.77 does not answer ARP');
});

it("takes the kernel's new choice once a rule has changed it", async () => {
  const chosen = async () => (await agent.get('/ping?target=8.8.8.8&count=1')).body.probe?.via.interface;
  expect(await chosen()).toBe('eth0');
  await lab.exec('agent', [
    'ip',
    'route',
    'add',
    'default',
    'via',
    '192.168.2.1',
    'dev',
    'eth1',
    'table',
    '77',
  ]);
  await lab.exec('agent', ['ip', 'rule', 'add', 'to', '8.8.8.8', 'lookup', '77']);
  await expect.poll(chosen).toBe('eth1');
  await lab.exec('agent', ['ip', 'rule', 'del', 'to', '8.8.8.8', 'lookup', '77']);
  await expect.poll(chosen).toBe('eth0');
});

it('answers what was in flight when the line was cut, and goes on when it is back', async () => {
  await lab.relay.lte.set({ delayMs: 200 });
  const pending = Promise.all(
    Array.from({ length: 10 }, () => agent.get('/ping?target=1.1.1.1&via=lte&waitMs=500')),
  );
  await lab.relay.lte.set({ cut: true });
  const answers = await pending;
  expect(answers.map(({ body }) => body.probe?.ping?.sent)).toEqual(Array.from({ length: 10 }, () => 3));
  expect(answers.every(({ body }) => (body.probe?.ping?.received ?? 3) < 3)).toBe(true);
  expect(new Set(answers.map(({ body }) => body.probe?.id)).size).toBe(10);
  await lab.relay.lte.set({ cut: false, delayMs: 10 });
  expect((await ask('via=lte')).status).toBe(200);
});

it('answers what was in flight when the interface went away, and uses the one that comes back', async () => {
  const pending = Array.from({ length: 10 }, () =>
    agent.get('/ping?target=1.1.1.1&via=lte&waitMs=500&count=20&intervalMs=50'),
  );
  await ask('via=lte');
  await lab.removeInterface('lte');
  const answers = await Promise.all(pending);
  expect(answers.map(({ body }) => body.probe?.failure?.source)).toEqual(
    Array.from({ length: 10 }, () => 'uplink'),
  );
  await lab.restoreInterface('lte');
  expect((await ask('via=lte')).status).toBe(200);
});

it('never sends by a stranger that took the name of an interface', async () => {
  expect((await ask('via=eth1')).status).toBe(200);
  for (const device of ['eth1 name eth9', 'eth0 name eth1', 'eth9 name eth0']) {
    const [name = '', ...rename] = device.split(' ');
    await lab.exec('agent', ['ip', 'link', 'set', name, 'down']);
    await lab.exec('agent', ['ip', 'link', 'set', name, ...rename, 'up']);
  }
  // The names have changed places: eth1 is the fibre's line now, with the fibre's gateway.
  await lab.exec('agent', ['ip', 'route', 'add', 'default', 'via', '192.168.0.1', 'dev', 'eth1']);
  const trace = async () => (await agent.get('/traceroute?target=1.1.1.1&via=eth1&count=1')).body.probe;
  await expect.poll(async () => (await trace())?.via.source).toBe('192.168.0.10');
  expect((await trace())?.traceroute?.hops[0]?.address).toBe('192.168.0.1');
});

it('delivers every result though the broker was killed while probes were in flight', async () => {
  const client = await mqtt.connectAsync(mosquitto.url, { protocolVersion: 5, reconnectPeriod: 20 });
  const results: Result[] = [];
  client.on('message', (_topic, payload) => results.push(ResultSchema.parse(JSON.parse(payload.toString()))));
  client.on('error', () => undefined);
  await client.subscribeAsync('pathproof/pi/probe/+/result', { qos: 1 });
  const ids = Array.from({ length: 10 }, (_, index) => `killed-${index}`);
  for (const id of ids) {
    const request = { id, target: '1.1.1.1', via: 'lte', count: 5, waitMs: 300 };
    await client.publishAsync('pathproof/pi/probe/ping/request', JSON.stringify(request), { qos: 1 });
  }
  const acknowledged = () => mosquitto.log.split('Received PUBACK from pathproof-pi').length - 1;
  await expect.poll(acknowledged).toBe(ids.length);
  const back = new Promise((resolve) => client.once('connect', resolve));
  await mosquitto.kill();
  await mosquitto.start();
  await back;
  await expect.poll(() => results.length, { timeout: 20_000 }).toBe(ids.length);
  expect(results.map(({ id }) => id).sort()).toEqual(ids);
  // One more goes the same way behind them: by its arrival all copies would have come.
  await client.publishAsync(
    'pathproof/pi/probe/ping/request',
    '{"id":"last","target":"127.0.0.1","count":1}',
  );
  await expect.poll(() => results.some(({ id }) => id === 'last')).toBe(true);
  expect(results).toHaveLength(ids.length + 1);
  await client.endAsync();
});
