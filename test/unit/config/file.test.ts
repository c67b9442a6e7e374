// The YAML file as it is read when it is right.
import { describe, expect, it } from 'vitest';
import { readFileSettings } from '../../../agent/config/file.ts';

const usual = { priority: 100, gateway: null, metered: false };

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
      'uplinks:\n  lte:\n    title: Mobile backup\n    interface: wwan0.5\n    priority: 0\n    gateway: 192.168.2.1\n    metered: true\n',
      {
        lte: {
          title: 'Mobile backup',
          interface: 'wwan0.5',
          priority: 0,
          gateway: '192.168.2.1',
          metered: true,
        },
      },
    ],
    [
      'with the gateway left to the kernel',
      'uplinks: { lte: { interface: eth1, gateway: auto } }',
      { lte: { ...usual, interface: 'eth1' } },
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
    expect(readFileSettings(text)).toEqual({ ok: true, settings: { uplinks } }),
  );

  it('cannot hide an uplink behind a name that objects have', () => {
    const read = readFileSettings('uplinks: { __proto__: { interface: eth1 } }');
    expect(read.ok ? [] : read.problems.map(({ path }) => path)).toEqual(['uplinks.__proto__']);
  });
});
