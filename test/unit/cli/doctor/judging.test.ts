// What doctor makes of what it saw, row by row: the status, and what mends it.
import { describe, expect, it } from 'vitest';
import { judgeBridge } from '../../../../agent/cli/doctor/bridge.ts';
import { readHealth } from '../../../../agent/cli/doctor/bridge/look.ts';
import { judgeBroker } from '../../../../agent/cli/doctor/broker.ts';
import type { Asked } from '../../../../agent/cli/doctor/broker/ask.ts';
import type { BrokerSeen } from '../../../../agent/cli/doctor/broker/look.ts';
import { type ClockSeen, judgeClock } from '../../../../agent/cli/doctor/clock.ts';
import { judgeConfiguration, judgeProblems } from '../../../../agent/cli/doctor/configuration.ts';
import { type FailoverSeen, judgeFailover, judgeRoutes } from '../../../../agent/cli/doctor/failover.ts';
import { judgeHomeAssistant } from '../../../../agent/cli/doctor/home-assistant.ts';
import { judgeSource } from '../../../../agent/cli/doctor/networks.ts';
import { judgeNode } from '../../../../agent/cli/doctor/node.ts';
import { judgePrograms } from '../../../../agent/cli/doctor/programs.ts';
import { judgeRawSockets } from '../../../../agent/cli/doctor/raw-sockets.ts';
import type { Finding } from '../../../../agent/cli/doctor/report.ts';
import { type StateDirSeen, judgeStateDir, mountPointOf } from '../../../../agent/cli/doctor/state-dir.ts';
import { defaultFailover } from '../../../../agent/config/failover.ts';
import { emptyFile, readFileSettings } from '../../../../agent/config/file.ts';
import { Failure } from '../../../../shared/failure.ts';

/** For matchers, whose own type is `any`. */
const like = (words: string | RegExp): unknown => expect.stringMatching(words);

const statusOf = ({ status }: Finding): string => status;
const fileOf = (text: string) => {
  const read = readFileSettings(text);
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.settings;
};

describe('Node.js', () => {
  const well = [{ name: 'raw-socket', fault: null }];

  it.each([
    ['18.19.0', 'wrong'],
    ['20.18.3', 'wrong'],
    ['20.19.0', 'ok'],
    ['22.0.0', 'ok'],
  ])('%s is %s', (version, status) => expect(judgeNode(version, well).map(statusOf)[0]).toBe(status));

  it('names the part that does not load, and what compiles it', () => {
    const fault = 'The module was compiled against a different Node.js version';
    expect(judgeNode('22.0.0', [...well, { name: 'classic-level', fault }])[1]).toMatchObject({
      status: 'wrong',
      subject: 'classic-level',
      seen: like(fault),
      mend: ['npm rebuild classic-level', 'npm ci'],
    });
  });
});

describe('programs', () => {
  const page = 'monitors: { page: { probe: http, target: "http://example.com/" } }';

  it.each([
    ['ip', '', 'wrong'],
    ['curl', '', 'warning'],
    ['curl', page, 'wrong'],
    ['setpriv', '', 'warning'],
    ['setpriv', 'actions: [{ on: [monitor.down], run: [/bin/true] }]', 'wrong'],
    ['ss', 'uplinks: { a: { interface: x } }\nfailover: { mode: overlay }', 'warning'],
    ['ss', 'uplinks: { a: { interface: x } }\nfailover: { mode: observe, flushOnFailback: all }', 'warning'],
    ['ss', 'uplinks: { a: { interface: x } }\nfailover: { mode: overlay, flushOnFailback: all }', 'wrong'],
  ])('%s is not there, with %j: %s', (name, text, status) => {
    const findings = judgePrograms((one) => one !== name, fileOf(text));
    expect(findings[0]).toMatchObject({ subject: name, status });
    expect(findings[0]?.mend[0]).toMatch(/^apt-get install /);
    expect(findings.at(-1)?.status).toBe('ok');
  });

  it('with a wrong configuration only ip is needed', () => {
    expect(judgePrograms(() => false, null).map(statusOf)).toEqual([
      'wrong',
      'warning',
      'warning',
      'warning',
    ]);
    expect(judgePrograms(() => true, emptyFile).map(statusOf)).toEqual(['ok']);
  });
});

