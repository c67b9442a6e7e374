// `pathproof import` as a person types it: what it writes, where, what it says, and its status.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cliWords } from '../../fixtures/cli.ts';
import { Terminal } from '../../fixtures/pty.ts';
import { asking, pathUnit, serviceUnit } from '../../../agent/cli/import/root-units.ts';
import { readFileSettings } from '../../../agent/config/file.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const fixtures = join(root, 'test/fixtures/import');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function pathproof(...words: string[]) {
  const argv = [join(root, 'agent/pathproof.mjs'), ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A fixture with its scripts in the test's folder; answers its path. */
function fixture(name: string): string {
  const script = join(folder, 'script');
  writeFileSync(script, '#!/bin/true\n');
  chmodSync(script, 0o755);
  const text = readFileSync(join(fixtures, name), 'utf8');
  const path = join(folder, name);
  writeFileSync(path, text.replaceAll(/\/(usr\/local\/bin\/imon-action|path\/to\/script\.sh)/g, script));
  return path;
}

it.each([
  ['imon', 'imon-demo'],
  ['py-pingu', 'py-pingu.json'],
])('writes the file of %s to stdout and what is to be known to stderr', (predecessor, name) => {
  const { status, stdout, stderr } = pathproof('import', predecessor, fixture(name));
  expect(status).toBe(0);
  expect(readFileSettings(stdout)).toMatchObject({ ok: true });
  expect(stderr).toMatch(/^Otherwise than before:$/m);
  expect(stderr).toContain(`Ran as root so far:\n  ${folder}/script (`);
  expect(stderr).toContain('import again with --root-units');
  expect(stderr).not.toContain('sudo systemctl');
  const byRoot = pathproof('import', predecessor, fixture(name), '--root-units').stderr;
  expect(byRoot).not.toContain('import again');
  expect(byRoot).toMatch(/^sudo systemctl enable --now pathproof-root-\S+\.path$/m);
});

it('says on a terminal what stands in the file once, and all of it beside a file', async () => {
  const words = ['import', 'imon', fixture('imon-demo')];
  const timesIn = (text: string): number => text.split('Otherwise than before:').length - 1;
  await using shown = new Terminal(cliWords(words), { cwd: folder });
  expect(await shown.ended()).toBe(0);
  expect(timesIn(shown.text())).toBe(1);
  expect(shown.text()).toContain('It belongs into /etc/pathproof/');
  await using written = new Terminal(cliWords([...words, '--output', 'out.yaml']), { cwd: folder });
  expect(await written.ended()).toBe(0);
  expect(timesIn(written.text())).toBe(1);
});

it('warns of two that move the default route only where imon did', () => {
  expect(pathproof('import', 'imon', fixture('imon-demo')).stderr).toContain(
    'both would move the default route',
  );
  expect(pathproof('import', 'imon', fixture('imon-main')).stderr).toMatch(
    /^Stop imon once pathproof runs: both would tell of the same\.$/m,
  );
});

it('writes a file that nobody else can read for ping-tool, and not over another', () => {
  copyFileSync(join(fixtures, 'ping-tool-all.env'), join(folder, '.env'));
  const words = ['import', 'ping-tool', '.env', '--output', 'agent.env'];
  const first = pathproof(...words);
  expect(first).toMatchObject({ status: 0, stdout: '' });
  expect(first.stderr).not.toContain('s3cret');
  expect(statSync(join(folder, 'agent.env')).mode & 0o777).toBe(0o600);
  expect(pathproof(...words)).toEqual({
    status: 2,
    stdout: '',
    stderr: 'pathproof import ping-tool: agent.env is there already; --force puts it aside first\n',
  });
  expect(pathproof(...words, '--force').stderr).toMatch(
    /^Written: agent\.env; the former one is \S*agent\.env\.bak-\d{8}T\d{6}Z$/m,
  );
  expect(readdirSync(folder).filter((name) => name.startsWith('agent.env'))).toHaveLength(2);
});

it.each([
  [
    'nothing there',
    ['import', 'imon', 'nothing', '--output', 'out'],
    'pathproof import imon: nothing is not there\n',
  ],
  [
    '--force without --output',
    ['import', 'imon', 'nothing', '--force'],
    'pathproof import imon: --force is for --output, which is not given\n',
  ],
  [
    'an empty --output',
    ['import', 'imon', 'nothing', '--output', ''],
    'pathproof import imon: --output needs a file\n',
  ],
  [
    'a folder as --output',
    ['import', 'imon', 'nothing', '--output', '/tmp'],
    'pathproof import imon: --output is a folder (/tmp): name a file in it\n',
  ],
  [
    'a folder that is not there as --output',
    ['import', 'imon', 'nothing', '--output', 'out/'],
    'pathproof import imon: --output is a folder (out/): name a file in it\n',
  ],
  ['no file', ['import', 'imon'], "pathproof: missing required argument 'file'\n"],
  [
    'an option of others',
    ['import', 'py-pingu', 'x', '--instance', 'y'],
    "pathproof: unknown option '--instance'\n",
  ],
])('refuses %s, and writes nothing', (_what, words, told) => {
  expect(pathproof(...words)).toEqual({ status: 2, stdout: '', stderr: told });
  expect(existsSync(join(folder, 'out'))).toBe(false);
});

it('makes the folder of --output where the one above it is there, and says so', () => {
  const path = fixture('imon-demo');
  const { status, stderr } = pathproof('import', 'imon', path, '--output', 'new/config.yaml');
  expect([status, stderr]).toEqual([
    0,
    expect.stringMatching(/^Made the folder: new\nWritten: new\/config\.yaml\n/),
  ]);
  expect(readFileSettings(readFileSync(join(folder, 'new/config.yaml'), 'utf8'))).toMatchObject({ ok: true });
  expect(pathproof('import', 'imon', path, '--output', 'no/such/config.yaml')).toEqual({
    status: 2,
    stdout: '',
    stderr: "pathproof import imon: the folder no/such can't be made: there is no folder no\n",
  });
  expect(existsSync(join(folder, 'no'))).toBe(false);
});

it('does not write over what it reads', () => {
  const path = fixture('imon-demo');
  const before = readFileSync(path, 'utf8');
  symlinkSync(path, join(folder, 'link'));
  expect(pathproof('import', 'imon', path, '--force', '--output', 'link').status).toBe(2);
  expect(readFileSync(path, 'utf8')).toBe(before);
});

it('says of each predecessor how it is used', () => {
  for (const predecessor of ['imon', 'py-pingu', 'ping-tool']) {
    const { status, stdout } = pathproof('import', predecessor, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain(`Examples:\n  pathproof import ${predecessor} `);
  }
});

/** What systemd would run, the program's own and those before it. */
function serve(unit: string, directory: string): number | null {
  const commands = unit.split('\n').flatMap((line) => /^ExecStart(?:Pre)?=(.*)$/.exec(line)?.[1] ?? []);
  for (const command of commands) {
    const [file = '', ...words] = command.replaceAll('/run/pathproof-root-it', directory).split(' ');
    const { status } = spawnSync(file, words);
    if (status !== 0) return status;
  }
  return 0;
}

const script = (): string => {
  const path = join(folder, 'told');
  writeFileSync(path, '#!/bin/bash\nprintf "%s|" "$@" >> "$0.log"; echo >> "$0.log"\n');
  chmodSync(path, 0o755);
  return path;
};

it("has root's unit run the script with each list of arguments that the agent left", () => {
  const program = { path: script(), use: 'it', name: 'it', hasArguments: true, timeoutMs: 1000 };
  const [file, ...words] = asking(program, folder);
  const lists = [
    ['main', '0', 'failover-primary', 'my net;touch x:Primary:eth0:192.0.2.2'],
    ['main', '0', 'updown-online', "it's $HOME `id` * \t-n", ''],
    ['--help'],
  ];
  for (const list of lists) expect(spawnSync(file, [...words, ...list]).status).toBe(0);
  expect(serve(serviceUnit(program, folder), folder)).toBe(0);
  expect(readFileSync(join(folder, 'told.log'), 'utf8')).toBe(
    lists.map((list) => `${list.join('|')}|\n`).join(''),
  );
  expect(existsSync(join(folder, 'ask-root-it'))).toBe(false);
});

it("has root's unit take no link of the agent's", () => {
  const program = { path: script(), use: 'it', name: 'it', hasArguments: true, timeoutMs: 1000 };
  const elsewhere = mkdtempSync(join(tmpdir(), 'import-run-'));
  try {
    symlinkSync('/etc/passwd', join(folder, 'ask-root-it'));
    expect(serve(serviceUnit(program, folder), elsewhere)).toBe(1);
    expect(existsSync(join(folder, 'told.log'))).toBe(false);
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

it("has root's unit run a script without arguments once it is asked", () => {
  const program = { path: script(), use: 'it', name: 'it', hasArguments: false, timeoutMs: 1000 };
  const [file, ...words] = asking(program, folder);
  expect(spawnSync(file, words).status).toBe(0);
  expect(pathUnit(program, folder)).toContain(`PathExists=${folder}/ask-root-it\n`);
  expect(serve(serviceUnit(program, folder), folder)).toBe(0);
  expect(readFileSync(join(folder, 'told.log'), 'utf8')).toBe('|\n');
  expect(existsSync(join(folder, 'ask-root-it'))).toBe(false);
});

it('prints units that systemd takes, where it can be asked', () => {
  if (!existsSync('/usr/bin/systemd-analyze')) return;
  for (const hasArguments of [true, false]) {
    const program = { path: '/bin/true', use: 'it', name: 'it', hasArguments, timeoutMs: 1000 };
    const service = join(folder, 'pathproof-root-it.service');
    const path = join(folder, 'pathproof-root-it.path');
    writeFileSync(service, serviceUnit(program, '/var/lib/pathproof'));
    writeFileSync(path, pathUnit(program, '/var/lib/pathproof'));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', service, path], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  }
});
