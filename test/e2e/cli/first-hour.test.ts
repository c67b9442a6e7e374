// A person's first hour with a fresh clone and the README, at a terminal in the lab: start, ask, look what is wrong, be
// asked, take over old settings. What npm would download is lent, since nothing is reached from here; the package is
// installed in deb.test.ts.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Terminal, keys } from '../../fixtures/pty.ts';
import { type Lab, createLab } from '../../lab/topology.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const built = 'agent/packet/native/build';
const binary = `${built}/Release/packet_native.node`;
const patient = { timeoutMs: 90_000, columns: 150, rows: 50 };

let lab: Lab;
let clone = '';

beforeAll(async () => {
  lab = await createLab();
  clone = join(mkdtempSync(join(tmpdir(), 'pathproof-hour-')), 'pathproof');
  execFileSync('git', ['clone', '--quiet', root, clone]);
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  cpSync(join(root, built), join(clone, built), { recursive: true });
  // Younger than the sources of the clone, as though it had just been compiled.
  utimesSync(join(clone, binary), new Date(), new Date());
});

afterAll(async () => {
  await lab.stop();
  rmSync(join(clone, '..'), { recursive: true });
});

/** In the clone, as its README has it. */
const at = (...words: string[]): Terminal =>
  new Terminal(words, {
    ...patient,
    cwd: clone,
    env: { HOME: clone, STATE_DIR: join(clone, 'state'), DEVICE_NAME: 'hour', HOP_NAMES: 'false' },
  });
/** npm tells of the Ctrl-C as shells do, or of the agent's own 0: that depends on its version. */
async function endedByPerson(agent: Terminal): Promise<void> {
  agent.type(keys.ctrlC);
  expect([0, 130]).toContain(await agent.ended());
}
const npx = (...words: string[]): Terminal => at('npx', '--offline', '.', ...words);

it('npm start sets up, runs, and prints lines that work as they stand, over HTTP and MQTT', async () => {
  await using agent = at('npm', 'start');
  await agent.until('mosquitto_sub');
  const [curl = ''] = /curl 'http:[^']+'/.exec(agent.text()) ?? [];
  await using asked = at('sh', '-c', curl);
  expect(await asked.ended()).toBe(0);
  expect(asked.text()).toContain('"result":"OK"');

  await using client = at('mosquitto_sub', '-v', '-C', '1', '-t', 'pathproof/hour/probe/ping/result');
  const [publish = ''] = /mosquitto_pub .*'\{"target":"127\.0\.0\.1"\}'/.exec(agent.text()) ?? [];
  // A subscription is a moment away, and nothing tells a terminal of it.
  const again = `while :; do ${publish}; sleep 0.3; done`;
  await using publisher = at('sh', '-c', again);
  expect(await client.ended()).toBe(0);
  publisher.type(keys.ctrlC);
  expect(client.text()).toMatch(/"verdict":"pass"/);
  await endedByPerson(agent);
}, 120_000);

it('a first probe says pass by the mobile line, and ends so', async () => {
  await using probe = npx('probe', 'ping', '1.1.1.1', '--via', 'eth1', '--min-latency', '10');
  expect([await probe.ended(), probe.text()]).toEqual([0, expect.stringMatching(/pass/i)]);
}, 120_000);

it('doctor finds nothing that is needed wrong', async () => {
  await using doctor = npx('doctor');
  expect([await doctor.ended(), doctor.text()]).toEqual([0, expect.stringContaining('eth1')]);
}, 120_000);

it('configure writes settings that the next start takes', async () => {
  await using configure = npx('configure', '--defaults');
  expect([await configure.ended(), configure.text()]).toEqual([0, expect.stringContaining('eth1')]);
  expect(readFileSync(join(clone, 'agent.env'), 'utf8')).toContain('CONFIG_FILE=');
  await using agent = at('npm', 'start');
  await agent.until('mosquitto_sub');
  await endedByPerson(agent);
}, 120_000);

it.each([
  ['imon', 'imon-main', 'failover:'],
  ['py-pingu', 'py-pingu.json', 'mode: capture'],
  ['ping-tool', 'ping-tool.env', 'SERVER_PORT'],
])(
  'import takes over the settings of %s',
  async (predecessor, file, wanted) => {
    const path = join(clone, 'test/fixtures/import', file);
    expect(existsSync(path)).toBe(true);
    await using moved = npx('import', predecessor, path);
    expect([await moved.ended(), moved.text()]).toEqual([0, expect.stringContaining(wanted)]);
  },
  120_000,
);
