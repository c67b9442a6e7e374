import { expect, it } from 'vitest';
import { createOrders } from '../../../../agent/uplink/deciding/orders.ts';
import type { FailoverCommand } from '../../../../shared/failover.ts';

const force = (ttlSeconds: number): FailoverCommand => ({ action: 'force', uplink: 'lte', ttlSeconds });
const observe = (ttlSeconds: number): FailoverCommand => ({ action: 'observe', ttlSeconds });

function begin(...commands: FailoverCommand[]) {
  const time = { ms: 1000, epochMs: 1_700_000_000_000 };
  const orders = createOrders(() => time);
  for (const command of commands) orders.obey(command);
  const passed = (ms: number): void => {
    time.ms += ms;
    time.epochMs += ms;
  };
  const inForce = () => [orders.forced()?.uplink ?? null, orders.observeUntil(), orders.endsMs()];
  return { orders, inForce, passed };
}

it.each<[what: string, commands: FailoverCommand[], inForce: unknown[]]>([
  ['nothing', [], [null, null, null]],
  ['a force', [force(60)], ['lte', null, 61_000]],
  ['observing', [observe(10)], [null, 1_700_000_010_000, 11_000]],
  ['a force while it observed', [observe(10), force(60)], ['lte', null, 61_000]],
  ['observing for a part of a force', [force(60), observe(10)], ['lte', 1_700_000_010_000, 11_000]],
  ['a release from both', [force(60), observe(10), { action: 'release' }], [null, null, null]],
  ['the later of two', [force(60), force(5)], ['lte', null, 6000]],
])('%s', (_what, commands, inForce) => expect(begin(...commands).inForce()).toEqual(inForce));

it('each ends by itself', () => {
  const { inForce, passed } = begin(force(60), observe(10));
  passed(10_000);
  expect(inForce()).toEqual(['lte', null, 61_000]);
  passed(49_999);
  expect(inForce()[0]).toBe('lte');
  passed(1);
  expect(inForce()).toEqual([null, null, null]);
});
