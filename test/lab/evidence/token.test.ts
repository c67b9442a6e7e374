// IPinfo's token is for IPinfo alone: nothing that the agent prints, answers, publishes or keeps has it, however its
// look-ups fail.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAgent, type Agent } from '../agent.ts';
import { oddPorts } from '../web-server.ts';
import { type Evidence, deafAddress, privateAddress, startEvidence, uplinks } from './kit.ts';

const token = 'lab-token-0123456789abcdef';
const folder = mkdtempSync(join(tmpdir(), 'pathproof-token-'));
const state = join(folder, 'state');
const heard: string[] = [];

let parts: Evidence;
beforeAll(async () => {
  parts = await startEvidence();
});
afterAll(async () => {
  await parts[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Everything that leaves the agent, but for what it sends to IPinfo. */
function everything({ banner, log, complaints }: Agent): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const kept = files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
  return [banner, JSON.stringify(log), ...complaints, ...heard, ...kept].join('\n');
}

const forms = [token, encodeURIComponent(token), Buffer.from(token).toString('base64').replace(/=+$/, '')];

async function startTalkative(url: string): Promise<Agent> {
  rmSync(state, { recursive: true, force: true });
  const env = { IPINFO_TOKEN: token, IPINFO_URL: url, LOG_LEVEL: 'trace', STATE_DIR: state };
  return startAgent({ config: uplinks, env });
}

async function listen(agent: Agent): Promise<MqttClient> {
  await agent.until('its connection', () => agent.said('MQTT connected') !== undefined);
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${agent.brokerPort()}`, { protocolVersion: 4 });
  client.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`));
  await client.subscribeAsync('#');
  return client;
}

/** The answer as it stands, of which nothing is left out. */
async function answerTo(agent: Agent, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${agent.bridgePort()}${path}`);
  return `${JSON.stringify([...response.headers])}\n${await response.text()}`;
}

async function makesNoSecretOut(url: string): Promise<void> {
  await using agent = await startTalkative(url);
  const client = await listen(agent);
  const before = heard.length;
  const query = 'via=lte&target=1.1.1.1&count=1&orgExcludes=AS64500&timeoutMs=4000';
  heard.push(await answerTo(agent, `/traceroute?${query}`), await answerTo(agent, '/healthz'));
  await expect.poll(() => heard.slice(before).some((text) => text.includes('/traceroute/result'))).toBe(true);
  agent.child.kill('SIGUSR1');
  await agent.stop();
  await client.endAsync();
  const all = everything(agent);
  for (const form of forms) expect(all).not.toContain(form);
}

const ways = [
  ...['/status/401', '/status/403', '/status/404', '/status/429', '/status/500', '/status/204'],
  ...[
    '/garbage',
    '/cut',
    '/cut-head',
    '/chunked-cut',
    '/close',
    '/slow-body',
    '/endless-head',
    '/large?bytes=5000000',
  ],
  ...['/not-an-ip', '/binary', '/body', '/portal'],
];
it.each(ways)('where it is answered as %s', async (path) => {
  await parts.web.always(path);
  parts.web.forget();
  await makesNoSecretOut(`http://${privateAddress}`);
  // It was sent, so there was something to make out.
  const sent = (await parts.web.settled()).map((request) => JSON.stringify(request)).join('\n');
  expect(sent).toContain(token);
  await parts.web.always(null);
});

it.each([
  ['nobody listens', `https://${deafAddress}`],
  ['no HTTP is spoken', `http://${privateAddress}:${oddPorts.noise}`],
  ['nothing is said', `http://${privateAddress}:${oddPorts.mute}`],
  ['no TLS is spoken', 'https://8.8.8.8:80'],
  ['the name can not be resolved', 'https://nowhere.test'],
])('where %s', async (_what, url) => {
  await makesNoSecretOut(url);
});

it('is not handed on to where the answer leads', async () => {
  await parts.web.always(`/redirect?to=${encodeURIComponent('http://1.1.1.1/elsewhere')}`);
  parts.web.forget();
  await makesNoSecretOut(`http://${privateAddress}`);
  await parts.web.always(null);
  const elsewhere = (await parts.web.settled()).filter(({ path }) => path.startsWith('/elsewhere'));
  expect(JSON.stringify(elsewhere)).not.toContain(token);
});
