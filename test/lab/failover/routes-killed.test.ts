// An agent that is killed at any step of a switch leaves nothing that a cleanup, or the next agent, could not put right.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanup } from '../../../agent/uplink/routes/index.ts';
import { recordLog } from '../../unit/mqtt/kit.ts';
import { run } from '../programs.ts';
import { type Lab, createLab } from '../topology.ts';
import { compiled } from './compiled.ts';
import type { Errand } from './routes-child.ts';
import {
  defaults,
  desire,
  ip,
  kernelState,
  leavesBy,
  routesKit,
  settings,
  temporaryFolder,
} from './routes-kit.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await createLab();
  await ip(
    'route replace default via 192.168.0.1 dev eth0 metric 100 proto dhcp src 192.168.0.10 mtu lock 1400',
  );
});

afterAll(async () => {
  await lab.stop();
});

const never = 1_000_000;

/** Stands before the real one: kills who started it instead of running for the given time, and counts. */
async function deadlyIp(folder: string): Promise<string> {
  const real = (await run('agent', ['which', 'ip'])).stdout.trim();
  const text = `#!/bin/sh
echo >> ${folder}/count
[ "$(wc -l < ${folder}/count)" -ge "$KILL_AT" ] && kill -9 $PPID && exit
exec ${real} "$@"
`;
  writeFileSync(join(folder, 'ip'), text, { mode: 0o755 });
  return `${folder}:${process.env['PATH']}`;
}

const wishes = () => [
  desire(lab),
  desire(lab, { active: 'lte' }),
  desire(lab, { active: 'lte', mode: 'capture' }),
  desire(lab, { active: 'fibre', mode: 'capture', unhealthy: ['lte'] }),
  desire(lab, { active: 'fibre', ways: ['fibre'] }),
  desire(lab, { active: 'unreachable' }),
];

const program = compiled('test/lab/failover/routes-child.ts');

/** Kills it as it starts `ip` for the given time; answers how many times it did. */
async function runUntil(killAt: number, stateDir: string): Promise<number> {
  const folder = temporaryFolder();
  const env = { ...process.env, PATH: await deadlyIp(folder), KILL_AT: String(killAt) };
  const errand: Errand = { settings, stateDir, wishes: wishes() };
  const child = spawn(process.execPath, [program, JSON.stringify(errand)], { env, stdio: 'inherit' });
  const ending: unknown[] = await once(child, 'close');
  expect([killAt, ...ending]).toEqual(killAt === never ? [killAt, 0, null] : [killAt, null, 'SIGKILL']);
  return readFileSync(join(folder, 'count'), 'utf8').length;
}

const whole = () => runUntil(never, temporaryFolder());

describe('D3.7: an agent that is killed at any step of its switches', () => {
  it('leaves a way out, and by a cleanup the table is as before', async () => {
    const before = await kernelState();
    const steps = await whole();
    expect(await kernelState()).toEqual(before);
    expect(steps).toBeGreaterThanOrEqual(50);
    for (let step = 1; step <= steps; step += 1) {
      const stateDir = temporaryFolder();
      await runUntil(step, stateDir);
      expect([step, await defaults()]).toEqual([step, expect.arrayContaining([expect.any(String)])]);
      await cleanup({ stateDirs: [stateDir], proto: settings.routeProto, log: recordLog() });
      expect([step, await kernelState()]).toEqual([step, before]);
    }
  }, 120_000);

  it('leaves nothing that the next one could not make its own', async () => {
    const before = await kernelState();
    const steps = await whole();
    for (let step = 1; step <= steps; step += 4) {
      const { routes, stateDir } = routesKit();
      await runUntil(step, stateDir);
      const { problems } = await routes.reconcile(desire(lab, { active: 'lte', mode: 'capture' }));
      expect([step, problems, await leavesBy('1.1.1.1')]).toEqual([step, [], 'eth1']);
      await routes.restore();
      expect([step, await kernelState()]).toEqual([step, before]);
    }
  }, 120_000);
});
