// What a packed agent brings along besides its program.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as z from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));
const Packed = z.array(z.object({ files: z.array(z.object({ path: z.string() })) }));

const pages = [
  'README.md',
  ...['request', 'probe', 'monitor', 'uplink', 'systemd'].map((folder) => `agent/${folder}/README.md`),
];

it('has its pages on use, and all that Home Assistant takes from it', () => {
  const told = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const packed = Packed.parse(JSON.parse(told)).flatMap(({ files }) => files.map(({ path }) => path));
  const wanted = readdirSync(`${root}/homeassistant`, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(md|yaml)$/.test(name))
    .map((name) => `homeassistant/${name}`);
  expect(wanted.length).toBeGreaterThan(6);
  expect([...wanted, ...pages].filter((path) => !packed.includes(path))).toEqual([]);
});
