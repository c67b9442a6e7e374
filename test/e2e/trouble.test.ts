// What goes wrong at a start or beside a running agent: said once, in words that help, and never a crash.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import * as z from 'zod';
import { Agent, startAgent } from '../lab/agent.ts';
import { startMosquitto } from '../lab/mosquitto.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function occupy(port: number): Promise<{ port: number; free(): Promise<void> }> {
  const server = createServer((socket) => socket.destroy());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const free = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  cleanups.push(free);
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, free };
}

const countOf = (agent: Agent, words: string): number =>
  agent.log.filter(({ msg }) => msg.includes(words)).length;

/** Words that start the agent without CAP_NET_RAW, whoever runs the tests. */
const withoutRaw = ['setpriv', '--inh-caps=-net_raw', '--ambient-caps=-net_raw', '--bounding-set=-net_raw'];

it('says without CAP_NET_RAW which three ways out there are, and answers 503', async () => {
  await using agent = await startAgent({ prefix: withoutRaw });
  const ways = /systemd unit.*setcap cap_net_raw.*sudo/;
  expect(agent.banner).toMatch(/NONE CAN BE SENT/);
  expect(agent.banner).toMatch(ways);
  expect(agent.log.filter(({ msg }) => ways.test(msg))).toHaveLength(1);
  const { status, body } = await agent.get('/ping?target=127.0.0.1');
  expect(status).toBe(503);
  expect(body.reason).toMatch(ways);
  const health = await fetch(`http://127.0.0.1:${agent.bridgePort()}/healthz`);
  expect(health.status).toBe(503);
  expect(await health.text()).toMatch(ways);
});

it('tells all configuration errors at once and does not start', async () => {
  const agent = new Agent({
    env: {
      SERVER_PORT: 'eighty',
      MQTT_URL: 'http://user:hunter22@broker/',
      DEVICE_NAME: 'group',
      MQTT_GROUPS: 'a,,b',
    },
    config: 'uplinks:\n  lte: { interfce: eth1 }\n',
  });
  cleanups.push(() => agent[Symbol.asyncDispose]());
  expect(await agent.exited()).toBe(2);
  const told = agent.complaints.join('\n');
  for (const name of [
    'SERVER_PORT: ',
    'MQTT_URL: ',
    'DEVICE_NAME: ',
    'MQTT_GROUPS: ',
    'uplinks.lte.interface: ',
  ]) {
    expect(told).toContain(name);
  }
  expect(told).toContain('did you mean interface?');
  expect(told).not.toContain('hunter22');
});

it('refuses to listen for others without a token', async () => {
  const agent = new Agent({ env: { SERVER_ADDRESS: '0.0.0.0' } });
  cleanups.push(() => agent[Symbol.asyncDispose]());
  expect(await agent.exited()).toBe(2);
  expect(agent.complaints.join('\n')).toContain('set BRIDGE_TOKEN, or BRIDGE_OPEN=true');
});

it('runs on without MQTT while the broker port is taken, says the way out, and takes the port once it is free', async () => {
  const taken = await occupy(0);
  await using agent = await startAgent({ env: { EMBEDDED_BROKER_PORT: String(taken.port) } });
  expect(countOf(agent, 'MQTT_URL')).toBe(1);
  expect((await agent.get('/ping?target=127.0.0.1&count=1')).status).toBe(200);
  await taken.free();
  await agent.until('the embedded broker', () => agent.said('the embedded broker runs now') !== undefined);
  await agent.until('its connection', () => agent.said('MQTT connected') !== undefined);
  expect(countOf(agent, 'MQTT_URL')).toBe(1);
});

it('waits for a taken bridge port', async () => {
  const taken = await occupy(0);
  const env = { SERVER_PORT: String(taken.port) };
  await using agent = await startAgent({ env });
  expect(countOf(agent, "the HTTP bridge can't start")).toBe(1);
  expect(agent.banner).not.toContain('curl');
  await taken.free();
  await agent.until('the bridge', () => agent.said('the HTTP bridge runs now') !== undefined);
  expect((await agent.get('/ping?target=127.0.0.1&count=1')).status).toBe(200);
});

it('says a wrong broker password once and goes on trying, without ever showing it', async () => {
  await using mosquitto = await startMosquitto({ passwords: { pi: 'right' } });
  const env = { MQTT_URL: mosquitto.url, MQTT_USERNAME: 'pi', MQTT_PASSWORD: 'wrong-pass-word' };
  await using agent = await startAgent({ env: { ...env, LOG_LEVEL: 'debug' } });
  const attempts = () => mosquitto.log.split('New connection').length - 1;
  await expect.poll(attempts, { timeout: 20_000 }).toBeGreaterThan(2);
  expect(countOf(agent, 'MQTT broker not reached')).toBe(1);
  expect(JSON.stringify([agent.log, agent.banner, agent.complaints])).not.toContain('wrong-pass-word');
  expect((await agent.get('/ping?target=127.0.0.1&count=1')).status).toBe(200);
});

