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
import { writeNewFile } from '../../../agent/cli/new-file.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-file-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const now = new Date('2026-11-20T07:00:00.123Z');
const write = (path: string, force = false) => writeNewFile({ path, text: 'new\n', mode: 0o640, force }, now);
const modeOf = (path: string): number => statSync(path).mode & 0o777;

it('writes a file that was not there', () => {
  const path = join(folder, 'file');
  expect(write(path)).toEqual({ ok: true, backup: null });
  expect([readFileSync(path, 'utf8'), modeOf(path)]).toEqual(['new\n', 0o640]);
  expect(readdirSync(folder)).toEqual(['file']);
});

it('leaves one that is there alone', () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'old\n');
  expect(write(path)).toEqual({ ok: false, why: `${path} is there already; --force puts it aside first` });
  expect(readFileSync(path, 'utf8')).toBe('old\n');
});

it('puts one aside where that is wanted, and only once at a moment', () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'old\n', { mode: 0o600 });
  const backup = `${path}.bak-20261120T070000Z`;
  expect(write(path, true)).toEqual({ ok: true, backup });
  expect([readFileSync(path, 'utf8'), readFileSync(backup, 'utf8')]).toEqual(['new\n', 'old\n']);
  expect([modeOf(path), modeOf(backup)]).toEqual([0o600, 0o600]);
  expect(write(path, true)).toMatchObject({ ok: false });
  expect(readFileSync(backup, 'utf8')).toBe('old\n');
  expect(readdirSync(folder)).toHaveLength(2);
});

it('follows a link to the file that is meant', () => {
  writeFileSync(join(folder, 'file'), 'old\n');
  symlinkSync('file', join(folder, 'link'));
  expect(write(join(folder, 'link'), true)).toMatchObject({ ok: true });
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('new\n');
  expect(readFileSync(join(folder, 'link'), 'utf8')).toBe('new\n');
});

it("says why it can't, and leaves nothing behind", () => {
  const sub = join(folder, 'sub');
  const nowhere = join(folder, 'no', 'file');
  mkdirSync(sub);
  expect(write(sub, true)).toEqual({ ok: false, why: `${sub} is no file that can be put aside` });
  const written = write(nowhere);
  expect(written.ok ? '' : written.why).toMatch(`${nowhere} can't be written: ENOENT`);
  expect(readdirSync(folder)).toEqual(['sub']);
});
