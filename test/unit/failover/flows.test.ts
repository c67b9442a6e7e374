import { expect, it } from 'vitest';
import { createFlows } from '../../../agent/failover/flows.ts';
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
  const move = (from: string | null, to: string): Promise<void> =>
    flows.happened({ kind: 'switched', family: 4, from, to, why: '', durationMs: 1 });
  for (const uplink of ['dsl', 'fibre', 'lte', 'eth7']) {
    flows.seen({ uplink, family: 4, sources: ['198.51.100.2'] });
  }
  return { flows, move, all, lines };
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
  const { move, all } = begin(flush);
  await move(from, to);
  const left = from === null ? [] : ['198.51.100.2'];
  expect([all.left, all.ended]).toEqual([[left], ends ? [['198.51.100.2']] : []]);
});

it('moves what stood by the addresses that the uplink had last, in the family of the switch', async () => {
  const { flows, move, all } = begin('all');
  flows.seen({ uplink: 'lte', family: 4, sources: ['203.0.113.7'] });
  flows.seen({ uplink: 'lte', family: 4, sources: [] });
  flows.seen({ uplink: 'lte', family: 6, sources: ['2001:db8::7'] });
  await move('lte', 'fibre');
  await flows.happened({ kind: 'confirmed', family: 4, to: 'fibre', answers: {} });
  expect([all.left, all.ended]).toEqual([[['203.0.113.7']], [['203.0.113.7']]]);
});

it('says that the kernel can’t', async () => {
  const { move, all, lines } = begin('all');
  all.able = () => Promise.resolve(false);
  await move('lte', 'fibre');
  expect([all.ended, lines[0]?.level]).toEqual([[], 'warn']);
});

it('asks again whether it can where that could not be found out', async () => {
  const { move, all, lines } = begin('all');
  all.able = () => Promise.reject(new Error('ss is not installed'));
  await move('lte', 'fibre');
  all.able = () => Promise.resolve(true);
  await move('lte', 'fibre');
  expect([lines[0]?.level, all.ended]).toEqual(['error', [['198.51.100.2']]]);
});
