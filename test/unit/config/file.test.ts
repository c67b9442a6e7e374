// The YAML file as it is read when it is right.
import { describe, expect, it } from 'vitest';
import { readFileSettings } from '../../../agent/config/file.ts';

const usual = { priority: 100, gateway: null, metered: false, data: null, dnsServers: null };
const egress = { servers: null };
const rest = { monitors: {}, actions: [] };

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
      'uplinks:\n  lte:\n    title: Mobile backup\n    interface: wwan0.5\n    priority: 0\n    gateway: 192.168.2.1\n    metered: true\n    data: { monthlyMegabytes: 0.5, resetDay: 31 }\n    dnsServers: [9.9.9.9]\n',
      {
        lte: {
          title: 'Mobile backup',
          interface: 'wwan0.5',
          priority: 0,
          gateway: '192.168.2.1',
          metered: true,
          data: { monthlyMegabytes: 0.5, resetDay: 31 },
          dnsServers: ['9.9.9.9'],
        },
      },
    ],
    [
      'with the gateway left to the kernel',
      'uplinks: { lte: { interface: eth1, gateway: auto } }',
      { lte: { ...usual, interface: 'eth1' } },
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
