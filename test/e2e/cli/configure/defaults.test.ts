// `pathproof configure --defaults`: writes what it sees, and keeps what it does not know.
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../../fixtures/cli.ts';
import { at, configure, echoesHeard, folder, ownEnv, ownYaml, read, setUp } from './kit.ts';

setUp();

describe('--defaults', () => {
  it('writes what it sees, asks nothing and contacts nobody', async () => {
    const before = await echoesHeard();
    const { status, stdout, stderr } = await configure('--defaults');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('+    interface: eth0');
    expect(stdout).not.toContain('\x1b');
    expect(read('config.yaml')).toMatchInlineSnapshot(`
      "# Uplinks, failover and monitors, written by \`pathproof configure\`. SIGHUP makes the agent read it again.

      # The ways out. Probes and monitors name one as \`via\`.
      uplinks:
        eth0:
          interface: eth0 # where it leaves by
          priority: 10 # the smaller is preferred
        eth1:
          interface: eth1 # where it leaves by
          priority: 20 # the smaller is preferred
      "
    `);
    expect(await echoesHeard()).toBe(before);
    expect((await configure('--defaults')).stdout).toBe('nothing to change\n');
    expect(readdirSync(folder).sort()).toEqual(['agent.env', 'config.yaml']);
  });

  it('makes the folder that is missing, for everybody to read, and says so', async () => {
    const missing = at('pathproof');
    const words = ['configure', '--defaults', '--directory', missing];
    expect(await runCli([...words, '--dry-run'])).toMatchObject({ status: 0 });
    expect(readdirSync(folder)).toEqual([]);
    const { status, stdout } = await runCli(words);
    expect([status, readdirSync(missing).sort()]).toEqual([0, ['agent.env', 'config.yaml']]);
    expect(stdout).toContain(`made the folder: ${missing}\nwritten: ${missing}/config.yaml\n`);
    expect(statSync(missing).mode & 0o777).toBe(0o755);
  });

  it('takes the untouched template of agent.env for a new file, and one with a line of a person for none', async () => {
    const template = readFileSync(new URL('../../../../agent.env.example', import.meta.url), 'utf8');
    writeFileSync(at('agent.env'), template);
    const { status, stdout } = await configure('--defaults');
    expect([status, read('agent.env')]).toEqual([0, expect.stringContaining('\nCONFIG_FILE=')]);
    expect(stdout).toMatch(/\nWhat comes next:\n(.*\n)*.* probe ping 1\.1\.1\.1 --via \S+ .*\n.* doctor /);
    writeFileSync(at('agent.env'), `${template}LOG_LEVEL=info\n`);
    const refused = await configure('--defaults');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(`${at('agent.env')} would change: --yes allows it`);
  });

  it('shows what it would write with --dry-run, and writes nothing', async () => {
    const { status, stdout } = await configure('--defaults', '--dry-run');
    expect([status, readdirSync(folder)]).toEqual([0, []]);
    expect(stdout).toMatch(/^\+\+\+ .*config\.yaml$/m);
    expect(stdout).toMatch(/nothing was changed \(--dry-run\)\n$/);
  });

  it('changes no file that is there without --yes', async () => {
    writeFileSync(at('agent.env'), ownEnv);
    writeFileSync(at('my.yaml'), ownYaml);
    const { status, stdout, stderr } = await configure('--defaults');
    expect(status).toBe(2);
    expect(stderr).toBe(
      `pathproof configure: ${at('my.yaml')} and ${at('agent.env')} would change: --yes allows it (a copy is kept)\n` +
        'nothing was changed\n',
    );
    expect(stdout).not.toContain('abcd');
    expect([read('agent.env'), read('my.yaml'), readdirSync(folder).length]).toEqual([ownEnv, ownYaml, 2]);
  });

  it('keeps what it does not know, and copies of what was there', async () => {
    writeFileSync(at('agent.env'), ownEnv, { mode: 0o644 });
    writeFileSync(at('my.yaml'), ownYaml, { mode: 0o640 });
    const { status, stdout } = await configure('--defaults', '--yes');
    expect(status).toBe(0);
    const [, firstLine, ...others] = read('agent.env').split('\n');
    expect([firstLine, ...others]).toEqual([
      'export LOG_LEVEL=debug',
      '#DEVICE_NAME=pi',
      expect.stringMatching(/^DEVICE_NAME=/),
      "BRIDGE_TOKEN='abcd efgh'",
      'CONFIG_FILE=my.yaml',
      '',
    ]);
    expect(read('my.yaml')).toBe(
      ownYaml.replace(
        '# the fast one\n',
        '# the fast one\n  eth1:\n    interface: eth1 # where it leaves by\n    priority: 20 # the smaller is preferred\n',
      ),
    );
    expect(stdout.split('\n').filter((line) => /^[-+](?![-+])/.test(line))).toHaveLength(4);
    const [envCopy = '', yamlCopy = ''] = readdirSync(folder).filter((name) => name.includes('.bak-'));
    expect([envCopy, yamlCopy]).toEqual([
      expect.stringMatching(/^agent\.env\.bak-\d{8}T\d{6}Z$/),
      expect.stringMatching(/^my\.yaml\.bak-\d{8}T\d{6}Z$/),
    ]);
    expect([read(envCopy), read(yamlCopy)]).toEqual([ownEnv, ownYaml]);
    const modes = ['agent.env', envCopy, 'my.yaml', yamlCopy].map((name) => statSync(at(name)).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o640, 0o640]);
  });
});