describe('raw sockets', () => {
  it.each([
    ['one that came back', { rttMs: 0.01 }, false, 'ok', null],
    ['one that is ignored', { rttMs: null }, true, 'warning', 'sysctl -w net.ipv4.icmp_echo_ignore_all=0'],
    ['one that is filtered', { rttMs: null }, false, 'warning', /^nft list ruleset/],
    [
      'no capability',
      { refused: new Failure('noRawSockets', 'raw sockets need CAP_NET_RAW: …') },
      false,
      'wrong',
      /^sudo/,
    ],
    [
      'no loopback',
      { refused: new Failure('interfaceDown', 'lo is down') },
      false,
      'wrong',
      'ip link set lo up',
    ],
    [
      'no native part',
      { refused: new Error("Cannot find module 'raw-socket'") },
      false,
      'wrong',
      /^npm rebuild/,
    ],
  ] as const)('%s', (_what, proof, ignored, status, mend) => {
    const finding = judgeRawSockets(proof, ignored);
    expect(finding.status).toBe(status);
    if (mend === null) expect(finding.mend).toEqual([]);
    else expect(finding.mend[0]).toMatch(mend);
  });
});

describe('the clock', () => {
  const madeMs = Date.UTC(2026, 10, 1);
  const seen: ClockSeen = { nowMs: madeMs + 1e9, madeMs, timesyncMark: false, kernel: true, keeper: null };

  it.each<[string, Partial<ClockSeen>, string, string | null]>([
    ['that the kernel calls right', {}, 'ok', null],
    ['that timesyncd has set', { kernel: false, timesyncMark: true }, 'ok', null],
    [
      'that nobody keeps',
      { kernel: false },
      'warning',
      'apt-get install systemd-timesyncd && timedatectl set-ntp true',
    ],
    ['that chrony keeps', { kernel: false, keeper: 'chrony' }, 'warning', 'chronyc -a makestep'],
    ['that timesyncd keeps', { kernel: false, keeper: 'timesyncd' }, 'warning', 'timedatectl set-ntp true'],
    ['that nobody tells of', { kernel: null }, 'unknown', null],
    [
      'of another age',
      { nowMs: 0 },
      'wrong',
      'apt-get install systemd-timesyncd && timedatectl set-ntp true',
    ],
  ])('%s', (_what, other, status, mend) => {
    const finding = judgeClock({ ...seen, ...other });
    expect([finding.status, finding.mend[0] ?? null]).toEqual([status, mend]);
  });
});

