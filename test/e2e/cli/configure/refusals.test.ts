// What `pathproof configure` can not do, in exact words, and nothing changed.
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agentNode, run } from '../../../lab/programs.ts';
import { at, configure, folder, setUp } from './kit.ts';

setUp();

describe('what can not be', () => {
  it.each<[string, string[], string, () => void]>([
    [
      'no terminal',
      [],
      'questions need a terminal; --defaults writes without any what they would propose',
      nothing,
    ],
    ['--yes alone', ['--yes'], '--yes belongs to --defaults: without it there are questions', nothing],
    [
      '--yes beside --dry-run',
      ['--defaults', '--yes', '--dry-run'],
      '--dry-run writes nothing, which --yes would allow',
      nothing,
    ],
    [
      'a half-written agent.env',
      ['--defaults'],
      'FOLDER/agent.env is not as the agent reads it; mend it, or move it away:\n  agent.env line 1: is neither NAME=value nor a comment (#) nor blank',
      () => writeFileSync(at('agent.env'), 'DEVICE_NA'),
    ],
    [
      'an agent.env that is none of ours',
      ['--defaults'],
      'FOLDER/agent.env is no text: that is none of ours',
      () => writeFileSync(at('agent.env'), Buffer.from([0xff, 0xfe, 0])),
    ],
    [
      'a half-written YAML file',
      ['--defaults'],
      'FOLDER/config.yaml is not as the agent reads it; mend it, or move it away:\n  ',
      () => writeFileSync(at('config.yaml'), 'uplinks: { fibre: { interface: eth0'),
    ],
    [
      'a YAML file of another program',
      ['--defaults'],
      'FOLDER/config.yaml is not as the agent reads it; mend it, or move it away:\n  unknown key "services"',
      () => writeFileSync(at('config.yaml'), 'services: { web: { image: nginx } }\n'),
    ],
    [
      'a YAML file that is a folder',
      ['--defaults'],
      'FOLDER/config.yaml is not a file',
      () => mkdirSync(at('config.yaml')),
    ],
    [
      'a link to nowhere',
      ['--defaults'],
      'FOLDER/agent.env is a symbolic link that leads nowhere',
      () => symlinkSync(at('nowhere'), at('agent.env')),
    ],
    [
      'a folder in a folder that there is not',
      ['--defaults', '--directory', '/no/such'],
      "the folder /no/such can't be made: there is no folder /no",
      nothing,
    ],
    [
      'a YAML file in such a one',
      ['--defaults'],
      "the folder /no/such can't be made: there is no folder /no",
      () => writeFileSync(at('agent.env'), 'CONFIG_FILE=/no/such/my.yaml\n'),
    ],
    ['no folder', ['--defaults', '--directory', '/etc/passwd'], '/etc/passwd is not a folder', nothing],
    ['an empty one', ['--defaults', '--directory', ''], '--directory needs a folder', nothing],
  ])('%s', async (_what, words, message, prepare) => {
    prepare();
    const before = readdirSync(folder);
    const { status, stdout, stderr } = await configure(...words);
    expect(stderr).toContain(`pathproof configure: ${message.replace('FOLDER', folder)}`);
    expect(stderr).toMatch(/\nnothing was changed\n$/);
    expect([status, stdout, readdirSync(folder)]).toEqual([2, '', before]);
  });

  it('a folder that is not writable', async () => {
    await run(agentNode, ['mount', '-t', 'tmpfs', '-o', 'ro', 'none', folder]);
    try {
      const { status, stderr } = await configure('--defaults');
      expect([status, stderr]).toEqual([
        2,
        `pathproof configure: ${folder} is not writable (EROFS)\nnothing was changed\n`,
      ]);
      expect((await configure('--defaults', '--dry-run')).status).toBe(0);
    } finally {
      await run(agentNode, ['umount', folder]);
    }
  });

  it('an option that there is not', async () => {
    const { status, stderr } = await configure('--default');
    expect([status, stderr]).toEqual([
      2,
      "pathproof: unknown option '--default'\n(Did you mean --defaults?)\n",
    ]);
  });
});

function nothing(): void {
  // as it is
}
