// The service as systemd tells of it: what is read, and what is told of it.
import { describe, expect, it } from 'vitest';
import { judgeService } from '../../../../agent/cli/doctor/service.ts';
import { type ServiceSeen, serviceReading } from '../../../../agent/cli/doctor/service/look.ts';
import { capabilitiesOf, lastErrorIn, settingsOf } from '../../../../agent/cli/doctor/service/read.ts';
import { debian, service } from './installations.ts';

const enable = 'sudo systemctl enable --now pathproof';
const look = 'sudo journalctl -u pathproof -n 20';
const restart = 'sudo systemctl restart pathproof  # once its cause is mended';

it.each<[string, Partial<ServiceSeen>, string, string, string[]]>([
  ['runs', {}, 'ok', 'active and enabled', []],
  ['stopped', { active: 'inactive' }, 'wrong', 'stopped, though it is to start with the machine', [enable]],
  [
    'never started',
    { active: 'inactive', enabled: 'disabled' },
    'warning',
    'installed, and neither enabled nor started',
    [enable],
  ],
  [
    'started once',
    { enabled: 'disabled' },
    'warning',
    'active, and not enabled: it does not start with the machine',
    [enable],
  ],
  [
    'masked',
    { enabled: 'masked' },
    'warning',
    'masked: nothing can start it',
    [`sudo systemctl unmask pathproof && ${enable}`],
  ],
  ['failed', { active: 'failed', lastError: 'no room' }, 'wrong', 'failed: no room', [look, restart]],
  [
    'without power',
    { active: 'failed', lastError: 'changing routes needs CAP_NET_ADMIN' },
    'wrong',
    'failed: changing routes needs CAP_NET_ADMIN',
    ['sudo pathproof install-service --failover && sudo systemctl restart pathproof', look, restart],
  ],
  [
    'fails again and again',
    { active: 'activating', sub: 'auto-restart', restarts: 7 },
    'wrong',
    'fails, and was started again 7 times',
    [look, restart],
  ],
  ['starts', { active: 'activating', sub: 'start' }, 'ok', 'activating and enabled', []],
])('that is %s', (_what, other, status, seen, mend) => {
  const finding = judgeService({ ...service, ...other }, '/etc/pathproof/agent.env', debian);
  expect(finding).toEqual({ subject: 'pathproof', status, seen, mend });
});

it('of other settings is said to be so, and none is no fault', () => {
  expect(judgeService(service, '/root/agent.env', debian).seen).toBe(
    'active and enabled; it reads /etc/pathproof/agent.env, which is not examined here',
  );
  expect(judgeService(null, '/root/agent.env', debian).status).toBe('ok');
});

it.each([
  ['/etc/pathproof/agent.env', 'pathproof'],
  ['/etc/pathproof/lab.env', 'pathproof@lab'],
  ['/home/pi/pathproof/agent.env', 'pathproof'],
])('%s is read by %s', (path, name) => expect(serviceReading(path)).toBe(name));

it('reads capabilities, and the file of its settings', () => {
  expect(capabilitiesOf('CapPrm:\t0\nCapEff:\t0000000000003000\n')).toEqual(['cap_net_admin', 'cap_net_raw']);
  expect(capabilitiesOf('CapEff:\t0000000000002000\n')).toEqual(['cap_net_raw']);
  expect(capabilitiesOf('')).toEqual([]);
  expect(settingsOf('/etc/pathproof/agent.env (ignore_errors=yes)')).toBe('/etc/pathproof/agent.env');
  expect(settingsOf('')).toBe(null);
});

describe('the last error of a journal', () => {
  const logged = (level: number, msg: string) => JSON.stringify({ level, time: 1, msg });
  const cleanup = ['pathproof cleanup needs the configuration, which is wrong:', '  X: is not known'];
  const ended = 'pathproof.service: Main process exited, code=exited, status=1/FAILURE';

  it.each<[string, string[], string | null]>([
    ['none', [logged(30, 'MQTT connected'), 'Started pathproof.service'], null],
    ['a logged one', [logged(50, 'first'), logged(50, 'last'), logged(30, 'ended'), ended], 'last'],
    ['a refusal', ['pathproof does not start:', '  no room', ended], 'no room'],
    [
      'several, of the last start',
      ['pathproof does not start; its configuration is wrong:', '  A: old', ended]
        .concat(['pathproof does not start; its configuration is wrong:', '  A: bad', '  B: bad'])
        .concat(cleanup, ended),
      'A: bad; B: bad',
    ],
    [
      "systemd's, where the agent said nothing",
      ['pathproof.service: Failed at step EXEC spawning /usr/bin/node: No such file or directory'],
      'Failed at step EXEC spawning /usr/bin/node: No such file or directory',
    ],
    ['of Node', ['Error: Cannot find module', '    at x (y:1:1)'], 'Error: Cannot find module'],
  ])('%s', (_what, lines, error) => expect(lastErrorIn(lines)).toBe(error));
});
