// The README's example as it stands, against mosquitto: what a person who copies it sees, from the first run to an
// outage and back, in commands, and over a file that changes.
import { readFileSync } from 'node:fs';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { Event } from '../../shared/event.ts';
import { HistoryPoint, MonitorState } from '../../shared/monitor.ts';
import { UplinkState } from '../../shared/uplink.ts';
import { type Agent, startAgent } from '../lab/agent.ts';
import { type NameServer, startNameServer } from '../lab/dns-server.ts';
import { type Mosquitto, startMosquitto } from '../lab/mosquitto.ts';
import { type Lab, createLab } from '../lab/topology.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const example = /```yaml\n(uplinks:\n[^`]*\nmonitors:\n[^`]*)```/.exec(readme)?.[1] ?? '';
const History = z.object({ points: z.array(HistoryPoint) });
const monitors = ['backup-internet', 'fibre-internet', 'nightly-page'];

let lab: Lab;
let dns: NameServer;
let mosquitto: Mosquitto;
let agent: Agent;
let client: MqttClient;
const heard: { topic: string; text: string; retain: boolean }[] = [];

beforeAll(async () => {
  lab = await createLab();
  dns = await startNameServer({ 'example.com': [{ type: 'A', data: '192.0.2.80' }] });
  mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true'] });
  client = await mqtt.connectAsync(mosquitto.url);
  client.on(
    'message',
    (topic, payload, { retain }) => void heard.push({ topic, text: payload.toString(), retain }),
  );
  await client.subscribeAsync(['pathproof/#', 'homeassistant/#'], { qos: 1 });
  agent = await startAgent({ config: example, env: { MQTT_URL: mosquitto.url } });
});

afterAll(async () => {
  await client.endAsync();
  await agent[Symbol.asyncDispose]();
  await mosquitto[Symbol.asyncDispose]();
  await dns[Symbol.asyncDispose]();
  await lab.stop();
});

const last = (topic: string): string | undefined =>
  heard.findLast((message) => message.topic === topic)?.text;
const base = 'pathproof/pi';
const stateOf = (monitor: string): MonitorState | null => {
  const text = last(`${base}/monitor/${monitor}/state`) ?? '';
  return text === '' ? null : MonitorState.parse(JSON.parse(text));
};
const events = (): Event[] =>
  heard
    .filter(({ topic }) => topic === `${base}/event`)
    .map(({ text, retain }) => {
      expect(retain).toBe(false);
      return Event.parse(JSON.parse(text));
    });
const eventOf = (kind: string, subject: string): Event | undefined =>
  events().findLast((event) => event.kind === kind && event.subject === subject);
const command = (monitor: string, word: string, payload: string): Promise<unknown> =>
  client.publishAsync(`${base}/monitor/${monitor}/${word}`, payload);
const patient = { timeout: 15_000 };

/** Runs it, and waits until that run has been told of. */
async function runNow(monitor: string): Promise<MonitorState> {
  const before = stateOf(monitor)?.at ?? 0;
  await command(monitor, 'run', 'PRESS');
  await expect.poll(() => stateOf(monitor)?.at ?? 0, patient).toBeGreaterThan(before);
  const state = stateOf(monitor);
  if (state === null) throw new Error('unreachable: it was told');
  return state;
}

