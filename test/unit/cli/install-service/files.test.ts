// What is done at the place of a file.
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plansFor, stepFor } from '../../../../agent/cli/install-service/files.ts';
import { writeFiles } from '../../../../agent/cli/write-files.ts';

const text = '# Written by `pathproof install-service`, anew\n';
let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-files-'));
  path = join(folder, 'units', 'a.service');
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (once = false) => ({ path, text, mode: 0o640, once });
const put = (content: string): void => {
  mkdirSync(join(folder, 'units'), { recursive: true });
  writeFileSync(path, content);
};
function install(once = false): string {
  const step = stepFor(file(once));
  if (typeof step === 'string') return step;
  writeFiles(plansFor([step]));
  return step.what;
}

it('writes a file where nothing is', () => {
  expect(install()).toBe('write');
  expect(readFileSync(path, 'utf8')).toBe(text);
});

it('leaves one that is as it should be, and one that is the owner’s', () => {
  put(text);
  expect(install()).toBe('keep');
  put('SERVER_PORT=1\n');
  expect(install(true)).toBe('keep');
  expect(readFileSync(path, 'utf8')).toBe('SERVER_PORT=1\n');
});

it('keeps each one that it replaces', () => {
  for (const number of [1, 2]) {
    put(`# Written by \`pathproof install-service\`, ${number}\n`);
    expect(install()).toBe('replace');
    expect(readdirSync(join(folder, 'units'))).toHaveLength(number + 1);
  }
  expect(readFileSync(path, 'utf8')).toBe(text);
});

it('touches neither somebody else’s nor what is no file', () => {
  put('[Service]\n');
  expect(install()).toBe(`${path} was not written by pathproof: move it away, or put it into a drop-in`);
  rmSync(path);
  symlinkSync('/dev/null', path);
  expect(install()).toContain('is no plain file (a masked unit is a link)');
  rmSync(path);
  mkdirSync(path);
  expect(install()).toContain('is no plain file');
  expect(readdirSync(join(folder, 'units'))).toEqual(['a.service']);
});
