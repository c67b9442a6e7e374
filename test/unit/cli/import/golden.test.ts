// The predecessors' own examples, each with what it becomes: taken by our own readers, with the scripts where they should be.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../../agent/config/env.ts';
import { readEnvText } from '../../../../agent/config/env-file.ts';
import { readFileSettings } from '../../../../agent/config/file.ts';
import { programProblem } from '../../../../agent/config/program.ts';
import type { Moved } from '../../../../agent/cli/import/moved.ts';
import type { Predecessor } from '../../../../agent/cli/import/predecessors.ts';
import { readPredecessor } from '../../../../agent/cli/import/read.ts';

const fixtures = fileURLToPath(new URL('../../../fixtures/import/', import.meta.url));
const scripts = ['/usr/local/bin/imon-action', '/path/to/script.sh'];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
  for (const script of scripts) {
    const path = folder + script;
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '#!/bin/true\n');
    chmodSync(path, 0o755);
  }
  for (const name of readdirSync(fixtures).filter((one) => !one.includes('.expected.'))) {
    const text = readFileSync(fixtures + name, 'utf8');
    writeFileSync(
      join(folder, name),
      scripts.reduce((all, script) => all.replaceAll(script, folder + script), text),
    );
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** As the user of the fixture would see it. */
const shown = (text: string): string => text.replaceAll(`${folder}/`, '/').replaceAll('from /', 'from ');

function move(predecessor: Predecessor, name: string, rootFolder: string | null = null): Moved {
  const read = readPredecessor(predecessor, {
    ...{ file: join(folder, name), instance: null, rootFolder, programProblem },
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.moved;
}

function settingsIn(text: string) {
  const read = readFileSettings(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.settings;
}

const files = ['py-pingu.json', 'py-pingu-three.json', 'imon-main', 'imon-demo', 'imon-two-lines'];
const predecessorOf = (name: string): Predecessor => (name.startsWith('imon') ? 'imon' : 'py-pingu');

describe.each(files)('%s', (name) => {
  it.each([
    ['by the agent', null, `${name}.expected.yaml`],
    ['by root', '/var/lib/pathproof', `${name}.expected.root.yaml`],
  ])('becomes a file that is taken, with scripts run %s', async (_by, rootFolder, golden) => {
    const { text } = move(predecessorOf(name), name, rootFolder);
    expect(readFileSettings(text)).toMatchObject({ ok: true });
    await expect(shown(text)).toMatchFileSnapshot(fixtures + golden);
  });
});

describe.each(['ping-tool.env', 'ping-tool-all.env'])('%s', (name) => {
  it('becomes an agent.env that is taken', async () => {
    const { text } = move('ping-tool', name);
    const { variables, problems } = readEnvText(text, 'agent.env');
    expect(problems).toEqual([]);
    expect(readEnvironment(variables)).toMatchObject({ ok: true });
    await expect(shown(text)).toMatchFileSnapshot(`${fixtures}${name}.expected.env`);
  });
});

it('keeps how py-pingu decides', () => {
  const { uplinks, failover } = settingsIn(move('py-pingu', 'py-pingu.json').text);
  expect(uplinks['eno2']).toMatchObject({
    interface: 'eno2',
    priority: 100,
    reset: { run: [`${folder}/path/to/script.sh`], after: 1, graceMs: 60_000 },
    health: {
      ...{ targets: ['8.8.8.8'], sendIntervalMs: 1000, standbyIntervalMs: 1000, window: 10, down: 6, up: 5 },
      ...{ lossPercent: { fail: 50, recover: 50 }, latencyMs: { fail: 100, recover: 100 } },
    },
  });
  expect(uplinks['wlo1']).toMatchObject({ priority: 50, reset: null, health: { sendIntervalMs: 10_000 } });
  expect(failover).toMatchObject({
    mode: 'capture',
    families: ['ipv4'],
    routeProto: 136,
    failbackDelayMs: 0,
  });
});

it('keeps how imon decides, and what its script is told', () => {
  const { uplinks, failover, monitors, actions } = settingsIn(move('imon', 'imon-demo').text);
  expect(uplinks).toMatchObject({
    pnet: { interface: 'enxa0cec8003294', priority: 10, gateway: '192.168.42.1' },
    snet: { interface: 'enxa0cec80380a9', priority: 20, gateway: '192.168.62.1' },
  });
  expect(uplinks['pnet']?.health).toMatchObject({ targets: [], sendIntervalMs: 5000, down: 2, up: 1 });
  expect(failover).toMatchObject({ mode: 'overlay', preferPrimary: false, metricActive: 201 });
  expect(monitors['updown']).toMatchObject({
    ...{ schedule: { everyMs: 10_000 }, whileDownEveryMs: 1000, down: 1, up: 1 },
    probe: { kind: 'ping', body: { target: '1.1.1.1', count: 2, waitMs: 1000 } },
    confirm: [{ kind: 'dns', body: { target: '8.8.8.8', name: 'microsoft.com' } }],
    alsoPing: ['192.168.92.1', '192.168.1.1'],
  });
  expect(monitors['ddns']?.probe.kind).toBe('egress');
  expect(actions.map(({ on, subject }) => [subject, on[0]])).toEqual([
    ['updown', 'monitor.down'],
    ['ddns', 'egress.changed'],
    ['ping', 'probe.result'],
    [null, 'failover.initial'],
  ]);
  for (const { format, instance } of actions) expect([format, instance]).toEqual(['imon', 'demo']);
});

it("writes imon's failover that is not enabled as a comment, which is taken once it is none", () => {
  const { text } = move('imon', 'imon-main');
  expect(settingsIn(text)).toMatchObject({ uplinks: {}, failover: null });
  const whole = text.replace(/^# (uplinks|failover|  .*):?.*$/gm, (line) => line.slice(2));
  const { uplinks, failover } = settingsIn(whole.slice(0, whole.indexOf('monitors:')));
  expect(Object.keys(uplinks)).toEqual(['net42', 'net62']);
  expect(failover).toMatchObject({ mode: 'overlay', preferPrimary: true });
});

it('leaves a missing script as a comment, and says why', () => {
  const programProblems = (path: string): string => `there is no program ${path}`;
  const circumstances = { instance: null, rootFolder: null, programProblem: programProblems };
  const read = readPredecessor('imon', { ...circumstances, file: `${fixtures}imon-demo` });
  const text = read.ok ? read.moved.text : '';
  expect(text).toContain('# A comment for now: there is no program /usr/local/bin/imon-action\n# actions:');
  expect(settingsIn(text).actions).toEqual([]);
});

it('tells no secret beside the setting that it is', () => {
  const { text, lost, otherwise } = move('ping-tool', 'ping-tool-all.env');
  expect(text.match(/s3cret/g)).toHaveLength(1);
  expect(JSON.stringify([lost, otherwise])).not.toContain('s3cret');
});
