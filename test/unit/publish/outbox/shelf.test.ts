// When what the outbox keeps is written, on a store in memory and a clock of the test's.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Letter, createShelf } from '../../../../agent/publish/outbox/shelf.ts';
import type { Change } from '../../../../shared/store.ts';
import { memoryStore } from '../../../fixtures/store.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const letter = (kind: Letter['kind'], payload = 'x'): Letter => ({
  kind,
  topic: 't',
  payload,
  keptAt: { epochMs: 0, upMs: 0, boot: 'b' },
  expirySeconds: null,
});

/** A shelf, and what was written: a batch each, by the number or name of what is put (+) or removed (-). */
function shelfWith(restBytes = 64 << 10) {
  const store = memoryStore();
  const batches: string[][] = [];
  const word = ({ key, value }: Change): string =>
    `${value === undefined ? '-' : '+'}${key.replace(/^0+/, '')}`;
  const shelf = createShelf(
    {
      ...store,
      write(changes) {
        batches.push(changes.map(word));
        return store.write(changes);
      },
    },
    { batchMs: 1000, restMs: 60_000, restBytes },
  );
  return { shelf, batches };
}

it('writes measurements once a minute, and never one that is gone by then', async () => {
  const { shelf, batches } = shelfWith();
  for (let seq = 1; seq <= 100; seq += 1) {
    shelf.put(seq, letter('measurement'));
    if (seq > 3) shelf.drop(seq - 3, 'measurement');
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(batches).toEqual([]);
  expect(await shelf.get(100)).toMatchObject({ payload: 'x' });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(batches).toEqual([['+100', '+99', '+98']]);
  expect(await shelf.get(100)).toMatchObject({ payload: 'x' });
  shelf.drop(98, 'measurement');
  shelf.keepLosses({ measurements: 1, events: 0, sinceMs: 0 });
  await vi.advanceTimersByTimeAsync(59_999);
  expect(batches).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(batches[1]).toEqual(['-98', '+all']);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(batches).toHaveLength(2);
});

it('writes so much of them at a time, the youngest first, and the rest later', async () => {
  const { shelf, batches } = shelfWith(3000);
  for (let seq = 1; seq <= 5; seq += 1) shelf.put(seq, letter('measurement', 'x'.repeat(1000)));
  await vi.advanceTimersByTimeAsync(60_000);
  await vi.advanceTimersByTimeAsync(60_000);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(batches).toEqual([['+5', '+4'], ['+3', '+2'], ['+1']]);
});

it('writes an event at once and takes it away soon, the measurements apart', async () => {
  const { shelf, batches } = shelfWith();
  shelf.put(1, letter('measurement'));
  shelf.put(2, letter('event'));
  await shelf.flush([{ part: 'monitors', key: 'lte', value: 1 }]);
  shelf.drop(2, 'event');
  await vi.advanceTimersByTimeAsync(1000);
  expect(batches).toEqual([['+2', '+lte'], ['-2']]);
});

it('removes what was dropped while it was being written', async () => {
  const { shelf, batches } = shelfWith();
  shelf.put(1, letter('measurement'));
  vi.advanceTimersByTime(60_000);
  shelf.drop(1, 'measurement');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(batches).toEqual([['+1'], ['-1']]);
  expect(await shelf.get(1)).toBe(undefined);
});

it('writes all there is when it is closed', async () => {
  const { shelf, batches } = shelfWith(0);
  shelf.put(1, letter('measurement'));
  await shelf.close();
  expect(batches).toEqual([['+1']]);
});
