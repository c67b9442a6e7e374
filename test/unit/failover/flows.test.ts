import { expect, it } from 'vitest';
import { createFlows } from '../../../agent/failover/flows.ts';
import { canEndConnections, endConnections } from '../../../agent/uplink/ss.ts';
import { keptLog } from '../action/kit.ts';

const uplinks = {
  fibre: { metered: false, priority: 1 },
  dsl: { metered: false, priority: 2 },
  lte: { metered: true, priority: 3 },
};

interface World {
  able(): Promise<boolean>;
  left: unknown[];
  ended: unknown[];
}

function begin(flush: 'none' | 'metered' | 'all') {
  const { log, lines } = keptLog();
  const all: World = { able: () => Promise.resolve(true), left: [], ended: [] };
  const flows = createFlows({
    uplinks: () => uplinks,
    flush: () => flush,
    leave: (addresses) => all.left.push(addresses),
    log,
    canEnd: () => all.able(),
    end(addresses) {
      all.ended.push(addresses);
      return Promise.resolve(1);
    },
  });
  return { flows, all, lines };
}

it.each<[flush: 'none' | 'metered' | 'all', from: string | null, to: string, ends: boolean]>([
  ['none', 'lte', 'fibre', false],
  ['metered', 'lte', 'fibre', true],
  ['metered', 'dsl', 'fibre', false],
  ['all', 'dsl', 'fibre', true],
  ['all', 'fibre', 'lte', false],
  ['all', null, 'fibre', false],
  ['all', 'eth7', 'fibre', false],
])("flushing %s, from %s to %s, others' connections are ended: %s", async (flush, from, to, ends) => {
  const { flows, all } = begin(flush);
  await flows.move(from, to, ['198.51.100.2']);
  expect([all.left, all.ended]).toEqual([[['198.51.100.2']], ends ? [['198.51.100.2']] : []]);
});

it('says that the kernel can’t', async () => {
  const { flows, all, lines } = begin('all');
  all.able = () => Promise.resolve(false);
  await flows.move('lte', 'fibre', ['198.51.100.2']);
  expect([all.ended, lines[0]?.level]).toEqual([[], 'warn']);
});

it('asks again whether it can where that could not be found out', async () => {
  const { flows, all, lines } = begin('all');
  all.able = () => Promise.reject(new Error('ss is not installed'));
  await flows.move('lte', 'fibre', ['198.51.100.2']);
  all.able = () => Promise.resolve(true);
  await flows.move('lte', 'fibre', ['198.51.100.2']);
  expect([lines[0]?.level, all.ended]).toEqual(['error', [['198.51.100.2']]]);
});

it('ss takes addresses of both families', async () => {
  expect(await endConnections(['192.0.2.77', '2001:db8::77'])).toBe(0);
});

it('finds out whether this kernel can, by a connection of its own', async () => {
  expect(typeof (await canEndConnections())).toBe('boolean');
});
