// What is done at the place of a file, and that a write which fails leaves what was there.
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
import { carryOut, stepFor } from '../../../../agent/cli/install-service/files.ts';

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
async function install(once = false): Promise<string> {
  const step = await stepFor(file(once));
  if (typeof step === 'string') return step;
  await carryOut(step);
  return step.what;
}

it('writes a file where nothing is, with its folder and in its mode, whatever the umask', async () => {
  const former = process.umask(0o077);
  try {
    expect(await install()).toBe('write');
  } finally {
    process.umask(former);
  }
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(statSync(join(folder, 'units')).mode & 0o777).toBe(0o755);
});

it('leaves one that is as it should be, and one that is the owner’s', async () => {
  put(text);
  expect(await install()).toBe('keep');
  put('SERVER_PORT=1\n');
  expect(await install(true)).toBe('keep');
  expect(readFileSync(path, 'utf8')).toBe('SERVER_PORT=1\n');
});

it('keeps each one that it replaces', async () => {
  for (const [index, backup] of ['a.service.bak', 'a.service.bak2'].entries()) {
    put(`# Written by \`pathproof install-service\`, ${index}\n`);
    expect(await install()).toBe('replace');
    expect(readFileSync(join(folder, 'units', backup), 'utf8')).toContain(String(index));
  }
  expect(readFileSync(path, 'utf8')).toBe(text);
});

it('touches neither somebody else’s nor what is no file', async () => {
  put('[Service]\n');
  expect(await install()).toBe(
    `${path} was not written by pathproof: move it away, or put it into a drop-in`,
  );
  rmSync(path);
  symlinkSync('/dev/null', path);
  expect(await install()).toContain('is no plain file (a masked unit is a link)');
  rmSync(path);
  mkdirSync(path);
  expect(await install()).toContain('is no plain file');
  expect(readdirSync(join(folder, 'units'))).toEqual(['a.service']);
});

it('says what it could not write, and leaves nothing half written', async () => {
  writeFileSync(join(folder, 'units'), '');
  const step = { file: file(), what: 'write', backup: null } as const;
  await expect(carryOut(step)).rejects.toThrow(`${path} can't be written: E`);
});
