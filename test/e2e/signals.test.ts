// Signals while the agent is still starting, and a start that fails: held up by an `ip` of the test's own.
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Agent } from '../lab/agent.ts';

let folder = '';
let started = '';

// Put before the real one on the PATH: says that it runs, and waits before it does what it is asked.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-ip-'));
  started = join(folder, 'started');
  const script = `#!/bin/sh\ntouch ${started}\nsleep 1\nPATH=\${PATH#*:}\nexec ip "$@"\n`;
  writeFileSync(join(folder, 'ip'), script);
  chmodSync(join(folder, 'ip'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

async function starting(config?: string): Promise<Agent> {
  const env = { PATH: `${folder}:${process.env['PATH']}` };
  const agent = new Agent({ env, ...(config === undefined ? {} : { config }) });
  await expect.poll(() => existsSync(started)).toBe(true);
  return agent;
}

it('keeps a SIGHUP during the start for its end, and then reads the file again', async () => {
  await using agent = await starting('uplinks: { one: { interface: lo } }\n');
  agent.writeConfig('uplinks: { other: { interface: lo } }\n');
  agent.child.kill('SIGHUP');
  await agent.ready();
  await agent.until('its reload', () => agent.said('is reloaded') !== undefined);
});

it.each(['SIGTERM', 'SIGINT'] as const)('ends on %s during the start', async (signal) => {
  await using agent = await starting();
  expect(await agent.stop(signal)).toBe(0);
  expect(agent.banner).toBe('');
});

it('says in one sentence what the start wants, without a stack', async () => {
  rmSync(join(folder, 'ip'));
  await using agent = new Agent({ env: { PATH: folder } });
  expect(await agent.exited()).toBe(1);
  expect(agent.complaints.join('\n')).toMatch(/^pathproof does not start:\n {2}.*iproute2.*$/);
  expect(agent.log).toEqual([]);
});
