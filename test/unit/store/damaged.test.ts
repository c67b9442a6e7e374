// Damage within what is kept, that shows only when it is read: what can be saved is read, at once and from then on.
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Store, openStore } from '../../../agent/store/index.ts';
import { recordLog } from '../mqtt/kit.ts';

const count = 200;
const blockBytes = 512;

const keyOf = (index: number): string => String(index).padStart(4, '0');
// What LevelDB can't press together, so that it lies in many blocks.
const noise = (index: number): string =>
  Array.from({ length: 100 }, (_, at) => ((index * 7919 + at * 104_729) % 1e9).toString(36)).join('');

/** A store with 200 entries in a table, a block of which is overwritten. */
async function damagedStore(): Promise<{ store: Store; said: ReturnType<typeof recordLog> }> {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-damaged-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const log = recordLog();
  const first = await openStore(folder, log);
  for (let index = 0; index < count; index += 1) await first.sub('p').put(keyOf(index), noise(index));
  await first.close();
  // Opening writes the log of writes as a table.
  await (await openStore(folder, log)).close();
  const tables = readdirSync(join(folder, 'store')).filter((name) => name.endsWith('.ldb'));
  expect(tables).toHaveLength(1);
  const table = openSync(join(folder, 'store', tables[0] ?? ''), 'r+');
  writeSync(table, Buffer.alloc(blockBytes, 0xff), 0, blockBytes, 20_000);
  closeSync(table);
  const store = await openStore(folder, log);
  onTestFinished(() => store.close());
  return { store, said: log };
}

async function keysOf(store: Store, newestFirst = false): Promise<string[]> {
  const keys: string[] = [];
  for await (const [key] of store.sub('p').entries({ newestFirst })) keys.push(key);
  return keys;
}

const allKeys = Array.from({ length: count }, (_, index) => keyOf(index));

it.each([false, true])('is mended while all is read (newest first: %s)', async (newestFirst) => {
  const { store, said } = await damagedStore();
  const changes: (string | null)[] = [];
  store.onTrouble((why) => changes.push(why));
  const keys = await keysOf(store, newestFirst);
  const lost = allKeys.filter((key) => !keys.includes(key));
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.length).toBeLessThan(count / 4);
  expect(keys).toEqual([...keys].sort((a, b) => (a < b === newestFirst ? 1 : -1)));
  expect(keys).toContain(keyOf(0));
  expect(keys).toContain(keyOf(count - 1));
  expect(changes).toEqual([expect.stringMatching(/\/store is damaged: /), null]);
  expect(said.count(/was damaged and is mended; some may be lost/)).toBe(1);
  await store.sub('p').put('more', 1);
  expect(await keysOf(store)).toEqual(expect.arrayContaining([...keys, 'more']));
  expect(changes).toHaveLength(2);
});

it('is mended where one thing is read, and that is no more', async () => {
  const { store } = await damagedStore();
  const found = await Promise.all(allKeys.map((key) => store.sub('p').get(key)));
  const there = found.filter((value) => value !== undefined);
  expect(there.length).toBeLessThan(count);
  expect(there.length).toBeGreaterThan((count * 3) / 4);
  expect([found[0], found.at(-1)]).toEqual([noise(0), noise(count - 1)]);
  expect(store.trouble()).toBe(null);
});
