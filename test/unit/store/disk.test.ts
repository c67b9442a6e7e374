// A real disk that is full or read-only, at the start or later, and then is not: one in memory, in the tests' own namespace.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Log } from '../../../agent/log.ts';
import { type Store, openStore } from '../../../agent/store/index.ts';

let folder = '';
const said: string[] = [];
const opened: Store[] = [];
const log: Log = {
  debug: () => undefined,
  info: (_fields, message) => void said.push(message),
  warn: (_fields, message) => void said.push(message),
  error: (_fields, message) => void said.push(message),
};

const remount = (options: string): void => void execFileSync('mount', ['-o', `remount,${options}`, folder]);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pathproof-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  said.length = 0;
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  execFileSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true });
});

async function open(): Promise<Store> {
  const store = await openStore(folder, log, { retryMs: 10 });
  opened.push(store);
  return store;
}

const fill = (): void => {
  try {
    writeFileSync(join(folder, 'filling'), Buffer.alloc(4 << 20));
  } catch {
    // As intended: the disk is full.
  }
};
const unfill = (): void => rmSync(join(folder, 'filling'));

// What LevelDB can't press together.
const noise = (index: number): string =>
  Array.from({ length: 200 }, (_, at) => ((index * 7919 + at * 104_729) % 1e9).toString(36)).join('');

async function writeUntilTrouble(store: Store): Promise<number> {
  for (let index = 0; ; index += 1) {
    await store.write([{ part: 'p', key: String(index), value: noise(index) }], { sync: index % 10 === 0 });
    if (store.trouble() !== null) return index + 1;
    expect(index).toBeLessThan(5000);
  }
}

async function expectAll(store: Store, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    expect(await store.sub('p').get(String(index))).toBe(noise(index));
  }
}

async function expectWellAgain(store: Store, count: number): Promise<void> {
  await vi.waitFor(() => expect(store.trouble()).toBe(null), { timeout: 8000 });
  await store.sub('p').put(String(count), noise(count));
  await store.close();
  await expectAll(await open(), count + 1);
}

it('that fills up is said once, loses nothing meanwhile, and has it all when there is room again', async () => {
  const store = await open();
  const changes: (string | null)[] = [];
  store.onTrouble((why) => changes.push(why));
  const count = await writeUntilTrouble(store);
  for (let index = count; index < count + 50; index += 1) {
    await store.write([{ part: 'p', key: String(index), value: noise(index) }], { sync: true });
  }
  await expectAll(store, count + 50);
  remount('size=16m');
  await expectWellAgain(store, count + 50);
  expect(said).toEqual([
    expect.stringMatching(
      /^STATE_DIR: .*\/store can't be written to: .*[Nn]o space.*; what the agent learns is lost when it ends$/,
    ),
    `STATE_DIR: ${join(folder, 'store')} is written to again`,
  ]);
  expect(changes).toEqual([expect.stringMatching(/No space/), null]);
});

it.each([
  ['full', fill, unfill, /ENOSPC/],
  ['read-only', () => remount('ro'), () => remount('rw'), /EROFS/],
])(
  'that is %s at the start is said once, and taken into use when it can be',
  async (_how, spoil, mend, why) => {
    spoil();
    const store = await open();
    expect(store.trouble()).toMatch(why);
    for (let index = 0; index < 20; index += 1) await store.sub('p').put(String(index), noise(index));
    await expectAll(store, 20);
    expect(await store.sub('p').get('not there')).toBe(undefined);
    mend();
    await expectWellAgain(store, 20);
    expect(said).toHaveLength(2);
  },
);

it('that stays full does not keep it from closing', async () => {
  const store = await open();
  const count = await writeUntilTrouble(store);
  const begun = store.close();
  await begun;
  expect(store.trouble()).not.toBe(null);
  remount('size=16m');
  await expectAll(await open(), count - 1);
});

it('closes what it opened at the start to programs such as ip and curl', async () => {
  const store = await open();
  await store.sub('part').put('key', 1);
  const listed = execFileSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' });
  expect(listed).not.toContain(folder);
});