it('answers what is under way when it is told to stop', async () => {
  const agent = await startAgent();
  cleanups.push(() => agent[Symbol.asyncDispose]());
  const pending = agent.get('/ping?target=127.0.0.1&count=100&intervalMs=500&timeoutMs=60000');
  const first = await agent.get('/ping?target=127.0.0.1&count=1');
  expect(first.status).toBe(200);
  agent.child.kill('SIGTERM');
  const answer = await pending;
  expect(answer.status).toBe(503);
  expect(answer.body.probe?.failure).toEqual({ code: 'stopping', source: 'local' });
  expect(await agent.exited()).toBe(0);
});

it('reloads its file on SIGHUP, keeps the old one when the new one is wrong, and tells what it knows on SIGUSR1', async () => {
  await using agent = await startAgent({ config: 'uplinks:\n  here: { interface: lo }\n' });
  expect((await agent.get('/ping?target=127.0.0.1&count=1&via=here')).status).toBe(200);
  agent.writeConfig('uplinks:\n  here: { interface: lo, color: red }\n');
  agent.child.kill('SIGHUP');
  await agent.until('a refusal', () => agent.said('not reloaded') !== undefined);
  expect(agent.said('not reloaded')?.msg).toContain('uplinks.here: unknown key "color"');
  expect((await agent.get('/ping?target=127.0.0.1&count=1&via=here')).status).toBe(200);
  agent.writeConfig('uplinks:\n  there: { interface: lo }\n');
  agent.child.kill('SIGHUP');
  await agent.until('a reload', () => agent.said('is reloaded') !== undefined);
  expect((await agent.get('/ping?target=127.0.0.1&count=1&via=there')).status).toBe(200);
  expect((await agent.get('/ping?target=127.0.0.1&count=1&via=here')).body.probe?.failure?.code).toBe(
    'interfaceMissing',
  );
  agent.child.kill('SIGUSR1');
  await agent.until('what it knows', () => agent.said('what the agent knows') !== undefined);
  expect(agent.said('what the agent knows')?.['uplinks']).toMatchObject([
    { uplink: 'there', interface: 'lo' },
  ]);
});

it('shows that its event loop was held up, to who asks for its health and on SIGUSR1', async () => {
  await using agent = await startAgent();
  const Held = z.object({ loopDelayMs: z.strictObject({ p50: z.int(), p99: z.int(), max: z.int() }) });
  const heldMs = 300;
  const shown = async (): Promise<number> => {
    agent.child.kill('SIGSTOP');
    await delay(heldMs);
    agent.child.kill('SIGCONT');
    const health = await fetch(`http://127.0.0.1:${agent.bridgePort()}/healthz`);
    return Held.parse(await health.json()).loopDelayMs.max;
  };
  // The time until the next tick of the agent's timer is no delay.
  await expect.poll(shown).toBeGreaterThanOrEqual(heldMs - 100);
  agent.child.kill('SIGUSR1');
  await agent.until('what it knows', () => agent.said('what the agent knows') !== undefined);
  const told = Held.parse(agent.said('what the agent knows'));
  expect(told.loopDelayMs.max).toBeGreaterThanOrEqual(heldMs - 100);
});

it('sends its log to a syslog server', async () => {
  const server = createSocket('udp4');
  cleanups.push(() => new Promise((resolve) => server.close(() => resolve())));
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const lines: string[] = [];
  server.on('message', (message) => lines.push(message.toString()));
  await using agent = await startAgent({
    env: { SYSLOG_ADDRESS: `udp://127.0.0.1:${server.address().port}` },
  });
  await expect
    .poll(() => lines.some((line) => /^<14>1 \S+Z \S+ pathproof \d+ - - the HTTP bridge listens/.test(line)))
    .toBe(true);
  expect(agent.said('the HTTP bridge listens')).toBeDefined();
});

it('cancels the probe of a client that goes away, and still publishes its one result', async () => {
  await using agent = await startAgent({ env: { LOG_LEVEL: 'debug' } });
  const gone = new AbortController();
  const url = `http://127.0.0.1:${agent.bridgePort()}/ping?target=127.0.0.1&count=100&intervalMs=500&timeoutMs=60000&id=gone`;
  const pending = fetch(url, { signal: gone.signal }).catch(() => 'aborted');
  await expect.poll(async () => (await agent.get('/ping?target=127.0.0.1&count=1')).status).toBe(200);
  gone.abort();
  expect(await pending).toBe('aborted');
  await agent.until('the result', () =>
    agent.log.some(({ msg, ...fields }) => msg === 'probed' && fields['id'] === 'gone'),
  );
  expect(agent.log.filter(({ msg, ...fields }) => msg === 'probed' && fields['id'] === 'gone')).toMatchObject(
    [{ verdict: 'error', reason: 'the asker went away' }],
  );
});
