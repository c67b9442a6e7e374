// What the tests of `pathproof configure` share: the lab, a folder of each test's own, the command with a terminal and
// without, and the answers that most of them give.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Said, cliWords, runCli } from '../../../fixtures/cli.ts';
import { Terminal, keys } from '../../../fixtures/pty.ts';
import { answerAgent, instead } from '../../../fixtures/wizard.ts';
import { type Lab, createLab } from '../../../lab/topology.ts';

let lab: Lab | null = null;
export let folder = '';

/** For each test: the lab, and an empty folder. */
export function setUp(): void {
  beforeAll(async () => {
    lab = await createLab();
  });
  afterAll(async () => {
    await lab?.stop();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pathproof-configure-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
}

export const at = (name: string): string => join(folder, name);
export const read = (name: string): string => readFileSync(at(name), 'utf8');

export const wizard = (...words: string[]): Terminal =>
  new Terminal(cliWords(['configure', '--directory', folder, ...words]), { columns: 120, rows: 60 });

/** Without a terminal. */
export const configure = (...words: string[]): Promise<Said> =>
  runCli(['configure', '--directory', folder, ...words]);

/** As far as the uplinks' names and costs, the second one being metered. */
export async function answerUplinks(terminal: Terminal): Promise<void> {
  await terminal.answer('Which of these are your ways out?', keys.enter);
  await terminal.answer('A name for eth0', instead('fibre'));
  await terminal.until(/192\.168\.0\.1 by fibre \(eth0\): 3 of 3 echoes back/);
  await terminal.answer('Does data over fibre cost', keys.enter);
  await terminal.answer('A name for eth1', instead('lte'));
  await terminal.until(/192\.168\.2\.1 by lte \(eth1\): 3 of 3 echoes back/);
  await terminal.answer('Does data over lte cost', 'y');
  await terminal.answer('How many megabytes', `500${keys.enter}`);
  await terminal.answer('On which day', instead('15'));
  await terminal.answer('Which uplink is preferred?', keys.enter);
}

/** All of it in the shortest way: no targets, no failover, no proof, the embedded broker. */
export async function answerRest(terminal: Terminal): Promise<void> {
  await answerUplinks(terminal);
  await terminal.answer('May hosts on the internet', 'n');
  await terminal.answer('(failover)?', `${keys.up}${keys.enter}`);
  await terminal.answer('Check lte on a schedule', `${keys.up}${keys.enter}`);
  await answerAgent(terminal, { brokerSays: 'connected, published and read back' });
}

/** Echoes that have come to the internet host. */
export async function echoesHeard(): Promise<number> {
  if (lab === null) throw new Error('there is no lab yet');
  const { stdout } = await lab.exec('internet', ['cat', '/proc/net/snmp']);
  const [names = '', figures = ''] = stdout.split('\n').filter((line) => line.startsWith('Icmp:'));
  return Number(figures.split(' ')[names.split(' ').indexOf('InEchos')]);
}

/** A file of each kind with what the command does not know, in a person's own hand. */
export const ownEnv = `# mine
export LOG_LEVEL=debug
#DEVICE_NAME=pi
BRIDGE_TOKEN='abcd efgh'
CONFIG_FILE=my.yaml
`;
export const ownYaml = `# my lines
uplinks:
  fibre: { interface: eth0, priority: 10 } # the fast one


egress: { servers: ['stun:192.0.2.1:3478',   'stun:192.0.2.2:3478'] }
actions:
    - on: [monitor.down] # as ever
      run: ["/usr/bin/env", -i]
`;
