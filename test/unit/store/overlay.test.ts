// What lies over the disk: its order, its bound, and that it and the disk read as one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Disk, Writing } from '../../../agent/store/disk.ts';
import { merged } from '../../../agent/store/merge.ts';
import { createOverlay } from '../../../agent/store/overlay.ts';
import type { KeyRange } from '../../../shared/store.ts';

const put = (key: string, text: string | null = 'x', part = 'a'): Writing => ({ part, key, text });

const keysOf = (writings: Writing[]): string[] => writings.map(({ key }) => key);

test('what was written over since it was taken stays', () => {
  const overlay = createOverlay(1e6);
  overlay.add(put('a'));
  overlay.add(put('b'));
  const taken = overlay.all();
  overlay.add(put('b', 'new'));
  overlay.written(taken);
  expect(overlay.all()).toEqual([put('b', 'new')]);
  overlay.written(overlay.all());
  expect(overlay.bytes()).toBe(0);
});

test('beyond its bound the part with the most entries loses its oldest', () => {
  const overlay = createOverlay(1000);
  overlay.add(put('state', 'x'.repeat(300), 'monitors'));
  for (let index = 0; index < 100; index += 1) overlay.add(put(String(index), 'x', 'history'));
  expect(overlay.bytes()).toBeLessThanOrEqual(1000);
  expect(overlay.get('monitors', 'state')).toEqual(put('state', 'x'.repeat(300), 'monitors'));
  expect(keysOf(overlay.within('history', {})).at(-1)).toBe('99');
  expect(overlay.get('history', '0')).toBe(undefined);
});

const within = (all: Map<string, string>, { from = '', before, newestFirst, most }: KeyRange) => {
  const sorted = [...all].filter(([key]) => key >= from && (before === undefined || key < before)).sort();
  return (newestFirst === true ? sorted.reverse() : sorted).slice(0, most);
};

/** A disk that answers as LevelDB does. */
const diskWith = (content: Map<string, string>): Disk => ({
  get: (_part, key) => Promise.resolve(content.get(key)),
  async *entries(_part, range) {
    await Promise.resolve();
    yield* within(content, range);
  },
  write: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

test('it and the disk read as one in any range, both ways, up to any number', async () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const range = fc.record(
    { from: key, before: key, newestFirst: fc.boolean(), most: fc.integer({ min: 0, max: 7 }) },
    { requiredKeys: [] },
  );
  const disk = fc.dictionary(key, fc.constantFrom('disk', 'old'));
  const over = fc.dictionary(key, fc.constantFrom('over', null));
  await fc.assert(
    fc.asyncProperty(disk, over, range, async (onDisk, lying, asked) => {
      const overlay = createOverlay(1e6);
      const content = new Map<string, string>(Object.entries(onDisk));
      const together = new Map<string, string>(content);
      for (const [at, text] of Object.entries(lying)) {
        overlay.add(put(at, text));
        if (text === null) together.delete(at);
        else together.set(at, text);
      }
      const read: [string, string][] = [];
      const rows = merged(overlay.within('a', asked), diskWith(content), 'a', asked);
      for await (const entry of rows) read.push(entry);
      expect(read).toEqual(within(together, asked));
    }),
  );
});