async function get(path: string): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${agent.bridgePort()}${path}`);
  const body: unknown = await answer.json();
  return body;
}

it('shows monitors and uplinks to Home Assistant, a device each', async () => {
  const configs = () =>
    new Set(
      heard.filter(({ topic }) => /^homeassistant\/device\/[^/]+\/config$/.test(topic)).map((m) => m.topic),
    );
  await expect.poll(() => configs().size, patient).toBe(1 + 2 + monitors.length);
});

it('keeps with the broker what it knows of each, from the start', async () => {
  await expect.poll(() => monitors.map((name) => stateOf(name)?.monitor), patient).toEqual(monitors);
  const text = last(`${base}/uplink/lte/state`) ?? '';
  expect(UplinkState.parse(JSON.parse(text))).toMatchObject({ metered: true, dataLimitBytes: 500e6 });
  expect(last(`${base}/monitor/backup-internet/availability`)).toBe('online');
});

it('says that the backup line is up, with its route and its first event', async () => {
  const state = await runNow('backup-internet');
  expect(state).toMatchObject({
    state: 'up',
    verdict: 'pass',
    uplink: 'lte',
    interface: 'eth1',
    hopCount: 4,
  });
  expect(state.route?.[0]?.address).toBe('192.168.2.1');
  await expect.poll(() => eventOf('monitor.up', 'backup-internet')?.from, patient).toBe('unknown');
});

it('tells of an outage once, with the route at the moment it broke, and hands it to the action', async () => {
  await lab.linkDown('lte');
  expect((await runNow('backup-internet')).state).toBe('up');
  expect((await runNow('backup-internet')).state).toBe('down');
  await expect.poll(() => eventOf('monitor.down', 'backup-internet') !== undefined, patient).toBe(true);
  const event = eventOf('monitor.down', 'backup-internet');
  expect(event).toMatchObject({ from: 'up', to: 'down', evidence: { lastKnown: 'up' } });
  expect(event?.evidence['alsoPing']).toMatchObject([{ target: '192.168.2.1', reached: false }]);
  expect(event?.evidence).toHaveProperty('route');
  await agent.until('the action', () =>
    agent.log.some(({ msg, ...fields }) => `${msg}${JSON.stringify(fields)}`.includes('logger')),
  );
});

it('tells how long it was when the line is back', async () => {
  await lab.linkUp('lte');
  expect((await runNow('backup-internet')).state).toBe('up');
  await expect.poll(() => eventOf('monitor.up', 'backup-internet')?.from, patient).toBe('down');
  expect(eventOf('monitor.up', 'backup-internet')?.evidence['outageMs']).toBeGreaterThan(0);
  expect(stateOf('backup-internet')?.outageMs).toBeGreaterThan(0);
});

it('takes an interval and a pause by MQTT, and tells them back', async () => {
  await command('fibre-internet', 'interval/set', '300');
  await expect.poll(() => stateOf('fibre-internet')?.intervalMs, patient).toBe(300_000);
  await command('fibre-internet', 'enabled/set', 'OFF');
  await expect.poll(() => stateOf('fibre-internet')?.enabled, patient).toBe(false);
  await command('fibre-internet', 'enabled/set', 'perhaps');
  await expect.poll(() => last(`${base}/probe/monitor/result`), patient).toContain('enabled/set');
});

it('shows states, history and metrics over HTTP', async () => {
  expect(await get('/monitors')).toMatchObject({ monitors: monitors.map((monitor) => ({ monitor })) });
  const { points } = History.parse(await get('/monitors/backup-internet/history'));
  expect(points.map(({ state }) => state)).toEqual(['up', 'up', 'down', 'up']);
  expect(points.at(-1)).toMatchObject({ verdict: 'pass', hopCount: 4 });
  await command('backup-internet', 'history/request', '{"id":"h1"}');
  await expect
    .poll(() => last(`${base}/monitor/backup-internet/history/result`), patient)
    .toContain('"id":"h1"');
  const metrics = await (await fetch(`http://127.0.0.1:${agent.bridgePort()}/metrics`)).text();
  expect(metrics).toMatch(/^pathproof_monitor_up\{monitor="backup-internet"\} 1$/m);
});

it('refuses a bad file in exact words, and goes on with the old one', async () => {
  agent.writeConfig(example.replace('every: 15m', 'every: soon'));
  agent.child.kill('SIGHUP');
  await agent.until('its refusal', () => agent.said('not reloaded') !== undefined);
  expect(agent.said('not reloaded')?.msg).toContain('monitors.backup-internet.every');
  expect((await runNow('backup-internet')).state).toBe('up');
});

it('forgets a monitor that is gone from the file, in Home Assistant too', async () => {
  agent.writeConfig(example.replace(/  nightly-page: .*\n/, ''));
  agent.child.kill('SIGHUP');
  await expect.poll(() => last(`${base}/monitor/nightly-page/state`), patient).toBe('');
  const emptied = () =>
    heard.filter(({ topic, text }) => topic.startsWith('homeassistant/device/') && text === '').length;
  await expect.poll(emptied, patient).toBe(1);
});

it('has the history of a monitor that comes back', async () => {
  agent.writeConfig('uplinks:\n  lte: { interface: eth1 }\n');
  agent.child.kill('SIGHUP');
  await expect.poll(() => last(`${base}/monitor/backup-internet/state`), patient).toBe('');
  agent.writeConfig(example);
  agent.child.kill('SIGHUP');
  await expect.poll(() => stateOf('backup-internet')?.monitor, patient).toBe('backup-internet');
  const { points } = History.parse(await get('/monitors/backup-internet/history'));
  expect(points.length).toBeGreaterThan(3);
});
