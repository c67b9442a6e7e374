// Where commands find their settings, on a machine with services: each row with an /etc of its own.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Said, runCli } from '../../fixtures/cli.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-settings-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

/** `etc/` of the folder is the machine's, `here/` the folder that the command is given in. */
function ask(words: readonly string[], env: Record<string, string> = {}, prefix = ''): Promise<Said> {
  for (const name of ['etc', 'here']) mkdirSync(join(folder, name), { recursive: true });
  const script = `mount --bind "$0/etc" /etc && cd "$0/here" && exec ${prefix} "$@"`;
  return runCli(words, { env, prefix: ['unshare', '--mount', 'sh', '-c', script, folder] });
}

/** The name of the agent as whose a probe is made. */
async function agentBy(words: readonly string[] = [], env: Record<string, string> = {}): Promise<string> {
  const { stdout, stderr } = await ask(['probe', 'ping', '127.0.0.1', '--json', ...words], env);
  if (stdout === '') throw new Error(stderr);
  return z.object({ agent: z.string() }).parse(JSON.parse(stdout)).agent;
}

const both = (): void => {
  put('etc/pathproof/agent.env', 'DEVICE_NAME=service\n');
  put('here/agent.env', 'DEVICE_NAME=here\n');
};

describe('settings', () => {
  it('are those of this folder, else those of the service', async () => {
    both();
    expect(await agentBy()).toBe('here');
    rmSync(join(folder, 'here/agent.env'));
    expect(await agentBy()).toBe('service');
  });

  it('are those of the file that is named, whose paths are meant from its folder', async () => {
    both();
    put('else/my.env', 'CONFIG_FILE=my.yaml\nDEVICE_NAME=else\n');
    put('else/my.yaml', 'uplinks: { self: { interface: lo } }\n');
    expect(await agentBy(['--settings', '../else/my.env', '--via', 'self'])).toBe('else');
  });

  it('are those of an instance, as its unit has them', async () => {
    both();
    put('etc/pathproof/lab.yaml', 'uplinks: { self: { interface: lo } }\n');
    expect(await agentBy(['--instance', 'lab', '--via', 'self'])).toMatch(/-lab$/);
    put('etc/pathproof/lab.env', 'DEVICE_NAME=from-its-file\n');
    expect(await agentBy(['--instance', 'lab', '--via', 'self'])).toBe('from-its-file');
  });

  it('give way to the environment', async () => {
    both();
    expect(await agentBy([], { DEVICE_NAME: 'given' })).toBe('given');
  });

  it.each([
    [['--settings', 'nowhere.env'], 'there is no file "nowhere.env"'],
    [
      ['--instance', 'a b'],
      'the name of an instance must be 1 to 21 of A-Z a-z 0-9 _ -, the first a letter or a digit, not "a b"',
    ],
  ])('that there are not are told of: %j', async (words, sentence) => {
    for (const command of [['probe', 'ping', '127.0.0.1'], ['doctor'], ['cleanup']])
      expect(await ask([...command, ...words])).toEqual({
        status: 2,
        stdout: '',
        stderr: `pathproof ${command[0]}: ${sentence}\n`,
      });
    expect(await ask(['configure', '--defaults', ...words])).toEqual({
      status: 2,
      stdout: '',
      stderr: `pathproof configure: ${sentence}\nnothing was changed\n`,
    });
  });
});

describe('a file that this user may not read', () => {
  // Root that may not pass over modes is as any owner.
  const asOwner = 'setpriv --bounding-set=-dac_override,-dac_read_search';
  const sentence = '/etc/pathproof/agent.env may not be read by this user; sudo may\n';
  beforeEach(() => {
    put('etc/pathproof/agent.env', 'DEVICE_NAME=service\n');
    chmodSync(join(folder, 'etc/pathproof/agent.env'), 0);
  });

  it.each(['probe ping 127.0.0.1', 'doctor', 'cleanup'])('is told of, and ends %s', async (line) => {
    const words = line.split(' ');
    const stderr = `pathproof ${words[0]}: ${sentence}`;
    expect(await ask(words, {}, asOwner)).toEqual({ status: 2, stdout: '', stderr });
    const named = [...words, '--settings', '/etc/pathproof/agent.env'];
    expect(await ask(named, {}, asOwner)).toEqual({ status: 2, stdout: '', stderr });
  });

  it('is told of by configure, and so is a folder that may not be looked into', async () => {
    const words = ['configure', '--defaults'];
    const stderr = `pathproof configure: ${sentence}nothing was changed\n`;
    expect(await ask(words, {}, asOwner)).toEqual({ status: 2, stdout: '', stderr });
    chmodSync(join(folder, 'etc/pathproof'), 0);
    expect(await ask(words, {}, asOwner)).toEqual({ status: 2, stdout: '', stderr });
    chmodSync(join(folder, 'etc/pathproof'), 0o700);
  });

  it('is of no matter where there is one in this folder', async () => {
    put('here/agent.env', 'DEVICE_NAME=here\n');
    expect((await ask(['probe', 'ping', '127.0.0.1'], {}, asOwner)).status).toBe(0);
  });
});

describe('configure writes', () => {
  const proposed = async (...words: string[]): Promise<string> => {
    const said = await ask(['configure', '--defaults', '--dry-run', ...words]);
    expect([said.status, said.stderr]).toEqual([0, '']);
    return said.stdout;
  };

  it('the files that the other commands read', async () => {
    put('etc/pathproof/agent.env', 'CONFIG_FILE=/etc/pathproof/my.yaml\n');
    expect(await proposed()).toMatch(
      /^\+\+\+ \/etc\/pathproof\/my\.yaml$[^]*^\+\+\+ \/etc\/pathproof\/agent\.env$/m,
    );
    put('here/agent.env', '');
    expect(await proposed()).toContain(`+++ ${join(folder, 'here/agent.env')}\n`);
  });

  it("an instance's, there or not", async () => {
    put('etc/pathproof/agent.env', '');
    const shown = await proposed('--instance', 'lab');
    expect(shown).toMatch(/^\+\+\+ \/etc\/pathproof\/lab\.yaml$[^]*^\+\+\+ \/etc\/pathproof\/lab\.env$/m);
    expect(shown).toMatch(/^\+DEVICE_NAME=.*-lab$/m);
    expect(shown).toContain('+CONFIG_FILE=/etc/pathproof/lab.yaml\n');
  });
});
