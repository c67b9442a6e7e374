// The README's part on a Raspberry Pi, line by line, on a fresh machine with a real systemd: the service of a clone, asked,
// told, taken out again; then the Debian package in its place. What npm would download is lent.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Terminal } from '../../fixtures/pty.ts';
import { lineWith, shellLines } from '../../fixtures/readme.ts';
import { answerAll } from '../../fixtures/wizard.ts';
import { type Machine, startMachine } from '../../lab/machine.ts';
import { type Lab, createLab } from '../../lab/topology.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
const longMs = 300_000;
/** The folder that its owner is in: the service's settings are read there. */
const here = '/etc/pathproof';
const lines = shellLines('On a Raspberry Pi', { REPOSITORY: '/root/pathproof.git' });
/** The first of those that take it out again. */
const takenOut = lineWith('disable --now', lines);

/** Told within a sentence: to build, and to install. */
const packageLines = (
  /`(npm run deb && [^`]+)`/.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? ''
)
  .replaceAll('sudo ', '')
  .split(' && ');
const npmCache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();

let lab: Lab;
let machine: Machine;
let before: string[] = [];
/** Lines that were typed, in their order. */
const past: string[] = [];

/** A line as its owner types it. */
const typed = (line: string, folder = '/root'): Terminal => {
  past.push(line);
  return new Terminal([...machine.words, 'env', '-C', folder, 'sh', '-e', '-c', line], {
    timeoutMs: longMs,
    columns: 180,
    rows: 50,
    env: { HOME: '/root', npm_config_cache: npmCache },
  });
};

/** Runs it to its end, which has to be a good one; answers what it said. */
async function done(line: string, folder?: string): Promise<string> {
  await using terminal = typed(line, folder);
  expect([line, await terminal.ended(), terminal.text()]).toEqual([line, 0, expect.anything()]);
  return terminal.text();
}

/** Copies into the machine, where its own files are. */
const lend = (from: string, to: string): void => void execFileSync('cp', ['-a', from, machine.at(to)]);

/** All files that bear its name, but dpkg's own, the journal's and what this test brought. */
async function files(): Promise<string[]> {
  const places = ['/usr', '/etc', '/var', '/opt', '-xdev', '-path', '*pathproof*'];
  const { stdout } = await machine.run('find', ...places);
  return stdout.split('\n').filter((path) => !/^$|^\/var\/(lib\/dpkg|lib\/apt|log|cache)\//.test(path));
}

beforeAll(async () => {
  lab = await createLab();
  machine = await startMachine('the lines for a Raspberry Pi');
  before = await files();
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-bare-'));
  execFileSync('git', ['clone', '--quiet', '--bare', root, join(folder, 'pathproof.git')]);
  lend(join(folder, 'pathproof.git'), '/root/');
  rmSync(folder, { recursive: true });
}, longMs);

afterAll(async () => {
  await machine[Symbol.asyncDispose]();
  await lab.stop();
});

/** The settings asked for, the service started, a first proof, and nothing needed wrong. */
async function fromConfigureOn(): Promise<void> {
  await using configure = typed(lineWith('pathproof configure', lines));
  await answerAll(configure, 'pi');
  expect(await configure.ended()).toBe(0);
  await done(lineWith('enable --now', lines));
  expect(await machine.show('pathproof', 'ActiveState', 'UnitFileState')).toEqual({
    ActiveState: 'active',
    UnitFileState: 'enabled',
  });
  expect(await done(lineWith('pathproof probe', lines), here)).toMatch(/pass/i);
  expect(await done(lineWith('pathproof doctor', lines), here)).toContain('lte');
}

/** A request over MQTT as the README has it is answered to an MQTT client. */
async function isHeard(): Promise<void> {
  const asking = shellLines('Ask over HTTP and MQTT');
  const alive = `-t 'pathproof/+/status'`;
  await using client = typed(`${lineWith('mosquitto_sub', asking).replace(/ &$/, '')} ${alive}`);
  await client.until('pathproof/pi/status online');
  await done(lineWith('mosquitto_pub', asking));
  await client.until(/pathproof\/pi\/probe\/traceroute\/result .*"verdict":"pass"/);
}

it(
  'a clone becomes a service by the lines as they stand',
  async () => {
    await done(lineWith('git clone', lines));
    lend(join(root, 'node_modules'), '/opt/pathproof/');
    lend(join(root, 'agent/packet/native/build'), '/opt/pathproof/agent/packet/native/');
    // Younger than the sources of the clone, as though it had just been built: that it is, is seen in first-hour.test.ts.
    lend(join(root, 'dist'), '/opt/pathproof/');
    const made = ['/opt/pathproof/dist', '/opt/pathproof/agent/packet/native/build'];
    await machine.run('find', ...made, '-exec', 'touch', '{}', '+');
    await done(lineWith('ln -s', lines));
    expect(await done(lineWith('install-service', lines))).toContain('enable --now pathproof');
    await fromConfigureOn();
    expect(past).toEqual(lines.slice(0, lines.indexOf(takenOut)));
  },
  longMs,
);

it('its answer is seen in an MQTT client', isHeard, longMs);

it(
  'it may change routes after the line for that, and reads its file again',
  async () => {
    await done(lineWith('--failover', shellLines('Keep the best uplink as default route')));
    const { MainPID = '' } = await machine.show('pathproof', 'MainPID');
    expect(readFileSync(machine.at(`/proc/${MainPID}/status`), 'utf8')).toMatch(
      /^CapEff:\s*0000000000003000$/m,
    );
    await done('systemctl reload pathproof');
    await expect
      .poll(async () => (await machine.run('journalctl', '-u', 'pathproof', '-o', 'cat')).stdout, {
        timeout: 20_000,
      })
      .toContain('the configuration file is reloaded');
  },
  longMs,
);

it(
  'the package is built in the clone',
  async () => {
    await done(packageLines[0] ?? '', '/opt/pathproof');
    await machine.run('cp', '-r', '/opt/pathproof/build', '/root/');
  },
  longMs,
);

it(
  'the service is taken out by the lines for that, and nothing of it is left',
  async () => {
    const out = lines.slice(lines.indexOf(takenOut));
    expect(out.length).toBeGreaterThan(2);
    for (const line of out) await done(line);
    expect(await files()).toEqual(before);
    expect(await machine.show('pathproof', 'LoadState')).toEqual({ LoadState: 'not-found' });
  },
  longMs,
);

it(
  'the package is installed, configured, asked and seen in an MQTT client in the same way',
  async () => {
    expect(await done(packageLines[1] ?? '')).toContain('Setting up pathproof');
    await fromConfigureOn();
    await isHeard();
  },
  longMs,
);
