// The files that configure finds, behind links and by agent.env's own word.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFiles } from '../../../../agent/cli/configure/files.ts';
import { inFolder } from '../../../../agent/cli/configure/target.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
it('finds what a symbolic link leads to', () => {
  mkdirSync(at('real'));
  writeFileSync(at('real/agent.env'), 'DEVICE_NAME=a\n');
  symlinkSync(at('real/agent.env'), at('agent.env'));
  expect(findFiles(inFolder(folder)).paths).toEqual({ env: at('real/agent.env'), yaml: at('config.yaml') });
});

it('finds the YAML file where agent.env says it is', () => {
  writeFileSync(at('agent.env'), 'CONFIG_FILE=sub/my.yaml\n');
  expect(findFiles(inFolder(folder))).toMatchObject({
    configFile: 'sub/my.yaml',
    paths: { yaml: at('sub/my.yaml') },
    texts: { yaml: null },
  });
});

it('takes no file for text that is none', () => {
  writeFileSync(at('agent.env'), Buffer.from([0x41, 0, 0x42]));
  expect(() => findFiles(inFolder(folder))).toThrow('agent.env is no text: that is none of ours');
});
