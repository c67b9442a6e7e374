// A disk that is full: the running agent goes on, says so once, and tells of it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { Event } from '../../shared/event.ts';
import { MonitorState } from '../../shared/monitor.ts';
import { type Agent, startAgent } from '../lab/agent.ts';
import { type Mosquitto, startMosquitto } from '../lab/mosquitto.ts';

const config = `
monitors:
  here: { probe: ping, target: 127.0.0.1, count: 1, every: 1s, down: 1 }
`;
const base = 'pathproof/pi';
const patient = { timeout: 15_000 };

let folder = '';
let mosquitto: Mosquitto;
let client: MqttClient;
const heard = new Map<string, string[]>();

const all = (topic: string): string[] => heard.get(`${base}/${topic}`) ?? [];
const storage = (): string | null => {
  const Info = z.object({ problems: z.object({ storage: z.string().nullable() }) });
  return Info.parse(JSON.parse(all('info').at(-1) ?? '')).problems.storage;
};
const kinds = (): string[] => all('event').map((text) => Event.parse(JSON.parse(text)).kind);
const runs = (): number =>
  new Set(all('monitor/here/state').map((text) => MonitorState.parse(JSON.parse(text)).at)).size;
const start = (): Promise<Agent> =>
  startAgent({ config, env: { MQTT_URL: mosquitto.url, STATE_DIR: join(folder, 'state') } });
const fill = (): void => {
  for (const bytes of [64 << 10, 1024]) {
    for (let number = 0; ; number += 1) {
      try {
        writeFileSync(join(folder, `ballast-${bytes}-${number}`), Buffer.alloc(bytes));
      } catch {
        break;
      }
    }
  }
};
const complaints = ({ log }: Agent): string[] =>
  log.map(({ msg }) => msg).filter((message) => message.startsWith('STATE_DIR:'));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true'] });
  client = await mqtt.connectAsync(mosquitto.url);
  heard.clear();
  client.on('message', (topic, payload) => {
    heard.set(topic, [...(heard.get(topic) ?? []), payload.toString()]);
  });
  await client.subscribeAsync('pathproof/#', { qos: 1 });
});

afterEach(async () => {
  await client.endAsync();
  await mosquitto[Symbol.asyncDispose]();
  execFileSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true });
});

it('that fills while it runs: probes and events go on, and it is said once', async () => {
  await using agent = await start();
  await expect.poll(kinds, patient).toEqual(['monitor.up']);
  expect(storage()).toBe(null);
  fill();
  // The page that its log ends in has room for some more, so that it is set again and again.
  let seconds = 1;
  const written = async (): Promise<string | null> => {
    seconds = seconds === 1 ? 2 : 1;
    await client.publishAsync(`${base}/monitor/here/interval/set`, String(seconds));
    return storage();
  };
  await expect.poll(written, patient).toMatch(/can't be written to/);
  await client.publishAsync(`${base}/monitor/here/interval/set`, '1');
  await expect.poll(kinds, patient).toEqual(['monitor.up', 'store.failed']);
  const before = runs();
  await expect.poll(runs, patient).toBeGreaterThan(before + 2);
  expect(complaints(agent)).toHaveLength(1);
  expect(await agent.stop()).toBe(0);
});

it('that is full at the start: the agent starts, and tells of it', async () => {
  fill();
  await using agent = await start();
  await expect.poll(kinds, patient).toEqual(expect.arrayContaining(['monitor.up', 'store.failed']));
  expect(storage()).toMatch(/STATE_DIR|can't be used|can't be written to/);
  expect(complaints(agent)).toHaveLength(1);
});
