import { expect, it } from 'vitest';
import { activeOf, placedOf, waysOf } from '../../../../agent/uplink/deciding/desired.ts';
import type { Link } from '../../../../agent/uplink/health/link.ts';
import type { Selection } from '../../../../agent/uplink/select.ts';
import { measured } from './kit.ts';

const selection = (desired: string | null, instead: Selection['instead'] = null): Selection => ({
  ...{ desired, kind: 'keep', instead, why: '', wakeMs: null, allBad: false, startupOver: true },
});
const placed = placedOf({ fibre: { interface: 'eth0' }, lte: { interface: 'eth1' } });
const lte = {
  ...{ uplink: 'lte', interfaceName: 'eth1', index: 1, gateway: '198.51.100.1', onlink: false, source: null },
  ...{ addresses: ['198.51.100.2'], healthy: true },
};

it.each([
  ['an uplink', selection('lte'), { uplink: 'lte' }],
  ['nobody', selection(null), null],
  ["the system's own", selection(null, 'os'), null],
  ['nowhere', selection(null, 'unreachable'), 'unreachable'],
])('the default leaves by %s', (_what, chosen, active) => expect(activeOf(chosen)).toEqual(active));

it('has a way by each that something can be sent by, at its place in the file', () =>
  expect(waysOf([measured('lte', 'up')], 4, placed, [])).toEqual([lte]));

it.each([
  ['up', true],
  ['degraded', true],
  ['recovering', true],
  ['down', false],
  ['unknown', false],
  ['probing', false],
] as const)('one that is %s is healthy: %s', (health, healthy) =>
  expect(waysOf([measured('lte', health)], 4, placed, [])).toEqual([{ ...lte, healthy }]),
);

it.each<[link: Link, ways: unknown[]]>([
  ['no carrier', [{ ...lte, healthy: false }]],
  ['no gateway', [{ ...lte, healthy: false }]],
  ['no address', []],
  ['down', []],
  ['missing', []],
])('one that has %s keeps the way that it had, or the kernel has taken it: %j', (link, ways) =>
  expect(waysOf([measured('lte', 'down', { link })], 4, placed, [lte])).toEqual(ways),
);

it('one that has another interface now has no former way', () => {
  const now = placedOf({ lte: { interface: 'eth9' } });
  expect(waysOf([measured('lte', 'down', { link: 'no carrier' })], 4, now, [lte])).toEqual([]);
});

it('leaves out the other family, and what is configured no more', () =>
  expect(waysOf([measured('lte', 'up', { family: 6 }), measured('gone', 'up')], 4, placed, [])).toEqual([]));
