// An agent that is started again over the same state, while the broker stays: it knows what it knew, and nothing is told
// twice.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Event } from '../../shared/event.ts';
import { MonitorState } from '../../shared/monitor.ts';
import { UplinkState } from '../../shared/uplink.ts';
import { type Agent, startAgent } from '../lab/agent.ts';
import { type Mosquitto, startMosquitto } from '../lab/mosquitto.ts';
import { type StunServer, startStunServer } from '../lab/stun-server.ts';
import { type Lab, createLab } from '../lab/topology.ts';

const config = `
uplinks: { lte: { interface: eth1 } }
monitors:
  line: { probe: ping, target: 1.1.1.1, via: lte, every: 1h, count: 1 }
  address: { probe: egress, target: 'stun:1.1.1.1:3478', via: lte, every: 1h }
  paused: { probe: ping, target: 1.1.1.1, via: lte, every: 1h }
`;
const monitors = ['line', 'address', 'paused'];
const base = 'pathproof/pi';
const patient = { timeout: 15_000 };

let lab: Lab;
let stun: StunServer;
let mosquitto: Mosquitto;
let client: MqttClient;
const heard: { topic: string; text: string }[] = [];

const start = (folder: string): Promise<Agent> =>
  startAgent({ config, env: { MQTT_URL: mosquitto.url, STATE_DIR: folder } });

beforeAll(async () => {
  lab = await createLab();
  stun = await startStunServer();
  mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true'] });
  client = await mqtt.connectAsync(mosquitto.url);
  client.on('message', (topic, payload) => void heard.push({ topic, text: payload.toString() }));
  await client.subscribeAsync(`${base}/#`, { qos: 1 });
});

afterAll(async () => {
  await client.endAsync();
  await mosquitto[Symbol.asyncDispose]();
  await stun[Symbol.asyncDispose]();
  await lab.stop();
});

const last = (topic: string): string | undefined =>
  heard.findLast((message) => message.topic === topic)?.text;
function stateOf(monitor: string): MonitorState | null {
  const text = last(`${base}/monitor/${monitor}/state`);
  return text === undefined ? null : MonitorState.parse(JSON.parse(text));
}
const eventsTold = (): Event[] =>
  heard.filter(({ topic }) => topic === `${base}/event`).map(({ text }) => Event.parse(JSON.parse(text)));
const command = (monitor: string, word: string, payload: string): Promise<unknown> =>
  client.publishAsync(`${base}/monitor/${monitor}/${word}`, payload, { qos: 1 });

async function runNow(monitor: string): Promise<void> {
  const before = stateOf(monitor)?.at ?? 0;
  await command(monitor, 'run', '');
  await expect.poll(() => stateOf(monitor)?.at ?? 0, patient).toBeGreaterThan(before);
}

const known = (): unknown[] =>
  monitors.map((monitor) => {
    const { route: _route, ...state } = stateOf(monitor) ?? { route: null };
    return state;
  });
const publicAddress = (): string | null =>
  UplinkState.parse(JSON.parse(last(`${base}/uplink/lte/state`) ?? 'null')).publicAddress;

async function leavesTraces(): Promise<void> {
  await expect.poll(() => stateOf('paused')?.monitor, patient).toBe('paused');
  await runNow('line');
  await runNow('address');
  await command('line', 'interval/set', '1800');
  await command('paused', 'enabled/set', 'OFF');
  await expect
    .poll(() => [stateOf('line')?.intervalMs, stateOf('paused')?.enabled])
    .toEqual([1_800_000, false]);
}

it.each(['SIGTERM', 'SIGKILL'] as const)(
  'knows after %s what it knew, and tells nothing again',
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'pathproof-restart-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    heard.length = 0;
    await using first = await start(folder);
    await leavesTraces();
    const kinds = () => new Set(eventsTold().map(({ kind, subject }) => `${kind} ${subject}`));
    const all = ['egress.changed address', 'monitor.up address', 'monitor.up line'];
    await expect.poll(() => [...kinds()].sort(), patient).toEqual(all);
    const ids = eventsTold().map(({ id }) => id);
    const [before, address] = [known(), publicAddress()];
    expect(address).not.toBeNull();

    await first.stop(signal);
    await expect.poll(() => last(`${base}/status`), patient).toBe('offline');
    heard.length = 0;
    await using _next = await start(folder);
    await expect.poll(() => monitors.map((monitor) => stateOf(monitor)?.monitor), patient).toEqual(monitors);
    expect([known(), publicAddress()]).toEqual([before, address]);
    const availability = monitors.map((monitor) => last(`${base}/monitor/${monitor}/availability`));
    expect(availability).toEqual(['online', 'online', 'online']);

    await runNow('line');
    await runNow('address');
    expect(publicAddress()).toBe(address);
    // What a killed agent had not yet noted as delivered comes again, by its id the same.
    expect(eventsTold().filter(({ id }) => !ids.includes(id))).toEqual([]);
  },
);