describe('STATE_DIR', () => {
  const seen: StateDirSeen = {
    ...{ directory: '/var/lib/pathproof', nearest: '/var/lib/pathproof', mountPoint: '/', user: 'pi' },
    ...{ fault: null, freeBytes: 1e9, freeFiles: 1e6 },
  };
  const fault = (code: string) => ({ fault: { code, message: `${code}: no` } });

  it.each<[string, Partial<StateDirSeen>, string, RegExp | null]>([
    ['with room', {}, 'ok', null],
    ['to be made', { nearest: '/var/lib' }, 'ok', null],
    ['nearly full', { freeBytes: 20e6 }, 'warning', /^df -h \//],
    ['full', { freeBytes: 5000 }, 'wrong', /^df -h \//],
    ['out of files', { freeFiles: 3 }, 'warning', /^df -h \//],
    ['where nothing fits', fault('ENOSPC'), 'wrong', /^df -h \//],
    ['read-only', fault('EROFS'), 'wrong', /^mount -o remount,rw \/$/],
    ["another's", fault('EACCES'), 'wrong', /^chown -R pi \/var\/lib\/pathproof$/],
    [
      "in another's",
      { ...fault('EACCES'), nearest: '/var/lib' },
      'wrong',
      /^install -d -o pi \/var\/lib\/pathproof$/,
    ],
    ['that is a file', fault('ENOTDIR'), 'wrong', /^STATE_DIR=/],
  ])('%s', (_what, other, status, mend) => {
    const finding = judgeStateDir({ ...seen, ...other });
    expect(finding.status).toBe(status);
    if (mend === null) expect(finding.mend).toEqual([]);
    else expect(finding.mend[0]).toMatch(mend);
  });

  it('finds the mount that a path lies on', () => {
    const row = (point: string): string => `36 35 98:0 / ${point} rw,noatime master:1 - ext3 /dev/root rw`;
    const mounts = [row('/'), row('/var'), row('/var/lib/path'), row('/mnt/my\\040disk')].join('\n');
    expect(mountPointOf(mounts, '/var/lib/pathproof')).toBe('/var');
    expect(mountPointOf(mounts, '/var')).toBe('/var');
    expect(mountPointOf(mounts, '/mnt/my disk/state')).toBe('/mnt/my disk');
    expect(mountPointOf('', '/etc')).toBe('/');
  });
});

describe('the broker', () => {
  const who = { DEVICE_NAME: 'pi', MQTT_USERNAME: 'me', HOMEASSISTANT_PREFIX: 'homeassistant' };
  const asked: Asked = {
    ...{
      label: 'mqtt://broker:1883',
      protocol: 5,
      refused: [],
      writing: null,
      discovering: null,
      readBack: true,
    },
    ...{ retains: true, agentStatus: null, birth: null, announced: 0 },
  };
  const external = (other: Partial<Asked>): BrokerSeen => ({ at: 'external', asked: { ...asked, ...other } });
  const unreached = (fault: string, host = 'broker'): BrokerSeen => ({
    at: 'external',
    label: 'mqtt://broker:1883',
    host,
    fault,
  });
  const acl = /topic readwrite pathproof\/pi\/#\\ntopic readwrite homeassistant\/#/;

  it.each<[string, BrokerSeen, string[], RegExp | null]>([
    ['that lets the agent in', external({}), ['ok'], null],
    ['that takes nothing', external({ writing: 'Not authorized (code 135)' }), ['wrong'], acl],
    ['that gives nothing back', external({ readBack: false }), ['wrong'], acl],
    ['that takes no discovery', external({ discovering: 'Not authorized (code 135)' }), ['warning'], acl],
    ['that refuses a subscription', external({ refused: [{ topic: 'a/+', reason: 'no' }] }), ['wrong'], acl],
    ['that keeps nothing', external({ retains: false }), ['warning'], /retain_available true/],
    [
      'that does not run here',
      unreached('connect ECONNREFUSED 127.0.0.1:1883', '127.0.0.1'),
      ['wrong'],
      /^systemctl start mosquitto$/,
    ],
    ['that does not run there', unreached('connect ECONNREFUSED 192.0.2.1:1883'), ['wrong'], /^MQTT_URL=/],
    [
      'without an address',
      unreached('getaddrinfo ENOTFOUND broker'),
      ['wrong'],
      /^MQTT_URL=mqtt:\/\/ADDRESS:1883/,
    ],
    [
      'with another password',
      unreached('Connection refused: Not authorized (code 5)'),
      ['wrong'],
      /^MQTT_PASSWORD=/,
    ],
    ["with a stranger's certificate", unreached('self-signed certificate'), ['wrong'], /^MQTT_CA_FILE=/],
    ['of its own, port free', { at: 'free', port: 1883 }, ['ok'], null],
    [
      'of its own, port of root',
      { at: 'refused', port: 83, code: 'EACCES' },
      ['wrong'],
      /^EMBEDDED_BROKER_PORT=8083$/,
    ],
    [
      "of its own, another's there",
      { at: 'foreign', port: 1883, fault: null },
      ['wrong'],
      /^MQTT_URL=mqtt:\/\/127\.0\.0\.1:1883$/,
    ],
    ['of its own, no broker there', { at: 'foreign', port: 1883, fault: 'closed' }, ['wrong'], /^ss -Hltnp/],
  ])('%s', (_what, seen, statuses, mend) => {
    const findings = judgeBroker(seen, who);
    expect(findings.map(statusOf)).toEqual(statuses);
    if (mend === null) expect(findings[0]?.mend).toEqual([]);
    else expect(findings[0]?.mend[0]).toMatch(mend);
  });

  it('keeps what a shell would read out of the command', () => {
    const [line] = judgeBroker(external({ readBack: false }), { ...who, MQTT_USERNAME: "me'; reboot; '" });
    expect(line?.mend[0]).not.toContain('reboot');
  });

  it.each<[string, BrokerSeen, string, string]>([
    ['online', external({ birth: 'online' }), 'homeassistant', 'ok'],
    ['offline', external({ birth: 'offline' }), 'homeassistant', 'warning'],
    ['silent', external({ announced: 3 }), 'homeassistant', 'unknown'],
    ['not to be seen', { at: 'free', port: 1883 }, 'homeassistant', 'unknown'],
    ['not wanted', { at: 'free', port: 1883 }, '', 'ok'],
  ])('shows Home Assistant %s', (_what, seen, prefix, status) => {
    expect(judgeHomeAssistant(seen, prefix).status).toBe(status);
  });
});

describe("the bridge's port", () => {
  const settings = { SERVER_ADDRESS: '127.0.0.1', SERVER_PORT: 8080 };

  it.each([
    [{ port: 'free' }, 'ok', undefined],
    [{ port: 'any' }, 'ok', undefined],
    [{ port: 'pathproof', unable: null }, 'ok', undefined],
    [{ port: 'pathproof', unable: 'no raw sockets' }, 'warning', undefined],
    [{ port: 'foreign' }, 'wrong', "ss -Hltnp 'sport = :8080'"],
    [{ port: 'refused', code: 'EADDRNOTAVAIL' }, 'wrong', 'SERVER_ADDRESS=127.0.0.1'],
  ] as const)('%j is %s', (seen, status, mend) => {
    const finding = judgeBridge(seen, settings);
    expect([finding.status, finding.mend[0]]).toEqual([status, mend]);
  });

  it("tells an agent's page from others'", () => {
    const loopDelayMs = { p50: 1, p99: 2, max: 3 };
    expect(readHealth(JSON.stringify({ status: 'ok', loopDelayMs }))).toEqual({ unable: null });
    expect(readHealth(JSON.stringify({ status: 'error', reason: 'why', loopDelayMs }))).toEqual({
      unable: 'why',
    });
    for (const text of ['', '<html>', '{"status":"ok"}', '{"status":"UP","loopDelayMs":{}}']) {
      expect(readHealth(text)).toBe(null);
    }
  });
});

describe('ASN sources', () => {
  const network = { asn: 13335, organisation: 'Cloudflare', domain: null, prefix: null, country: null };
  it.each([
    [{ outcome: 'known', network: { ...network, source: 'cymru' } }, 'ok'],
    [{ outcome: 'unknown' }, 'warning'],
    [{ outcome: 'notAsked' }, 'warning'],
    [{ outcome: 'failed' }, 'wrong'],
  ] as const)('%j is %s', (answer, status) => {
    expect(judgeSource({ variable: 'CYMRU_LOOKUP', answer, said: '' }).status).toBe(status);
  });
});

describe('failover', () => {
  const settings = { ...defaultFailover, mode: 'overlay' as const };
  const route = {
    ...{ family: 4 as const, interfaceName: 'eth0', gateway: '192.168.0.1', source: null, metric: 0 },
    ...{ protocol: 16, onlink: false, linkScope: false, plain: true },
  };
  const seen: FailoverSeen = {
    ...{ settings, interfaces: ['eth0'], foreign: [], rivals: [], lockHeld: false, agentRuns: false },
  };

  it.each<[string, Partial<FailoverSeen>, string[]]>([
    ['alone', {}, ['ok']],
    ['the agent is at it', { lockHeld: true, agentRuns: true }, ['ok']],
    ["another agent's", { lockHeld: true }, ['wrong']],
    [
      "another agent's, while it observes",
      { lockHeld: true, settings: { ...settings, mode: 'observe' } },
      ['ok'],
    ],
    ['behind a route', { foreign: [route] }, ['wrong']],
    [
      'behind a route, while it observes',
      { foreign: [route], settings: { ...settings, mode: 'observe' } },
      ['ok', 'warning'],
    ],
    [
      'behind a route that it captures',
      { foreign: [route], settings: { ...settings, mode: 'capture' } },
      ['ok'],
    ],
    ['before a route', { foreign: [{ ...route, metric: 100 }] }, ['ok']],
    ['with a rival', { rivals: [{ program: 'dhcpcd', does: 'does', mend: '' }] }, ['ok', 'warning']],
  ])('%s', (_what, other, statuses) => {
    expect(judgeFailover({ ...seen, ...other }).map(statusOf)).toEqual(statuses);
  });

  it('names what mends a route in the way', () => {
    const [finding] = judgeFailover({ ...seen, foreign: [{ ...route, metric: 4 }] });
    expect(finding?.mend).toEqual([
      'failover.metricActive: 3',
      'ip -4 route add default via 192.168.0.1 dev eth0 metric 104 && ' +
        'ip -4 route del default via 192.168.0.1 dev eth0 metric 4  ' +
        '# and where it is set: DHCP client, network configuration',
    ]);
  });

  it('needs CAP_NET_ADMIN to act alone', () => {
    expect(judgeRoutes(null, false).status).toBe('ok');
    expect(judgeRoutes({ ...settings, mode: 'observe' }, false).status).toBe('ok');
    expect(judgeRoutes(settings, true).status).toBe('ok');
    expect(judgeRoutes(settings, false)).toMatchObject({
      status: 'wrong',
      mend: [like('CAP_NET_ADMIN'), expect.anything(), 'failover.mode: observe'],
    });
  });
});

it('the configuration is mended where it is wrong', () => {
  const problems = [
    { path: 'SERVER_PORT', message: 'must be a whole number' },
    { path: 'agent.env line 3', message: 'is neither' },
    { path: '/etc/pathproof/config.yaml', message: 'uplinks.lte: unknown key' },
  ];
  const place = { envFile: 'agent.env', tried: [] };
  expect(judgeProblems(problems, place).map(({ mend }) => mend[0])).toEqual([
    'SERVER_PORT=… in agent.env, or in the environment',
    'edit agent.env line 3',
    'edit /etc/pathproof/config.yaml',
  ]);
  const none = { envFile: null, tried: ['/etc/pathproof/lab.env'] };
  expect(judgeProblems(problems.slice(0, 1), none)[0]?.mend).toEqual([
    'SERVER_PORT=… in /etc/pathproof/lab.env, or in the environment',
  ]);
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
