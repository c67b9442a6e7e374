// `pathproof cleanup`, as a person asks for it and as the service runs it after each stop (--stopped): then only where
// failover is set to act; else a route that bears its mark is somebody else's (py-pingu's bear the same).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { thisKernel } from '../../../agent/uplink/routes/journal.ts';
import { type Said, runCli } from '../../fixtures/cli.ts';
import { run } from '../../lab/programs.ts';
import { type Lab, createLab } from '../../lab/topology.ts';

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

function said(config: string, ...options: string[]): Promise<Said> {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, config);
  return runCli(['cleanup', ...options], { env: { CONFIG_FILE: file, STATE_DIR: folder } });
}

async function cleanUp(config: string, ...options: string[]): Promise<string> {
  const { status, stdout, stderr } = await said(config, ...options);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
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

describe('a configuration that is wrong', () => {
  const wrong = 'uplinks: { fibre: { interfce: eth0 } }\n';
  const problem = /^pathproof cleanup: the configuration is wrong:\n {2}\S+config\.yaml: uplinks\.fibre/;

  it.each([[[]], [['--stopped']]])(
    'is told of, and keeps nothing from being taken out: %j',
    async (options) => {
      const { status, stdout, stderr } = await said(wrong, ...options);
      expect([status, stdout]).toEqual([0, expect.stringMatching(/^taken out: ip route del .*metric 4242/)]);
      expect(stderr).toMatch(problem);
      expect(stderr).toContain(`\nit goes on with STATE_DIR ${folder} and routeProto 136\n`);
      expect(await isThere()).toBe(false);
    },
  );

  it('is of no matter after a stop where nothing is left', async () => {
    await run('agent', ['ip', 'route', 'del', ...marked.split(' ')]);
    expect(await said(wrong, '--stopped')).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(await said(wrong)).toMatchObject({ status: 0, stdout: 'nothing of failover is left\n' });
  });
});

describe('where ours is the only default route', () => {
  const others = [
    'default via 192.168.0.1 dev eth0 metric 100',
    'default via 192.168.2.1 dev eth1 metric 200',
  ];
  const route = (verb: string) => (line: string) => run('agent', ['ip', 'route', verb, ...line.split(' ')]);
  const acting = `${uplinks}failover: { mode: overlay }\n`;
  beforeAll(() => Promise.all(others.map(route('del'))));
  afterAll(() => Promise.all(others.map(route('add'))));

  it('it stays, and the way to have it out is told', async () => {
    expect(await said(acting)).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'pathproof cleanup: ours is the last IPv4 default route there is, and nothing is known of one that was before\n' +
        'It stays. Set STATE_DIR to the folder of the agent that was in charge, or take it out all the same: --force\n',
    });
    expect(await isThere()).toBe(true);
  });

  it.each(['--force', '--stopped'])('it goes by %s', async (option) => {
    expect(await cleanUp(acting, option)).toMatch(/^taken out: ip route del .*metric 4242/);
    expect(await isThere()).toBe(false);
  });

  it('it stays where what was before can not be put back', async () => {
    // A gateway that no address of this machine reaches.
    const kept = {
      route: {
        ...{ family: 4, interfaceName: 'eth0', gateway: '198.51.100.1', source: null, metric: 100 },
        ...{ protocol: 16, onlink: false, linkScope: false, plain: true },
      },
      attributes: [],
    };
    const journal = { version: 1, kernel: await thisKernel(), routes: [kept] };
    writeFileSync(join(folder, 'failover-journal.json'), JSON.stringify(journal));
    const { status, stderr } = await said(acting);
    expect([status, await isThere()]).toEqual([2, true]);
    expect(stderr).toContain('ours is the last IPv4 default route there is, and none could be put back\n');
  });
});
