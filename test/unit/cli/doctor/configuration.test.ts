// The configuration: what mends a problem with it.
import { expect, it } from 'vitest';
import { judgeConfiguration, judgeProblems } from '../../../../agent/cli/doctor/configuration.ts';
import { clone } from './installations.ts';

const place = {
  settingsFile: '/srv/pathproof/agent.env',
  text: '# mine\nLOG_LEVEL=info\nSERVER_PORT=eighty\n',
  mayWrite: (path: string) => path.startsWith('/srv/'),
  installation: clone,
};
const nano = '${EDITOR:-nano}';

it.each([
  ['SERVER_PORT', 'must be a whole number', `${nano} +3 /srv/pathproof/agent.env  # SERVER_PORT=…`],
  ['MQTT_URL', 'is none', 'unset MQTT_URL  # it comes from the environment'],
  ['/srv/pathproof/agent.env line 3', 'is neither', `${nano} +3 /srv/pathproof/agent.env`],
  [
    '/srv/pathproof/agent.env LOG_LEVEL',
    'is given twice',
    `${nano} +2 /srv/pathproof/agent.env  # LOG_LEVEL=…`,
  ],
  ['/etc/pathproof/config.yaml', 'uplinks.lte: unknown key', `sudo ${nano} /etc/pathproof/config.yaml`],
  ['/etc/pathproof/config.yaml', 'a tab at line 7, column 1', `sudo ${nano} +7 /etc/pathproof/config.yaml`],
  ['agent.env', "can't be read: EACCES: permission denied, open 'agent.env'", 'sudo npx . doctor'],
  ['CONFIG_FILE', "can't be read: EACCES: permission denied", 'sudo npx . doctor'],
])('%s: %s', (path, message, mend) => {
  expect(judgeProblems([{ path, message }], place)).toMatchObject([{ status: 'wrong', mend: [mend] }]);
});

it('the configuration is told with the files that were read, or where one could be', () => {
  const file = '/etc/pathproof/lab.yaml';
  const read = { envFile: '/etc/pathproof/lab.env', tried: [] };
  expect(judgeConfiguration({ CONFIG_FILE: file }, read).seen).toBe(`/etc/pathproof/lab.env; ${file}`);
  const none = { envFile: null, tried: ['/srv/agent.env', '/etc/pathproof/agent.env'] };
  expect(judgeConfiguration({ CONFIG_FILE: undefined }, none).seen).toBe(
    'no /srv/agent.env, no /etc/pathproof/agent.env; CONFIG_FILE is not set',
  );
});
