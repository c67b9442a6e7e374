// Why an uplink of the file can't be chosen at all.
import { expect, it } from 'vitest';
import { leftOut } from '../../../../agent/uplink/deciding/left-out.ts';
import type { Family } from '../../../../shared/ip.ts';

const noneIs = (what: string): string =>
  `is not measured in ${what}: none of uplinks.lte.targets is of ${what}, and failover.families asks for no other`;

it.each<[targets: string[], families: Family[], why: string]>([
  [['2001:db8::1'], [4], noneIs('IPv4')],
  [['192.0.2.1', '192.0.2.2'], [6], noneIs('IPv6')],
  [['example.net'], [6], 'is not measured in IPv6: it has no address of IPv6'],
  [[], [6], 'is not measured in IPv6: it has no address of IPv6'],
])('with targets %j, where failover decides %j', (targets, families, why) => {
  const uplinks = { lte: { health: { targets } }, fibre: { health: { targets } } };
  expect([...leftOut(uplinks, [{ uplink: 'fibre' }], families)]).toEqual([
    ['lte', why],
    ['fibre', null],
  ]);
});
