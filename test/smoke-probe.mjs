// Inside the namespace: starts the installed agent as a user does and asks it for a first probe.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import assert from 'node:assert/strict';
import { join } from 'node:path';

const [, , installed] = process.argv;
const agent = spawn(process.execPath, ['agent/start.mjs'], {
  cwd: installed,
  env: { ...process.env, STATE_DIR: join(installed, 'state') },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = once(agent, 'close');
let banner = '';
for await (const chunk of agent.stdout) {
  banner += chunk.toString();
  if (banner.includes('Uplinks:') && banner.includes('mosquitto_pub')) break;
}
const url = /curl '(http:[^']+)'/.exec(banner)?.[1];
assert.ok(url, `no line to paste in:\n${banner}`);
const answer = await fetch(url);
const body = await answer.json();
assert.equal(answer.status, 200, JSON.stringify(body));
assert.equal(body.result, 'OK');
agent.kill('SIGTERM');
const [code] = await ended;
assert.equal(code, 0);
console.log(`the installed package answers: ${body.reason}`);
