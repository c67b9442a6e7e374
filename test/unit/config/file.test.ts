// The YAML file as it is read when it is right.
import { describe, expect, it } from 'vitest';
import { readFileSettings } from '../../../agent/config/file.ts';

const usualHealth = {
  targets: [],
  reliability: 1,
  sendIntervalMs: 1000,
  standbyIntervalMs: 5000,
  timeoutMs: 1000,
  window: 20,
  down: 5,
  up: 5,
  lossPercent: { fail: 40, recover: 10 },
  latencyMs: { fail: 1000, recover: 500 },
  jitterMs: { fail: 0, recover: 0 },
  carrierDebounceMs: 500,
};
const usual = {
  priority: 100,
  gateway: null,
  pointToPoint: false,
  metered: false,
  data: null,
  dnsServers: null,
  require: { carrier: true, address: true },
  reset: null,
  health: usualHealth,
};
const egress = { servers: null };
const rest = { failover: null, monitors: {}, actions: [] };

describe('the file', () => {
  it.each<[what: string, text: string, uplinks: object]>([
    ['with nothing in it', '', {}],
    ['with comments alone', '# nothing yet\n', {}],
    ['with an empty map', '{}', {}],
    ['with nothing under uplinks', 'uplinks:\n  # lte: { interface: eth1 }\n', {}],
    ['with no uplinks', 'uplinks: {}', {}],
    [
      'with an interface alone',
      'uplinks: { lte: { interface: eth1 } }',
      { lte: { ...usual, interface: 'eth1' } },
    ],
    [
      'with everything',
      `
uplinks:
  lte:
    title: Mobile backup
    interface: wwan0.5
    priority: 0
    gateway: 192.168.2.1
    metered: true
    data: { monthlyMegabytes: 0.5, resetDay: 31 }
    dnsServers: [9.9.9.9]
    require: { carrier: false, address: false }
    targets: [1.1.1.1, "2001:DB8::0:1", One.Example, "[2001:db8::2]"]
    types: icmp
    reliability: 2
    sendInterval: 200ms
    standbyInterval: 1m
    timeout: 10s
    window: 1000
    down: 1
    up: 100
    loss: { fail: 100, recover: 99.5 }
    latency: { fail: 250, recover: 200ms }
    jitter: { fail: 0.5s, recover: 0 }
    carrierDebounce: 0s
    reset: { run: [/bin/true, --port, "a b"], after: 1, grace: 0s, timeout: 1h }
`,
      {
        lte: {
          title: 'Mobile backup',
          interface: 'wwan0.5',
          priority: 0,
          gateway: '192.168.2.1',
          pointToPoint: false,
          metered: true,
          data: { monthlyMegabytes: 0.5, resetDay: 31 },
          dnsServers: ['9.9.9.9'],
          require: { carrier: false, address: false },
          reset: { run: ['/bin/true', '--port', 'a b'], after: 1, graceMs: 0, timeoutMs: 3_600_000 },
          health: {
            targets: ['1.1.1.1', '2001:db8::1', 'one.example', '2001:db8::2'],
            reliability: 2,
            sendIntervalMs: 200,
            standbyIntervalMs: 60_000,
            timeoutMs: 10_000,
            window: 1000,
            down: 1,
            up: 100,
            lossPercent: { fail: 100, recover: 99.5 },
            latencyMs: { fail: 250, recover: 200 },
            jitterMs: { fail: 500, recover: 0 },
            carrierDebounceMs: 0,
          },
        },
      },
    ],
    [
      'with the gateway left to the kernel',
      'uplinks: { lte: { interface: eth1, gateway: auto } }',
      { lte: { ...usual, interface: 'eth1' } },
    ],
    [
      'with a line that has no gateway',
      'uplinks: { dsl: { interface: ppp0, gateway: link } }',
      { dsl: { ...usual, interface: 'ppp0', pointToPoint: true } },
    ],
    [
      'with data of an uplink that is not metered',
      'uplinks: { lte: { interface: eth1, data: { monthlyMegabytes: 500 } } }',
      { lte: { ...usual, interface: 'eth1', data: { monthlyMegabytes: 500, resetDay: 1 } } },
    ],
    [
      'with a gateway in another spelling',
      'uplinks: { lte: { interface: eth1, gateway: "2001:DB8::0:1" } }',
      { lte: { ...usual, interface: 'eth1', gateway: '2001:db8::1' } },
    ],
    [
      'with a link-local gateway',
      'uplinks: { lte: { interface: eth1, gateway: "fe80::1" } }',
      { lte: { ...usual, interface: 'eth1', gateway: 'fe80::1' } },
    ],
    [
      'with name servers in other spellings',
      'uplinks: { lte: { interface: eth1, dnsServers: ["2001:DB8::0:1", "::ffff:9.9.9.9", "fe80::1"] } }',
      { lte: { ...usual, interface: 'eth1', dnsServers: ['2001:db8::1', '9.9.9.9', 'fe80::1'] } },
    ],
    [
      'with names and interfaces at their limits',
      `uplinks: { ${'a'.repeat(32)}: { interface: ${'i'.repeat(15)}, priority: 1000 } }`,
      { ['a'.repeat(32)]: { ...usual, interface: 'i'.repeat(15), priority: 1000 } },
    ],
    [
      'with an uplink named as its own interface',
      'uplinks: { eth1: { interface: eth1 } }',
      { eth1: { ...usual, interface: 'eth1' } },
    ],
    [
      'with an alias',
      'uplinks: { lte: { interface: eth1, title: &t Backup }, wan: { interface: eth0, title: *t } }',
      {
        lte: { ...usual, interface: 'eth1', title: 'Backup' },
        wan: { ...usual, interface: 'eth0', title: 'Backup' },
      },
    ],
  ])('%s', (_what, text, uplinks) =>
    expect(readFileSettings(text)).toEqual({ ok: true, settings: { ...rest, uplinks, egress } }),
  );

  it.each<[what: string, text: string, servers: string[] | null]>([
    ['with nothing under egress', 'egress:\n  # servers: []\n', null],
    ['with no servers', 'egress: {}', null],
    [
      'with servers of each kind, in its own order',
      'egress: { servers: ["https://ip.example/a?b", "stun:[2001:db8::1]:3478", "http://192.0.2.1:8080/", "stun:stun.example:443"] }',
      [
        'https://ip.example/a?b',
        'stun:[2001:db8::1]:3478',
        'http://192.0.2.1:8080/',
        'stun:stun.example:443',
      ],
    ],
  ])('%s', (_what, text, servers) =>
    expect(readFileSettings(text)).toEqual({
      ok: true,
      settings: { ...rest, uplinks: {}, egress: { servers } },
    }),
  );

  it('cannot hide an uplink behind a name that objects have', () => {
    const read = readFileSettings('uplinks: { __proto__: { interface: eth1 } }');
    expect(read.ok ? [] : read.problems.map(({ path }) => path)).toEqual(['uplinks.__proto__']);
  });
});
