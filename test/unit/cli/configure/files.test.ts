// All files are written, or none.
import {
  mkdirSync,
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
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFiles, writeFiles } from '../../../../agent/cli/configure/files.ts';
import { inFolder } from '../../../../agent/cli/configure/target.ts';
import { stampOf } from '../../../../agent/cli/new-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');
const stamp = '20261129T101112Z';
const change = (name: string, before: string | null, after: string, mode = 0o644) => ({
  path: at(name),
  before,
  after,
  mode,
});

it('stamps by the time in UTC', () => {
  expect(stampOf(new Date('2026-11-29T10:11:12.345Z'))).toBe(stamp);
});

it('writes new ones, keeps copies of those that were there', () => {
  writeFileSync(at('b'), 'was');
  expect(writeFiles([change('a', null, 'new', 0o600), change('b', 'was', 'is')], stamp)).toEqual([
    at(`b.bak-${stamp}`),
  ]);
  expect([read('a'), read('b'), read(`b.bak-${stamp}`)]).toEqual(['new', 'is', 'was']);
  expect(statSync(at('a')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toHaveLength(3);
});

it('makes the folder of a new one', () => {
  writeFiles([change('sub/a', null, 'new')], stamp);
  expect(read('sub/a')).toBe('new');
});

it.each<[string, () => void, RegExp]>([
  [
    'one has changed meanwhile',
    () => writeFileSync(at('b'), 'other'),
    /b has changed since it was read; begin once more$/,
  ],
  ['one is there meanwhile', () => writeFileSync(at('a'), ''), /a has changed since it was read/],
  [
    'one can not be written',
    () => mkdirSync(at(`b.new-${process.pid}`)),
    /b\.new-\d+ can't be written \(EEXIST\)$/,
  ],
  ['a copy can not be made', () => mkdirSync(at(`b.bak-${stamp}`)), /can't be written \(EEXIST\)$/],
])('writes none where %s', (_what, disturb, message) => {
  writeFileSync(at('b'), 'was');
  disturb();
  const before = readdirSync(folder).map((name) => [name, statSync(at(name)).isFile() ? read(name) : null]);
  expect(() => writeFiles([change('a', null, 'new'), change('b', 'was', 'is')], stamp)).toThrow(message);
  const after = readdirSync(folder).map((name) => [name, statSync(at(name)).isFile() ? read(name) : null]);
  expect(after).toEqual(before);
});

it('changes what a symbolic link leads to, and leaves the link', () => {
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
