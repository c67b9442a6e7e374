// What the agent keeps: across its end, and what a disk that is missing, taken or damaged does to it.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Store, type StoreTuning, openStore } from '../../../agent/store/index.ts';
import type { StorePart } from '../../../shared/store.ts';
import type { Log } from '../../../agent/log.ts';

let folder = '';
const told: string[] = [];
const opened: Store[] = [];
const log: Log = {
  debug: () => undefined,
  info: (_fields, message) => void told.push(message),
  warn: (_fields, message) => void told.push(message),
  error: () => undefined,
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-store-'));
  told.length = 0;
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  rmSync(folder, { recursive: true });
});

async function open(directory = folder, tuning: Partial<StoreTuning> = {}): Promise<Store> {
  const store = await openStore(directory, log, tuning);
  opened.push(store);
  return store;
}

async function entriesOf(part: StorePart): Promise<[string, unknown][]> {
  const entries: [string, unknown][] = [];
  for await (const entry of part.entries()) entries.push(entry);
  return entries;
}

async function expectToKeep(store: Store): Promise<void> {
  const part = store.sub('networks');
  await part.put('1.1.1.1', { asn: 13335 });
  await part.put('9.9.9.9', null);
  await store.sub('other').put('1.1.1.1', 'x');
  expect(await store.sub('networks').get('1.1.1.1')).toEqual({ asn: 13335 });
  expect(await part.get('8.8.8.8')).toBe(undefined);
  expect(await entriesOf(part)).toEqual([
    ['1.1.1.1', { asn: 13335 }],
    ['9.9.9.9', null],
  ]);
  await part.delete('9.9.9.9');
  expect(await part.get('9.9.9.9')).toBe(undefined);
}

describe('the store', () => {
  it('keeps values by part and key, and has them again when it is opened again', async () => {
    const store = await open(join(folder, 'not', 'there', 'yet'));
    await expectToKeep(store);
    await store.close();
    const again = await open(join(folder, 'not', 'there', 'yet'));
    expect(await entriesOf(again.sub('networks'))).toEqual([['1.1.1.1', { asn: 13335 }]]);
    expect(told).toEqual([]);
  });

  it('takes away what an agent killed while it tried the disk left there', async () => {
    writeFileSync(join(folder, 'room'), Buffer.alloc(1000));
    await open();
    expect(readdirSync(folder)).toEqual(['store']);
  });

  it('is in memory where its folder is a file', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expectToKeep(await open(join(folder, 'file')));
    expect(told).toEqual([
      expect.stringMatching(
        /^STATE_DIR: .*\/file\/store can't be used: ENOTDIR.*; what the agent learns is lost when it ends$/,
      ),
    ]);
  });

  it('is in memory where another agent has it', async () => {
    await open();
    await expectToKeep(await open());
    expect(told).toEqual([
      `STATE_DIR: another agent uses ${join(folder, 'store')}; what the agent learns is lost when it ends`,
    ]);
  });

  it('has what is being written, and in the order it was written', async () => {
    const store = await open();
    const part = store.sub('networks');
    const under = [part.put('a', 1), part.put('a', 2), part.put('b', 1), part.delete('b')];
    expect([await part.get('a'), await part.get('b')]).toEqual([2, undefined]);
    expect(await entriesOf(part)).toEqual([['a', 2]]);
    await Promise.all(under);
    expect(await entriesOf(part)).toEqual([['a', 2]]);
  });

  it('takes what is written when it is closed, and nothing after it', async () => {
    const store = await open();
    const last = store.sub('networks').put('a', 1);
    await store.close();
    await last;
    await expect(store.sub('networks').put('b', 1)).rejects.toThrow('the store is closed');
    expect(await entriesOf((await open()).sub('networks'))).toEqual([['a', 1]]);
  });

  it('that another agent has is taken over once that has gone, with what was learned meanwhile', async () => {
    const first = await open();
    await first.sub('networks').put('a', 1);
    const second = await open(folder, { retryMs: 5 });
    const changes: (string | null)[] = [];
    second.onTrouble((why) => changes.push(why));
    expect(second.trouble()).toBe(`another agent uses ${join(folder, 'store')}`);
    await second.sub('networks').put('b', 2);
    await first.close();
    await vi.waitFor(() => expect(changes).toEqual([null]));
    expect(await entriesOf(second.sub('networks'))).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(told).toHaveLength(2);
    await second.close();
    expect(await entriesOf((await open()).sub('networks'))).toHaveLength(2);
  });
});

describe('a damaged store', () => {
  const path = (): string => join(folder, 'store');

  async function damage(files: RegExp): Promise<void> {
    const store = await open();
    await store.sub('networks').put('1.1.1.1', { asn: 13335 });
    await store.close();
    for (const name of readdirSync(path()).filter((file) => files.test(file))) {
      writeFileSync(join(path(), name), 'damaged');
    }
  }

  it('is mended with what can be saved', async () => {
    await damage(/CURRENT|MANIFEST/);
    const store = await open();
    expect(await store.sub('networks').get('1.1.1.1')).toEqual({ asn: 13335 });
    expect(told).toEqual([
      `STATE_DIR: what the agent keeps in ${path()} was damaged and is mended; some may be lost`,
    ]);
    await expectToKeep(store);
  });

  it('that can not be mended is put aside, and it begins anew', async () => {
    await damage(/CURRENT/);
    // What a repair writes to first.
    mkdirSync(join(path(), '000001.dbtmp'));
    await expectToKeep(await open());
    expect(told).toEqual([
      `STATE_DIR: what the agent keeps was damaged; it begins anew, and the old is in ${path()}-broken-1`,
    ]);
    expect(readdirSync(folder).sort()).toEqual(['store', 'store-broken-1']);
  });

  it('without an end of its files gives what it can', async () => {
    await damage(/\.log$/);
    await expectToKeep(await open());
  });
});
