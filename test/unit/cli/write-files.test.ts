// All files are written, or none; and what was there is kept as it was, by name and by who may read it.
import {
  chmodSync,
  chownSync,
  existsSync,
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
import { type Plan, backupName, writeFiles } from '../../../agent/cli/write-files.ts';
import { needsRealRoot } from '../../lab/root.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-write-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const now = new Date('2026-11-29T10:11:12.345Z');
const stamp = '20261129T101112Z';
const at = (name: string): string => join(folder, name);
const read = (name: string): string => readFileSync(at(name), 'utf8');
const modeOf = (name: string): number => statSync(at(name)).mode & 0o777;
const write = (...plans: Plan[]) => writeFiles(plans, now);
const plan = (name: string, more: Partial<Plan> = {}): Plan => ({
  ...{ path: at(name), text: 'new', mode: 0o644, ifThere: 'replace', ...more },
});
/** Every name with what it holds. */
const content = () =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => [name, statSync(at(name)).isFile() ? read(name) : null]);

it('writes new ones with their folder, in their modes, whatever the umask', () => {
  const former = process.umask(0o077);
  try {
    expect(write(plan('sub/a', { mode: 0o640 }), plan('b', { ifThere: 'refuse' }))).toEqual({
      files: [
        { path: at('sub/a'), what: 'made', backup: null },
        { path: at('b'), what: 'made', backup: null },
      ],
      folders: [at('sub')],
    });
  } finally {
    process.umask(former);
  }
  expect(content()).toEqual([
    ['b', 'new'],
    ['sub', null],
    ['sub/a', 'new'],
  ]);
  expect(['sub', 'sub/a', 'b'].map(modeOf)).toEqual([0o755, 0o640, 0o644]);
});

it('replaces one in its own mode, and keeps each former one in it', () => {
  for (const [text, backup] of [
    ['one', `a.bak-${stamp}`],
    ['two', `a.bak-${stamp}-2`],
  ] as const) {
    writeFileSync(at('a'), text);
    chmodSync(at('a'), 0o664);
    expect(backupName(at('a'), now)).toBe(at(backup));
    expect(write(plan('a')).files).toEqual([{ path: at('a'), what: 'replaced', backup: at(backup) }]);
    expect([read('a'), read(backup)]).toEqual(['new', text]);
    expect([modeOf('a'), modeOf(backup)]).toEqual([0o664, 0o664]);
  }
});

it('lets nobody else read a secret, nor the former one', () => {
  writeFileSync(at('a'), 'old');
  chmodSync(at('a'), 0o644);
  write(plan('a', { mode: 0o600 }));
  expect([modeOf('a'), modeOf(`a.bak-${stamp}`)]).toEqual([0o600, 0o600]);
});

it('leaves files to their owner, and new ones to that of the folder', () => {
  needsRealRoot('a file of another user');
  const [uid, gid] = [1, 1];
  writeFileSync(at('a'), 'old');
  mkdirSync(at('sub'));
  for (const name of ['a', 'sub']) chownSync(at(name), uid, gid);
  write(plan('a'), plan('sub/b'));
  for (const name of ['a', `a.bak-${stamp}`, 'sub/b']) expect(statSync(at(name))).toMatchObject({ uid, gid });
});

it('keeps what is there where that is wanted', () => {
  writeFileSync(at('a'), 'old');
  expect(write(plan('a', { ifThere: 'keep' })).files).toEqual([
    { path: at('a'), what: 'kept', backup: null },
  ]);
  expect(content()).toEqual([['a', 'old']]);
});

it('changes what a symbolic link leads to, and leaves the link', () => {
  mkdirSync(at('real'));
  writeFileSync(at('real/a'), 'old');
  symlinkSync('real/a', at('a'));
  expect(write(plan('a')).files[0]?.backup).toBe(at(`real/a.bak-${stamp}`));
  expect([read('a'), read('real/a')]).toEqual(['new', 'new']);
});

it.each<[string, () => void, Partial<Plan>, string]>([
  ['has changed meanwhile', () => writeFileSync(at('z'), 'other'), { before: 'was' }, changed('z')],
  ['is there meanwhile', () => writeFileSync(at('z'), ''), { before: null }, changed('z')],
  ['is gone meanwhile', () => undefined, { before: 'was' }, changed('z')],
  [
    'is there and must not be',
    () => writeFileSync(at('z'), ''),
    { ifThere: 'refuse' },
    'FOLDER/z is there already',
  ],
  ['is a folder', () => mkdirSync(at('z')), {}, 'FOLDER/z is no file'],
  [
    'is a link to nowhere',
    () => symlinkSync('no', at('z')),
    {},
    `FOLDER/z is a symbolic link that leads nowhere`,
  ],
  [
    'can not be written',
    () => mkdirSync(at(`z.new-${process.pid}`)),
    {},
    "FOLDER/z can't be written (EEXIST)",
  ],
  [
    'can not be put in its place',
    () => undefined,
    { path: '/proc/self/z' },
    "/proc/self/z can't be written (ENOENT)",
  ],
  [
    'has no folder, nor one to make it in',
    () => undefined,
    { path: '/no/such/z' },
    "the folder /no/such can't be made: there is no folder /no",
  ],
])('writes none where one %s', (_what, disturb, last, message) => {
  writeFileSync(at('a'), 'was');
  disturb();
  const names = readdirSync(folder);
  const wanted = [plan('a'), plan('b'), plan('sub/c'), plan('z', last)];
  expect(() => write(...wanted)).toThrow(message.replace('FOLDER', folder));
  expect(readdirSync(folder)).toEqual(names);
  expect(read('a')).toBe('was');
  expect(existsSync(at('sub'))).toBe(false);
});

function changed(name: string): string {
  return `FOLDER/${name} has changed since it was read; begin once more`;
}

it('puts the former ones back where a later one fails at the last moment', () => {
  writeFileSync(at('a'), 'was');
  writeFileSync(at('b'), 'was');
  // No name is left for the former one of the second.
  for (let name = backupName(at('b'), now); !existsSync(name); name = backupName(at('b'), now))
    writeFileSync(name, '');
  const before = content();
  expect(() => write(plan('new'), plan('a'), plan('b'))).toThrow(`${at('b')} can't be written (EEXIST)`);
  expect(content()).toEqual(before);
});
