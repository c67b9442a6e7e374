// What is told at the end, for each way to have installed it: lines that work where the person is.
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { type Closing, closingLines } from '../../../../agent/cli/configure/closing.ts';
import { installationAt } from '../../../../agent/cli/installation.ts';

const packaged = ['/usr/lib/pathproof', false] as const;
const clone = ['/opt/pathproof', true] as const;

function told(
  [root, isClone]: readonly [string, boolean],
  folder: string,
  file: string,
  unit: Closing['unit'],
  hasSettings = false,
) {
  return closingLines({
    file,
    here: { folder, hasSettings, installation: installationAt(root, isClone, folder) },
    there: installationAt(root, isClone, dirname(file)),
    unit,
    probe: { target: '1.1.1.1', via: 'lte' },
  });
}
const settings = '/etc/pathproof/agent.env';

it.each<[string, string[], string[]]>([
  [
    'the Debian package',
    told(packaged, '/root', settings, 'there'),
    [
      'sudo systemctl enable --now pathproof',
      'sudo pathproof probe ping 1.1.1.1 --via lte',
      'sudo pathproof doctor',
    ],
  ],
  [
    'a service that runs already',
    told(packaged, '/etc/pathproof', settings, 'enabled'),
    [
      'sudo systemctl restart pathproof',
      'sudo pathproof probe ping 1.1.1.1 --via lte',
      'sudo pathproof doctor',
    ],
  ],
  [
    'one of several services',
    told(packaged, '/root', '/etc/pathproof/lab.env', 'there'),
    [
      'sudo systemctl enable --now pathproof@lab',
      'sudo pathproof probe ping 1.1.1.1 --via lte --instance lab',
      'sudo pathproof doctor --instance lab',
    ],
  ],
  [
    'a clone',
    told(clone, '/opt/pathproof', '/opt/pathproof/agent.env', 'none'),
    ['sudo npm start', 'sudo npx . probe ping 1.1.1.1 --via lte', 'sudo npx . doctor'],
  ],
  [
    'a clone that is to be a service',
    told(clone, '/opt/pathproof', settings, 'none'),
    [
      'sudo npx . install-service',
      'sudo systemctl enable --now pathproof',
      'sudo npx . probe ping 1.1.1.1 --via lte',
      'sudo npx . doctor',
    ],
  ],
  [
    'a clone with settings of its own, that is to be a service',
    told(clone, '/opt/pathproof', settings, 'there', true),
    [
      'sudo systemctl enable --now pathproof',
      'cd /etc/pathproof && sudo /opt/pathproof/agent/pathproof.mjs probe ping 1.1.1.1 --via lte',
      'cd /etc/pathproof && sudo /opt/pathproof/agent/pathproof.mjs doctor',
    ],
  ],
  [
    'a file of another name',
    told(clone, '/opt/pathproof', '/srv/one.env', 'none'),
    [
      'sudo npx . probe ping 1.1.1.1 --via lte --settings /srv/one.env',
      'sudo npx . doctor --settings /srv/one.env',
    ],
  ],
])('of %s', (_what, lines, wanted) => {
  const [head, ...rest] = lines;
  expect(head).toBe('What comes next:');
  expect(rest.map((line) => line.replace(/ {3}#.*$/, '').trim())).toEqual(wanted);
});
