// A person's first hour with a fresh clone and the README, at a terminal in the lab: the README's own lines in their order,
// from the clone to what is seen in an MQTT client, and old settings taken over. What npm would download is lent, since
// nothing is reached from here; the service and the package are in service.test.ts.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Terminal, keys } from '../../fixtures/pty.ts';
import { lineWith, shellLines } from '../../fixtures/readme.ts';
import { answerAll } from '../../fixtures/wizard.ts';
import { type NameServer, startNameServer } from '../../lab/dns-server.ts';
import { type Lab, createLab } from '../../lab/topology.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const built = 'agent/packet/native/build';
const binary = `${built}/Release/packet_native.node`;
const patient = { timeoutMs: 180_000, columns: 180, rows: 50 };
const longMs = 240_000;

let lab: Lab;
let dns: NameServer;
let home = '';
let clone = '';
const begin = shellLines('Two commands', { REPOSITORY: root });

beforeAll(async () => {
  lab = await createLab();
  dns = await startNameServer({ 'one.one.one.one': [{ type: 'A', data: '1.1.1.1' }] });
  home = mkdtempSync(join(tmpdir(), 'pathproof-hour-'));
  clone = join(home, 'pathproof');
  execFileSync('sh', ['-e', '-c', lineWith('git clone', begin).replace('clone', 'clone --quiet')], {
    cwd: home,
  });
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  cpSync(join(root, built), join(clone, built), { recursive: true });
  // Younger than the sources of the clone, as though it had just been compiled.
  utimesSync(join(clone, binary), new Date(), new Date());
}, longMs);

afterAll(async () => {
  await dns[Symbol.asyncDispose]();
  await lab.stop();
  rmSync(home, { recursive: true });
});

const at = (folder: string, ...words: string[]): Terminal =>
  new Terminal(words, {
    ...patient,
    cwd: folder,
    env: { HOME: home, STATE_DIR: join(home, 'state'), HOP_NAMES: 'false' },
  });
/** A line of the README in the clone, where `npx .` stands for `pathproof`. */
const typed = (line: string): Terminal =>
  at(clone, 'sh', '-c', line.replace(/^(npx \.|pathproof)(?= )/, 'npx --offline .'));

/** npm tells of the Ctrl-C as shells do, or of the agent's own 0: that depends on its version. */
async function endedByPerson(agent: Terminal): Promise<void> {
  agent.type(keys.ctrlC);
  expect([0, 130]).toContain(await agent.ended());
}

it(
  'npm start sets up, runs, and prints lines that work as they stand, over HTTP and MQTT',
  async () => {
    await using agent = typed(lineWith('npm start', begin));
    await agent.until('mosquitto_sub');
    const [curl = ''] = /curl 'http:[^']+'/.exec(agent.text()) ?? [];
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`\`${curl}\``);
    await using asked = typed(curl);
    expect(await asked.ended()).toBe(0);
    expect(asked.text()).toContain('"result":"OK"');

    const [publish = ''] = /mosquitto_pub .*'\{"target":"127\.0\.0\.1"\}'/.exec(agent.text()) ?? [];
    const [subscribe = ''] = /mosquitto_sub .*'/.exec(agent.text()) ?? [];
    await using client = typed(`${subscribe} ${alive}`);
    await client.until('/status online');
    await using publisher = typed(publish);
    expect(await publisher.ended()).toBe(0);
    await client.until(/"verdict":"pass"/);
    await endedByPerson(agent);
  },
  longMs,
);

/** What the broker keeps: once it is heard, so is all that comes. */
const alive = `-t 'pathproof/+/status'`;

it(
  'configure asks at the terminal, and writes what the next start takes',
  async () => {
    await using configure = typed('npx . configure');
    await answerAll(configure, 'pi');
    expect(await configure.ended()).toBe(0);
    expect(readFileSync(join(clone, 'agent.env'), 'utf8')).toContain('CONFIG_FILE=');
  },
  longMs,
);

