import { expect, it, vi } from 'vitest';
import { createRounds } from '../../../../agent/uplink/deciding/rounds.ts';
import { settled } from './kit.ts';

function begin() {
  const under: { end: () => void; fail: (why: Error) => void; ending: AbortSignal }[] = [];
  const failed = vi.fn();
  const rounds = createRounds(
    (ending) =>
      new Promise((resolve, reject) => {
        under.push({ end: resolve, fail: reject, ending });
      }),
    failed,
  );
  return { rounds, under, failed };
}

it('decides once more, however often it was called for meanwhile', async () => {
  const { rounds, under } = begin();
  rounds.call();
  rounds.call();
  rounds.call();
  expect(under).toHaveLength(1);
  under[0]?.end();
  await settled();
  expect(under).toHaveLength(2);
  under[1]?.end();
  await settled();
  expect(under).toHaveLength(2);
});

it('tells the one under way that another is called for', async () => {
  const { rounds } = begin();
  rounds.call();
  let called = false;
  void rounds.called().then(() => (called = true));
  await settled();
  expect(called).toBe(false);
  rounds.call();
  await settled();
  expect(called).toBe(true);
});

it('goes on after one that failed', async () => {
  const { rounds, under, failed } = begin();
  rounds.call();
  rounds.call();
  under[0]?.fail(new Error('a fault'));
  await settled();
  expect(failed).toHaveBeenCalledOnce();
  expect(under).toHaveLength(2);
});

it('runs work beside none, and decides afterwards', async () => {
  const { rounds, under } = begin();
  const order: string[] = [];
  rounds.call();
  const work = rounds.between(async () => {
    order.push('begins');
    rounds.call();
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
  const { rounds, under } = begin();
  const order: string[] = [];
  const first = rounds.between(async () => {
    await settled();
    order.push('first');
    throw new Error('a fault');
  });
  const second = rounds.between(() => Promise.resolve(void order.push(`second, decisions: ${under.length}`)));
  await expect(first).rejects.toThrow('a fault');
  await second;
  await settled();
  expect(order).toEqual(['first', 'second, decisions: 0']);
  expect(under).toHaveLength(1);
});

it('stops when what is under way has ended, and begins nothing more', async () => {
  const { rounds, under } = begin();
  rounds.call();
  rounds.call();
  let stopped = false;
  const stop = rounds.stop().then(() => (stopped = true));
  await settled();
  expect([stopped, under[0]?.ending.aborted]).toEqual([false, true]);
  under[0]?.end();
  await stop;
  rounds.call();
  await settled();
  expect(under).toHaveLength(1);
});
