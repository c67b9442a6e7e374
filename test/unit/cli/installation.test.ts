// What a person types to call pathproof again, by where it is installed and where they are.
import { expect, it } from 'vitest';
import { installationAt } from '../../../agent/cli/installation.ts';

it.each([
  ['the Debian package', '/usr/lib/pathproof', false, '/root', 'pathproof', 'pathproof run'],
  ['a clone, in it', '/home/pi/pathproof', true, '/home/pi/pathproof', 'npx .', 'npm start'],
  [
    'a clone, elsewhere',
    '/opt/pathproof',
    true,
    '/etc/pathproof',
    '/opt/pathproof/agent/pathproof.mjs',
    '/opt/pathproof/agent/pathproof.mjs run',
  ],
  [
    'a path that a shell would split',
    "/opt/it's here",
    false,
    '/',
    "'/opt/it'\\''s here/agent/pathproof.mjs'",
    "'/opt/it'\\''s here/agent/pathproof.mjs' run",
  ],
])('%s', (_what, root, isClone, folder, command, start) => {
  expect(installationAt(root, isClone, folder)).toMatchObject({ root, isClone, command, start });
});

it.each([
  ['/opt/pathproof', '/opt/pathproof', ''],
  ['/opt/pathproof', '/', 'cd /opt/pathproof && '],
  ['/opt/path proof', '/', "cd '/opt/path proof' && "],
])('%s is gone to from %s by %j', (root, folder, goThere) => {
  expect(installationAt(root, true, folder).goThere).toBe(goThere);
});
