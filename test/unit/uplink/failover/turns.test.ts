import { expect, it, vi } from 'vitest';
import { createTurns } from '../../../../agent/uplink/failover/turns.ts';
import { settled } from './kit.ts';

function begin() {
  const under: { end: () => void; fail: (why: Error) => void; ending: AbortSignal }[] = [];
  const failed = vi.fn();
  const turns = createTurns(
    (ending) =>
      new Promise((resolve, reject) => {
        under.push({ end: resolve, fail: reject, ending });
      }),
    failed,
  );
  return { turns, under, failed };
}

it('decides once more, however often it was called for meanwhile', async () => {
  const { turns, under } = begin();
  turns.call();
  turns.call();
  turns.call();
  expect(under).toHaveLength(1);
  under[0]?.end();
  await settled();
  expect(under).toHaveLength(2);
  under[1]?.end();
  await settled();
  expect(under).toHaveLength(2);
});

it('tells the one under way that another is called for', async () => {
  const { turns } = begin();
  turns.call();
  let called = false;
  void turns.called().then(() => (called = true));
  await settled();
  expect(called).toBe(false);
  turns.call();
  await settled();
  expect(called).toBe(true);
});

it('goes on after one that failed', async () => {
  const { turns, under, failed } = begin();
  turns.call();
  turns.call();
  under[0]?.fail(new Error('a fault'));
  await settled();
  expect(failed).toHaveBeenCalledOnce();
  expect(under).toHaveLength(2);
});

it('runs work beside none, and decides afterwards', async () => {
  const { turns, under } = begin();
  const order: string[] = [];
  turns.call();
  const work = turns.between(async () => {
    order.push('begins');
    turns.call();
    await settled();
    order.push(`decisions: ${under.length}`);
  });
  expect(under[0]?.ending.aborted).toBe(true);
  await settled();
  expect(order).toEqual([]);
  under[0]?.end();
  await work;
  await settled();
  expect(order).toEqual(['begins', 'decisions: 1']);
  expect(under).toHaveLength(2);
});

it('runs one work after the other, though the first fails', async () => {
  const { turns, under } = begin();
  const order: string[] = [];
  const first = turns.between(async () => {
    await settled();
    order.push('first');
    throw new Error('a fault');
  });
  const second = turns.between(() => Promise.resolve(void order.push(`second, decisions: ${under.length}`)));
  await expect(first).rejects.toThrow('a fault');
  await second;
  await settled();
  expect(order).toEqual(['first', 'second, decisions: 0']);
  expect(under).toHaveLength(1);
});

it('stops when what is under way has ended, and begins nothing more', async () => {
  const { turns, under } = begin();
  turns.call();
  turns.call();
  let stopped = false;
  const stop = turns.stop().then(() => (stopped = true));
  await settled();
  expect([stopped, under[0]?.ending.aborted]).toEqual([false, true]);
  under[0]?.end();
  await stop;
  turns.call();
  await settled();
  expect(under).toHaveLength(1);
});
