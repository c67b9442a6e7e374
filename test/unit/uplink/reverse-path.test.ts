// The reverse path filter: which setting counts, what the kernel counts, and what mends it.
import { describe, expect, it } from 'vitest';
import { filterOf, filteredBy, filteredIn, watchDrops } from '../../../agent/uplink/reverse-path.ts';

const way = { uplink: 'lte', interfaceName: 'eth1', source: '192.168.2.10', nextHop: '192.168.2.1' };

describe('the filter of an interface', () => {
  it.each<[own: string, all: string, whose: string | null, mode: string | null]>([
    ['0', '0', null, null],
    ['1', '0', 'eth1', 'strict'],
    ['0', '1', 'all', 'strict'],
    ['1', '1', 'eth1', 'strict'],
    ['2', '1', 'eth1', 'loose'],
    ['1', '2', 'all', 'loose'],
    ['2', '0', 'eth1', 'loose'],
    ['1\n', '0\n', 'eth1', 'strict'],
    ['', '1', null, null],
    ['1', '', null, null],
    ['no number', '1', null, null],
  ])('its own being %j and that of all %j is that of %s', (own, all, whose, mode) => {
    expect(filterOf(own, all, 'eth1')).toEqual(whose === null ? null : { whose, mode });
  });
});

describe("the kernel's count of what it filtered", () => {
  const netstat = [
    'TcpExt: SyncookiesSent IPReversePathFilter TCPTimeouts',
    'TcpExt: 3 17 5',
    'IpExt: InNoRoutes IPReversePathFilter',
    'IpExt: 1 99',
    '',
  ].join('\n');

  it('is found by its name', () => {
    expect(filteredIn(netstat)).toBe(17);
    expect(filteredIn(netstat.replace(' 17 ', ' 0 '))).toBe(0);
  });

  it.each([
    '',
    'TcpExt: SyncookiesSent\nTcpExt: 3\n',
    'TcpExt: IPReversePathFilter\n',
    'IpExt: a\nIpExt: 1\n',
  ])('is not there: %j', (text) => expect(filteredIn(text)).toBe(null));
});

describe('answers by an interface', () => {
  const strict = { whose: 'eth1', mode: 'strict' } as const;
  const loose = { whose: 'all', mode: 'loose' } as const;
  const rule = 'ip rule add from 192.168.2.10 lookup TABLE with a default route by eth1 in TABLE';

  it.each([
    ['strict, and the route back leaves by it', strict, ['eth1']],
    ['strict, and the route back leaves by it and another', strict, ['eth0', 'eth1']],
    ['loose, and a route leads back', loose, ['eth0']],
  ])('pass a filter that is %s', (_what, filter, back) => {
    expect(filteredBy(filter, way, '1.1.1.1', back)).toBe(null);
  });

  it.each([
    [
      strict,
      ['eth0'],
      'net.ipv4.conf.eth1.rp_filter is 1 (strict) and the route back to 1.1.1.1 leaves by eth0; mend it with: ' +
        `sysctl -w net.ipv4.conf.eth1.rp_filter=2, or: ${rule}`,
    ],
    [
      // Setting that of the interface mends it: the larger one counts.
      { whose: 'all', mode: 'strict' },
      ['eth0', 'eth2'],
      'net.ipv4.conf.all.rp_filter is 1 (strict) and the route back to 1.1.1.1 leaves by eth0 and eth2; mend it with: ' +
        `sysctl -w net.ipv4.conf.eth1.rp_filter=2, or: ${rule}`,
    ],
    [
      strict,
      [],
      `net.ipv4.conf.eth1.rp_filter is 1 (strict) and there is no route back to 1.1.1.1; mend it with: ${rule}`,
    ],
    [
      loose,
      [],
      `net.ipv4.conf.all.rp_filter is 2 (loose) and there is no route back to 1.1.1.1; mend it with: ${rule}`,
    ],
  ] as const)('are dropped by %j, the route back leaving by %j', (filter, back, sentence) => {
    expect(filteredBy(filter, way, '1.1.1.1', back)).toMatchObject({
      code: 'repliesFiltered',
      source: 'local',
      message: `eth1 drops the answers: ${sentence}`,
    });
  });

  it('are dropped by one whose name has a dot, which sysctl writes as a slash', () => {
    const vlan = filteredBy({ ...strict, whose: 'eth1.5' }, { ...way, interfaceName: 'eth1.5' }, '1.1.1.1', [
      'eth0',
    ]);
    expect(vlan?.message).toMatch(
      /^eth1\.5 drops .*conf\.eth1\/5\.rp_filter is 1 .*eth1\/5\.rp_filter=2, .* by eth1\.5 in TABLE$/,
    );
  });
});

it('are not watched over IPv6, which has no such filter, nor found on an interface that is not there', async () => {
  const wayBack = () => Promise.resolve([]);
  expect(watchDrops({ ...way, source: 'fd00:2::10' }, '2001:db8::1', wayBack)).toBe(null);
  expect(await watchDrops({ ...way, interfaceName: 'eth77' }, '1.1.1.1', wayBack)?.()).toBe(null);
});
