// Where agents on a machine keep what they captured.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stateFolders } from '../../../agent/cli/cleanup/state-folders.ts';

it('are the state folder that was given and those of all services, each once, behind their links', () => {
  const lib = realpathSync(mkdtempSync(join(tmpdir(), 'pathproof-lib-')));
  onTestFinished(() => rmSync(lib, { recursive: true }));
  const at = (name: string): string => join(lib, name);
  for (const name of ['pathproof', 'pathproofs', 'private/pathproof-lab', 'own'])
    mkdirSync(at(name), { recursive: true });
  symlinkSync('private/pathproof-lab', at('pathproof-lab'));
  symlinkSync('private/pathproof-gone', at('pathproof-gone'));
  const services = [at('pathproof'), at('private/pathproof-lab')];
  expect(stateFolders(at('own'), lib).sort()).toEqual([at('own'), ...services].sort());
  expect(stateFolders(at('pathproof-lab'), lib).sort()).toEqual(services);
  expect(stateFolders(at('nowhere'), at('nowhere'))).toEqual([]);
});
