// What is known of a service without asking systemd is what its unit says.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isInstance, servicePlace } from '../../../agent/config/service.ts';

/** The unit's own lines, with what systemd puts in the place of %i, %l and %S (systemd.unit(5)). */
function unitSays(unit: string, instance: string) {
  const text = readFileSync(`agent/systemd/${unit}`, 'utf8')
    .replaceAll('%i', instance)
    .replaceAll('%l', 'attic')
    .replaceAll('%S', '/var/lib');
  const line = (key: string): string => new RegExp(`^${key}=-?(.*)$`, 'm').exec(text)?.[1] ?? '';
  return {
    envFile: line('EnvironmentFile'),
    defaults: Object.fromEntries(
      line('Environment')
        .split(' ')
        .map((one): [string, string] => {
          const [name = '', value = ''] = one.split('=');
          return [name, value];
        }),
    ),
    folder: line('WorkingDirectory'),
  };
}

it('is what the units say', () => {
  expect(servicePlace(null, 'attic.home.example')).toEqual(unitSays('pathproof.service', ''));
  expect(servicePlace('lab', 'attic.home.example')).toEqual(unitSays('pathproof@.service', 'lab'));
});

it.each([
  ['one', true],
  ['Lab-2_b', true],
  ['a'.repeat(21), true],
  ['a'.repeat(22), false],
  ['', false],
  ['-one', false],
  ['one.two', false],
  ['../one', false],
  ['one\n', false],
])('judges %j as an instance’s name', (name, is) => {
  expect(isInstance(name)).toBe(is);
});