it(
  'doctor finds nothing that is needed wrong',
  async () => {
    await using doctor = typed('npx . doctor');
    expect([await doctor.ended(), doctor.text()]).toEqual([0, expect.stringContaining('eth1')]);
  },
  longMs,
);

it.each(shellLines('Ask from a shell'))(
  'a shell is told pass by %s',
  async (line) => {
    await using probe = typed(line);
    expect([await probe.ended(), probe.text()]).toEqual([0, expect.stringMatching(/pass/i)]);
  },
  longMs,
);

it(
  'the agent is asked over HTTP and MQTT as the README says, and heard and told in an MQTT client',
  async () => {
    const lines = shellLines('Ask over HTTP and MQTT');
    await using agent = typed(lineWith('npm start', begin));
    await agent.until('mosquitto_sub');

    await using curl = typed(lineWith('curl -i', lines));
    expect([await curl.ended(), curl.text()]).toEqual([0, expect.stringMatching(/^HTTP\/1.1 200 OK/)]);

    await using results = typed(`${lineWith('mosquitto_sub', lines).replace(/ &$/, '')} ${alive}`);
    await results.until('pathproof/pi/status online');
    await using asking = typed(lineWith('mosquitto_pub', lines));
    expect(await asking.ended()).toBe(0);
    await results.until(/pathproof\/pi\/probe\/traceroute\/result .*"verdict":"pass"/);

    const keep = shellLines('Keep the best uplink as default route');
    await using states = typed(lineWith('mosquitto_sub', keep));
    await states.until(/failover\/state .*"forced":null/);
    await using forcing = typed(lineWith('-m lte', keep));
    expect(await forcing.ended()).toBe(0);
    await states.until(/failover\/state .*"forced":\{"uplink":"lte"/);
    await using letting = typed(lineWith('-m auto', keep));
    expect(await letting.ended()).toBe(0);
    await states.until(/failover\/state .*"forced":null/);
    await endedByPerson(agent);
  },
  longMs,
);

const old = {
  imon: { there: '/etc/default/imon-main', fixture: 'imon-main' },
  'py-pingu': { there: 'config.json', fixture: 'py-pingu.json' },
  'ping-tool': { there: ' .env', fixture: 'ping-tool.env' },
};

it.each([
  ['imon', 'config.yaml', 'updown'],
  ['py-pingu', 'config.yaml', 'Failover: capture'],
  ['ping-tool', 'agent.env', 'agent ping-tool'],
] as const)(
  'what import made of the settings of %s is what an agent starts on',
  async (predecessor, file, wanted) => {
    const folder = join(home, predecessor);
    mkdirSync(folder);
    const script = join(folder, 'script');
    writeFileSync(script, '#!/bin/true\n');
    chmodSync(script, 0o755);
    const { there, fixture } = old[predecessor];
    const text = readFileSync(join(root, 'test/fixtures/import', fixture), 'utf8');
    writeFileSync(
      join(folder, fixture),
      text.replaceAll(/\/(usr\/local\/bin\/imon-action|path\/to\/script\.sh)/g, script),
    );
    const places = { [there]: ` ${join(folder, fixture)}`, '/etc/pathproof': folder };
    const lines = shellLines('Coming from imon, py-pingu or ping-tool', places);
    await using moving = typed(lineWith(`import ${predecessor}`, lines));
    expect([await moving.ended(), moving.text()]).toEqual([0, expect.stringContaining('Written: ')]);
    if (file === 'config.yaml')
      writeFileSync(join(folder, 'agent.env'), `CONFIG_FILE=${join(folder, file)}\n`);
    await using agent = at(folder, process.execPath, join(clone, 'agent/pathproof.mjs'), 'run');
    await agent.until(wanted);
    await agent.until('mosquitto_sub');
    await endedByPerson(agent);
  },
  longMs,
);
