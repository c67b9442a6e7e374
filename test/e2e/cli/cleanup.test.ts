// `pathproof cleanup --stopped`, as the service runs it after each stop: it takes out what failover left, and only where
// failover is set to act; else a route that bears its mark is somebody else's (py-pingu's bear the same).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { run } from '../../lab/programs.ts';
import { type Lab, createLab } from '../../lab/topology.ts';

const cli = fileURLToPath(new URL('../../../dist/agent/cli.js', import.meta.url));
const uplinks = 'uplinks: { fibre: { interface: eth0 }, lte: { interface: eth1 } }\n';
const marked = 'default via 192.168.2.1 dev eth1 proto 136 metric 4242';

let lab: Lab;
let folder = '';

beforeAll(async () => {
  lab = await createLab();
  folder = mkdtempSync(join(tmpdir(), 'pathproof-cleanup-'));
});
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => run('agent', ['ip', 'route', 'replace', ...marked.split(' ')]));

async function cleanUp(config: string, ...options: string[]): Promise<string> {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, config);
  const env = { PATH: process.env['PATH'], CONFIG_FILE: file, STATE_DIR: folder };
  return (await run('agent', [process.execPath, cli, 'cleanup', ...options], { env })).stdout;
}

const isThere = async (): Promise<boolean> =>
  (await run('agent', ['ip', 'route', 'show', 'metric', '4242'])).stdout.includes('proto 136');

it.each([
  ['nothing is configured', ''],
  ['there is no failover', uplinks],
  ['failover observes', `${uplinks}failover: { mode: observe }\n`],
  ['failover is to leave its routes', `${uplinks}failover: { mode: overlay, restoreOnExit: false }\n`],
])('leaves all as it is and has nothing to say where %s', async (_what, config) => {
  expect(await cleanUp(config, '--stopped')).toBe('');
  expect(await isThere()).toBe(true);
});

it('takes out what is left where failover acts, and says so once', async () => {
  const acting = `${uplinks}failover: { mode: overlay }\n`;
  expect(await cleanUp(acting, '--stopped')).toMatch(/^taken out: ip route del .*metric 4242/);
  expect(await isThere()).toBe(false);
  expect(await cleanUp(acting, '--stopped')).toBe('nothing of failover is left\n');
});

it('takes it out whatever is configured where a person asks', async () => {
  expect(await cleanUp(uplinks)).toContain('taken out: ip route del ');
  expect(await isThere()).toBe(false);
});
