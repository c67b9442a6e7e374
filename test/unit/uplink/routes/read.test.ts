// What iproute2 says of our routes and rules, and of the default routes of others, as it said it in the lab.
import { describe, expect, it } from 'vitest';
import { parseDump } from '../../../../agent/uplink/routes/read.ts';
import { fibre, foreignDefault, lte, ownRoute } from './kit.ts';

const dump = ({ own = '[]', defaults = '[]', rules = '[]' }) => parseDump(4, 136, [own, defaults, rules]);

describe('our routes', () => {
  it('are default ones, of all tables', () => {
    const own = `[
      {"type":"1","dst":"default","gateway":"192.168.2.1","dev":"eth1","table":"13601","scope":"0","metric":5,"flags":[]},
      {"type":"1","dst":"default","gateway":"192.168.0.1","dev":"eth0","table":"254","scope":"0","prefsrc":"192.168.0.10","metric":5,"flags":["onlink","linkdown"]},
      {"type":"1","dst":"10.9.0.0/16","gateway":"192.168.0.1","dev":"eth0","table":"254","scope":"0","flags":[]},
      {"type":"9","dst":"default","dev":"lo","table":"254","scope":"0","metric":4,"flags":[],"pref":"medium"},
      {"type":"6","dst":"default","table":"254","scope":"0","metric":9,"flags":[]}
    ]`;
    expect(dump({ own }).own.routes).toEqual([
      ownRoute(lte, 5, 13_601),
      { ...ownRoute(fibre), source: '192.168.0.10', onlink: true },
      { ...ownRoute(fibre, 4), interfaceName: null, gateway: null },
    ]);
  });

  it('that somebody joined to one of several next hops are each one', () => {
    const own = `[{"type":"1","dst":"default","table":"254","scope":"0","metric":5,"flags":[],"nexthops":[
      {"gateway":"192.168.0.1","dev":"eth0","weight":1,"flags":[]},
      {"gateway":"192.168.2.1","dev":"eth1","weight":1,"flags":[]}]}]`;
    expect(dump({ own }).own.routes).toEqual([ownRoute(fibre), ownRoute(lte)]);
  });
});

describe('our rules', () => {
  const ruleOf = (row: string) => dump({ rules: `[${row}]` }).own.rules;

  it('are by an interface, there or not, or from an address', () => {
    const rules = `
      {"priority":13600,"src":"all","oif":"eth0","oif_detached":null,"table":"254","suppress_prefixlen":0,"protocol":"136"},
      {"priority":13602,"src":"192.168.0.10","table":"13600","protocol":"136"}`;
    expect(ruleOf(rules)).toEqual([
      { family: 4, priority: 13_600, selector: 'oif', value: 'eth0', table: 254, exceptDefault: true },
      {
        family: 4,
        priority: 13_602,
        selector: 'from',
        value: '192.168.0.10',
        table: 13_600,
        exceptDefault: false,
      },
    ]);
  });

  it.each([
    '{"priority":32766,"src":"all","table":"254","protocol":"2"}',
    '{"priority":9,"src":"all","oif":"eth0","fwmark":"0x3","table":"13600","protocol":"136"}',
    '{"priority":9,"not":null,"src":"192.168.0.10","table":"13600","protocol":"136"}',
    '{"priority":9,"src":"10.0.0.0","srclen":8,"table":"77","protocol":"136"}',
    '{"priority":9,"src":"all","table":"77","protocol":"136"}',
    '{"priority":9,"src":"192.168.0.10","oif":"eth0","table":"77","protocol":"136"}',
    '{"priority":9,"src":"all","oif":"eth0","action":"unreachable","protocol":"136"}',
  ])('are none that failover would not make: %s', (row) => {
    expect(ruleOf(row)).toEqual([]);
  });
});

describe('default routes of others', () => {
  const foreignIn = (rows: string) => dump({ defaults: `[${rows}]` }).foreign;

  it('have what tells them apart, and what their gateway needs', () => {
    const rows = `
      {"type":"1","dst":"default","gateway":"192.168.0.1","dev":"eth0","protocol":"16","scope":"0","prefsrc":"192.168.0.10","metric":100,"flags":["onlink"],"metrics":[{"mtu":1400}]},
      {"type":"1","dst":"default","dev":"ppp0","protocol":"3","scope":"253","flags":[]},
      {"type":"7","dst":"default","protocol":"3","scope":"0","metric":400,"flags":[]},
      {"type":"1","dst":"default","gateway":"192.168.0.1","dev":"eth0","protocol":"136","scope":"0","metric":5,"flags":[]}`;
    expect(foreignIn(rows)).toEqual([
      foreignDefault({ source: '192.168.0.10', onlink: true }),
      foreignDefault({ interfaceName: 'ppp0', gateway: null, metric: 0, protocol: 3, linkScope: true }),
      foreignDefault({ interfaceName: null, gateway: null, metric: 400, protocol: 3, plain: false }),
    ]);
  });

  it.each([
    ['a next hop of its own', '"gateway":"192.168.0.1","dev":"eth0","nhid":7'],
    // As it is written: the second dst and tos are those of the packet around.
    [
      'packets wrapped',
      '"encap":"ip","id":3,"dst":"1.1.1.1","ttl":0,"tos":0,"gateway":"192.168.0.1","dev":"eth0"',
    ],
    ['a gateway of the other family', '"via":{"family":"inet6","host":"fe80::1"},"dev":"eth0"'],
    ['several next hops', '"nexthops":[{"gateway":"192.168.0.1","dev":"eth0"}]'],
  ])('are not plain with %s', (_what, keys) => {
    const [route] = foreignIn(`{"type":"1","dst":"default",${keys},"protocol":"3","scope":"0","flags":[]}`);
    expect(route).toMatchObject({ interfaceName: 'eth0', plain: false });
  });

  it.each(['"tos":"0x10"', '"from":"2001:db8::/64"'])('are none for some packets only: %s', (key) => {
    const row = `{"type":"1","dst":"default",${key},"gateway":"192.168.0.1","dev":"eth0","protocol":"3","flags":[]}`;
    expect(foreignIn(row)).toEqual([]);
  });
});

it.each(['{', '{}', '[{"dst":1}]', ''])('is refused where it is none: %s', (text) => {
  expect(() => dump({ own: text })).toThrow();
  expect(() => dump({ rules: text === '[{"dst":1}]' ? '[' : text })).toThrow();
});
