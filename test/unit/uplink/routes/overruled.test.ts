// Default routes by interfaces that are no uplinks, which failover goes before.
import { expect, it } from 'vitest';
import type { ForeignDefault } from '../../../../agent/uplink/routes/kinds.ts';
import { overruledOf } from '../../../../agent/uplink/routes/overruled.ts';
import { foreignDefault } from './kit.ts';

const overruled = (...foreign: ForeignDefault[]) =>
  overruledOf(foreign, { metricActive: 5 }, ['eth0', 'eth1']);
const vpn = foreignDefault({ interfaceName: 'vpn0', gateway: null, metric: 50, protocol: 4 });

it('is one that went before those of all uplinks, with what leaves it in charge', () => {
  const sentence =
    "the IPv4 default route dev vpn0 metric 50 proto 4 is overruled by failover's own, metric 5: to leave vpn0 in " +
    'charge, give it routes to 0.0.0.0/1 and 128.0.0.0/1, which go before any default route';
  expect(overruled(foreignDefault(), vpn)).toEqual([sentence]);
  expect(overruled(vpn)).toEqual([sentence]);
});

it('is judged in its family', () => {
  const six = { ...vpn, family: 6 } as const;
  expect(overruled(foreignDefault({ metric: 20 }), six)).toEqual([
    expect.stringMatching(/^the IPv6 .* give it routes to ::\/1 and 8000::\/1, which/),
  ]);
});

it.each<[what: string, ...ForeignDefault[]]>([
  ['behind one by an uplink', foreignDefault({ metric: 20 }), vpn],
  ['by an uplink', foreignDefault()],
  ['before failover’s own: that is in the way', { ...vpn, metric: 4 }],
  ['to nowhere', { ...vpn, interfaceName: null }],
])('is none %s', (_what, ...foreign) => expect(overruled(...foreign)).toEqual([]));
