// An agent that ends, in order or killed at any moment of its switches: the table is as before, or right.
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../fixtures/cli.ts';
import { type Agent, startAgent } from '../agent.ts';
import { agentNode, ipBatch } from '../programs.ts';
import { createLab } from '../topology.ts';
import { createHome } from './home.ts';
import {
  type Running,
  configOf,
  defaults,
  everything,
  interfaceTo,
  listen,
  ours,
  startFailover,
} from './kit.ts';
import { openScene, settled, soon } from './scene.ts';

const nothingLeft = { code: 0, stdout: 'nothing of failover is left\n', stderr: '' };

it.each(['SIGTERM', 'SIGINT'] as const)('%s takes out what is ours (D3.7)', async (signal) => {
  const before: string[] = [];
  await using scene = await openScene({
    config: configOf('overlay'),
    before: async () => before.push(await everything()),
  });
  await settled(scene, 'fibre');
  expect(await ours()).not.toBe('');
  expect(await scene.agent.stop(signal)).toBe(0);
  expect([await everything()]).toEqual(before);
});

it('restoreOnExit false leaves its routes, until they are cleaned up', async () => {
  const before: string[] = [];
  const config = configOf('overlay', '', 'startupHold: 3s, restoreOnExit: false');
  using home = createHome();
  await using scene = await openScene({
    config,
    env: home.env,
    before: async () => before.push(await everything()),
  });
  await settled(scene, 'fibre');
  const running = await everything();
  expect(await scene.agent.stop()).toBe(0);
  expect(await everything()).toBe(running);
  expect(await home.cleanup(config)).toMatchObject({ code: 0, stderr: '' });
  expect([await everything()]).toEqual(before);
});

it('a fault of its own takes out what is ours, and puts back what it captured (D3.7)', async () => {
  const faulty = "data:text/javascript,process.on('SIGUSR2',()=>Promise.reject(Error('a%20bug')))";
  const before: string[] = [];
  const prepare = async () => before.push(await everything());
  await using scene = await openScene({
    config: configOf('capture'),
    env: { NODE_OPTIONS: `--import=${faulty}` },
    before: prepare,
  });
  await settled(scene, 'fibre');
  await soon(async () => (await defaults()).map(({ protocol }) => protocol)).toEqual(['136', '136']);
  expect(await scene.agent.stop('SIGUSR2')).toBe(1);
  expect([await everything()]).toEqual(before);
  expect(scene.agent.said('ends by a fault of its own')).toMatchObject({ err: { message: 'a bug' } });
});

it('cleanup takes out and puts back what a killed agent left, and says so; done again it finds nothing', async () => {
  const before: string[] = [];
  const config = configOf('capture');
  using home = createHome();
  await using scene = await openScene({
    config,
    env: home.env,
    before: async () => before.push(await everything()),
  });
  await settled(scene, 'fibre');
  await soon(async () => (await defaults()).map(({ metric }) => metric)).toEqual([5, 20_001]);
  await scene.agent.stop('SIGKILL');
  const { code, stdout } = await home.cleanup(config);
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^put back: ip route add default via 192\.168\.0\.1 dev eth0 .*metric 100/),
      expect.stringMatching(/^put back: ip route add default via 192\.168\.2\.1 dev eth1 .*metric 200/),
      expect.stringMatching(/^taken out: ip route del default .*dev eth0 .*metric 5 proto 136/),
      expect.stringMatching(/^taken out: ip rule del /),
    ]),
  );
  expect([await everything()]).toEqual(before);
  expect(await home.cleanup(config)).toEqual(nothingLeft);
});

it('cleanup finds what an agent with another STATE_DIR has captured, and never leaves the machine without a way out', async () => {
  const before: string[] = [];
  using home = createHome();
  await using scene = await openScene({
    config: configOf('capture'),
    env: home.env,
    before: async () => before.push(await everything()),
  });
  await settled(scene, 'fibre');
  await soon(async () => (await defaults()).map(({ metric }) => metric)).toEqual([5, 20_001]);
  await scene.agent.stop('SIGKILL');
  const left = await everything();
  // The machine's /var/lib, as systemd has it for a service, and in it another agent's folder.
  const lib = join(home.folder, 'lib');
  mkdirSync(join(lib, 'private'), { recursive: true });
  const cleanUp = (...words: string[]) =>
    runCli(['cleanup', ...words], {
      cwd: home.folder,
      env: { STATE_DIR: join(home.folder, 'other') },
      prefix: ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /var/lib && exec "$@"', lib],
    });
  const refused = await cleanUp();
  expect([refused.status, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toContain('ours is the last IPv4 default route there is');
  expect(await everything()).toBe(left);
  renameSync(home.stateDir, join(lib, 'private/pathproof-lab'));
  symlinkSync('private/pathproof-lab', join(lib, 'pathproof-lab'));
  const { status, stdout } = await cleanUp();
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^put back: ip route add default .*dev eth0/)]);
  expect([await everything()]).toEqual(before);
});

