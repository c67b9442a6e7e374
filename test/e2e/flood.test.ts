// Ten thousand bad messages on every topic that takes commands: none crashes the agent, its memory stays flat, and the
// next good request is answered.
import { readFileSync } from 'node:fs';
import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kinds } from '../../shared/request.ts';
import { ResultSchema } from '../../shared/result.ts';
import { type Agent, startAgent } from '../lab/agent.ts';
import { type Mosquitto, startMosquitto } from '../lab/mosquitto.ts';

/** Each half of the ten thousand. */
const messages = 5000;
const config = `
monitors:
  here: { probe: ping, target: 127.0.0.1, every: 1h }
`;
const base = 'pathproof/pi';
const topics = [
  ...kinds.map((kind) => `${base}/probe/${kind}/request`),
  `${base}/probe/nonsense/request`,
  `${base}/monitor/nobody/run`,
  `${base}/monitor/here/enabled/set`,
  `${base}/monitor/here/interval/set`,
  `${base}/monitor/here/history/request`,
  'homeassistant/status',
];
const bad = [
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.from('{'),
  Buffer.from('[1,2,3]'),
  Buffer.from('{"__proto__":{"enabled":true},"constructor":1}'),
  Buffer.from('-1'),
  Buffer.from('1e999'),
  Buffer.from(`"${'x'.repeat(4000)}"`),
  Buffer.from('{"from":"yesterday"}'),
];

let mosquitto: Mosquitto;
let agent: Agent;

beforeAll(async () => {
  mosquitto = await startMosquitto({ config: ['set_tcp_nodelay true', 'max_queued_messages 0'] });
  // As the service runs it: with room to spare node lets its heap grow before it looks for what can go.
  const NODE_OPTIONS = '--max-semi-space-size=4 --max-old-space-size=256';
  agent = await startAgent({
    config,
    env: { MQTT_URL: mosquitto.url, LOG_LEVEL: 'warn', NODE_OPTIONS },
  });
});
afterAll(async () => {
  await agent[Symbol.asyncDispose]();
  await mosquitto[Symbol.asyncDispose]();
});

const residentMb = (): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${agent.child.pid}/status`, 'utf8'))?.[1]) / 1024;

it('bears them, and answers what comes next', { timeout: 120_000 }, async () => {
  const client = await mqtt.connectAsync(mosquitto.url);
  let answered = '';
  client.on('message', (_topic, payload) => {
    answered = payload.toString();
  });
  await client.subscribeAsync('answers/here');
  const ask = async (id: string): Promise<void> => {
    const request = JSON.stringify({ id, target: '127.0.0.1', count: 1, replyTo: 'answers/here' });
    await client.publishAsync(`${base}/probe/ping/request`, request, { qos: 1 });
    await expect.poll(() => answered, { timeout: 60_000 }).toContain(`"id":"${id}"`);
  };
  const halvesMb: number[] = [];
  for (const half of ['first', 'second']) {
    for (const topic of topics) {
      for (let sent = 0; sent < messages; sent += bad.length) {
        await Promise.all(bad.map((payload) => client.publishAsync(topic, payload, { qos: 0 })));
      }
      await ask(`${half} ${topic}`);
    }
    halvesMb.push(residentMb());
  }
  expect(ResultSchema.parse(JSON.parse(answered)).verdict).toBe('pass');
  expect(agent.child.exitCode).toBe(null);
  // What the first half left behind is the heap at work; what the second adds would be a leak.
  const [first = 0, second = 0] = halvesMb;
  expect(second - first).toBeLessThan(15);
  await client.endAsync();
});
