// What doctor makes of an uplink that it looked at.
import { describe, expect, it } from 'vitest';
import {
  type Around,
  insteadOf,
  judgeNoUplinks,
  judgeUplink,
} from '../../../../agent/cli/doctor/uplinks/judge.ts';
import type { Reply, UplinkSeen } from '../../../../agent/cli/doctor/uplinks/look.ts';

const around: Around = {
  manager: null,
  interfaces: ['eth0', 'eth1'],
  instead: new Map([['lte', 'eth1']]),
  command: 'npx .',
};
const reply: Reply = { came: 'reply', rttMs: 20 };
const silence: Reply = { came: 'silence' };
const well: UplinkSeen = {
  ...{ uplink: 'lte', interface: 'eth1', state: 'up', addresses: ['192.168.2.10'], gateway: '192.168.2.1' },
  ...{ direct: false, drops: null, gatewayAsked: { target: '192.168.2.1', reply }, reliability: 1 },
  targetsAsked: [{ target: '1.1.1.1', reply }],
};
const gatewayAsked = (one: Reply) => ({ gatewayAsked: { target: '192.168.2.1', reply: one } });
const targets = (...replies: Reply[]) => ({
  targetsAsked: replies.map((one, index) => ({ target: `${index + 1}.1.1.1`, reply: one })),
});
const noRaw: Reply = { came: 'failure', code: 'noRawSockets', why: 'CAP_NET_RAW' };
const drops = { why: 'eth1 drops the answers', mend: ['sysctl -w x=2'] };

describe('a configured uplink', () => {
  it.each<[string, Partial<UplinkSeen>, string[], RegExp | null]>([
    ['all is well', {}, ['ok'], null],
    ['missing', { state: 'missing' }, ['wrong'], /^uplinks\.lte\.interface: eth1$/],
    ['down', { state: 'down' }, ['wrong'], /^sudo ip link set eth1 up$/],
    ['no carrier', { state: 'no carrier' }, ['wrong'], /cable/],
    ['no address', { state: 'no address' }, ['wrong'], /^sudo dhclient eth1$/],
    [
      'no gateway',
      { gateway: null, gatewayAsked: null, targetsAsked: [] },
      ['wrong'],
      /^uplinks\.lte\.gateway: ADDRESS$/,
    ],
    ['no gateway needed', { gateway: null, gatewayAsked: null, direct: true }, ['ok'], null],
    ['gateway not found', gatewayAsked({ came: 'noNeighbour' }), ['wrong'], /^uplinks\.lte\.gateway: /],
    ['gateway silent, targets answer', gatewayAsked(silence), ['ok'], null],
    [
      'gateway silent, no targets',
      { ...gatewayAsked(silence), targetsAsked: [] },
      ['warning'],
      /targets: \[1\.1\.1\.1/,
    ],
    ['gateway refuses, targets answer', gatewayAsked({ came: 'error' }), ['ok'], null],
    [
      'no target answers',
      targets(silence, silence),
      ['wrong', 'wrong'],
      /^sudo npx \. probe traceroute 1\.1\.1\.1 --via lte$/,
    ],
    ['one of two answers', targets(silence, reply), ['warning'], /^uplinks\.lte\.targets: \[2\.1\.1\.1\]$/],
    [
      'one of two answers, both must',
      { ...targets(silence, reply), reliability: 2 },
      ['wrong'],
      /traceroute/,
    ],
    ['answers dropped', { drops, ...targets(silence) }, ['wrong'], /^sysctl/],
    ['no raw sockets', { ...gatewayAsked(noRaw), ...targets(noRaw) }, ['unknown'], null],
    [
      'no raw sockets, and answers dropped',
      { drops, ...gatewayAsked(noRaw) },
      ['wrong', 'unknown'],
      /^sysctl/,
    ],
  ])('%s', (_what, other, statuses, mend) => {
    const findings = judgeUplink({ ...well, ...other }, around);
    expect(findings.map(({ status }) => status)).toEqual(statuses);
    for (const { subject } of findings) expect(subject).toBe('lte (eth1)');
    if (mend === null) expect(findings[0]?.mend).toEqual([]);
    else expect(findings[0]?.mend[0]).toMatch(mend);
  });

  it.each([
    ['NetworkManager', 'sudo nmcli device connect eth1'],
    ['systemd-networkd', 'sudo networkctl reconfigure eth1'],
    ['dhcpcd', 'sudo dhcpcd -n eth1'],
  ] as const)('without an address gets one of %s', (manager, command) => {
    const [finding] = judgeUplink({ ...well, state: 'no address' }, { ...around, manager });
    expect(finding?.mend[0]).toBe(command);
  });
});

describe('an interface that is no uplink', () => {
  it.each<[string, Partial<UplinkSeen>, string]>([
    ['is down', { state: 'down' }, 'warning'],
    ['leads nowhere', { gateway: null, gatewayAsked: null, targetsAsked: [] }, 'ok'],
    ['has a silent gateway', { ...gatewayAsked(silence), targetsAsked: [] }, 'warning'],
    ['drops answers', { drops }, 'warning'],
  ])('%s', (_what, other, status) => {
    expect(judgeUplink({ ...well, uplink: null, ...other }, around)[0]).toMatchObject({
      subject: 'eth1',
      status,
    });
  });
});

it('without any, who writes them is named, and the line that they would be', () => {
  const rest = { data: null, targets: [] };
  const proposed = [
    { name: 'eth', interface: 'eth1', priority: 10, gateway: null, metered: false, ...rest },
    { name: 'mobile', interface: 'ppp0', priority: 20, gateway: 'link', metered: true, ...rest },
  ];
  expect(judgeNoUplinks(proposed, 'sudo pathproof configure').mend).toEqual([
    'sudo pathproof configure',
    'uplinks: { eth: { interface: eth1, priority: 10 }, mobile: { interface: ppp0, priority: 20, gateway: link, ' +
      'metered: true } }  # in the file that CONFIG_FILE names',
  ]);
  expect(judgeNoUplinks([], 'sudo pathproof configure').mend).toEqual(['sudo pathproof configure']);
});

it('gives two whose interfaces are missing not the same one', () => {
  expect([...insteadOf(['fibre', 'lte', 'dsl'], ['eth0', 'eth1'])]).toEqual([
    ['fibre', 'eth0'],
    ['lte', 'eth1'],
  ]);
});