describe('D3.7: an agent that only observes, started after one that was killed', () => {
  const captured = [5, 20_001];
  const metrics = async (): Promise<number[]> => (await defaults()).map(({ metric }) => metric);

  /** A lab as an agent in capture mode leaves it that is killed. */
  async function afterKilled(env: Record<string, string>): Promise<AsyncDisposable & { before: string }> {
    const lab = await createLab();
    const before = await everything();
    await using agent = await startAgent({ config: configOf('capture'), env });
    await soon(metrics).toEqual(captured);
    await agent.stop('SIGKILL');
    return { before, [Symbol.asyncDispose]: () => lab.stop() };
  }

  it('takes out what that one left, says so, and finds its uplinks well', async () => {
    using home = createHome();
    await using killed = await afterKilled(home.env);
    await using second = await startFailover({ config: configOf('observe'), env: home.env });
    expect(await everything()).toBe(killed.before);
    expect(second.agent.said('what a former failover left here is taken out')).toMatchObject({
      restored: [expect.stringContaining('dev eth0'), expect.stringContaining('dev eth1')],
    });
    await settled(second, 'fibre');
  });

  it('says what does so where it may not', async () => {
    using home = createHome();
    await using _killed = await afterKilled(home.env);
    const prefix = ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'];
    await using second = await startFailover({ config: configOf('observe'), env: home.env, prefix });
    expect(
      second.agent.said('to take them out needs CAP_NET_ADMIN: run `sudo pathproof cleanup`'),
    ).toBeDefined();
    expect(await metrics()).toEqual(captured);
    expect((await home.cleanup(configOf('observe'))).code).toBe(0);
  });

  it('leaves a default route that nothing would come after', async () => {
    using home = createHome();
    await using lab = await createLab();
    const config = (mode: string): string =>
      configOf(mode)
        .replace('interface: eth0,', 'interface: eth0, gateway: 192.168.0.1,')
        .replace('interface: eth1,', 'interface: eth1, gateway: 192.168.2.1,');
    await lab.exec('agent', ['ip', 'route', 'flush', 'default']);
    await using agent = await startAgent({ config: config('overlay'), env: home.env });
    await soon(metrics).toEqual([5]);
    await agent.stop('SIGKILL');
    const left = await everything();
    await using second = await startFailover({ config: config('observe'), env: home.env });
    expect(second.agent.said('left here stays (ours is the last IPv4 default route there is')).toBeDefined();
    expect(await everything()).toBe(left);
    await ipBatch(agentNode, ['route add default via 192.168.0.1 dev eth0 metric 100']);
    expect((await home.cleanup(config('observe'))).code).toBe(0);
  });
});

it('cleanup is refused while an agent runs', async () => {
  const config = configOf('overlay');
  using home = createHome();
  await using scene = await openScene({ config, env: home.env });
  await settled(scene, 'fibre');
  const running = await everything();
  expect(await home.cleanup(config)).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'pathproof cleanup: another pathproof is in charge of the default routes here (one agent with failover in a ' +
      'network namespace): stop it first\n',
  });
  expect(await everything()).toBe(running);
});

it('cleanup where there never was an agent finds nothing', async () => {
  await using _ = await createLab();
  using home = createHome();
  expect(await home.cleanup(configOf('overlay'))).toEqual(nothingLeft);
});

const hasty = (mode: string): string =>
  configOf(mode, '', 'failbackDelay: 0s, minDwell: 0s, startupHold: 0s').replaceAll('up: 2', 'up: 1');

const right = {
  overlay: ['eth0 5', 'eth0 100', 'eth1 200'],
  capture: ['eth0 5', 'eth1 20001'],
};

const rows = async (): Promise<string[]> => (await defaults()).map(({ dev, metric }) => `${dev} ${metric}`);

/** Drives switches one after another until it is killed, some time after one of them was asked for. */
async function killAmidSwitches(agent: Agent, afterMs: number): Promise<void> {
  const told = await listen(agent);
  await soon(async () => (await defaults())[0]?.metric).toBe(5);
  await soon(() => told.uplink('lte')?.health).toBe('up');
  const killed = delay(afterMs).then(() => agent.stop('SIGKILL'));
  for (let turn = 0; agent.child.signalCode === null && turn < 40; turn += 1) {
    void told.command(turn % 2 === 0 ? 'lte' : 'auto').catch(() => undefined);
    await Promise.race([delay(15), killed]);
  }
  await killed;
  told.client.end(true);
}

const kills = 25;

it.each(['overlay', 'capture'] as const)(
  `%s, killed at ${kills} moments of switches, half cleaned up and half started again (D3.7, D4)`,
  { timeout: 240_000 },
  async (mode) => {
    await using _ = await createLab();
    const before = await everything();
    using home = createHome();
    const config = hasty(mode);
    for (let kill = 0; kill < kills; kill += 1) {
      await using agent = await startAgent({ config, env: home.env });
      await killAmidSwitches(agent, kill * 7);
      if (kill % 2 === 0) continue; // the next one starts on what is left
      expect((await home.cleanup(config)).code).toBe(0);
      expect(await everything()).toBe(before);
    }
    await using last: Running = await startFailover({ config, env: home.env });
    await settled(last, 'fibre');
    await soon(rows).toEqual(right[mode]);
    expect(await interfaceTo()).toBe('eth0');
    await last.agent.stop();
    expect(await everything()).toBe(before);
  },
);
