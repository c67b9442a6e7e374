// What is kept between events: together, at most once a minute, and never before an event that tells of it.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Saver, createSaver, keeping } from '../../../agent/monitor/saver.ts';
import type { Change } from '../../../shared/store.ts';

const written: { keys: string[]; sync: boolean }[] = [];
const telling = new Set<string>();
let saver: Saver;

const write = (changes: readonly Change[], { sync }: { sync: boolean }): Promise<void> => {
  written.push({ keys: changes.map(({ key }) => key), sync });
  return Promise.resolve();
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  written.length = 0;
  telling.clear();
  saver = createSaver({ write }, (name) => (telling.has(name) ? null : keeping(name, 1)));
});
afterEach(() => vi.useRealTimers());

describe('what monitors know', () => {
  it('is written together, at most once a minute, without a sync', async () => {
    for (let second = 0; second < 150; second++) {
      saver.touch('a');
      saver.touch('b');
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(written).toEqual([
      { keys: ['a', 'b'], sync: false },
      { keys: ['a', 'b'], sync: false },
    ]);
  });

  it('is not written while nothing changes', async () => {
    saver.touch('a');
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(written).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that was written at once is not written again', async () => {
    saver.touch('gone');
    await saver.saveNow([keeping('gone', undefined)]);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(written).toEqual([{ keys: ['gone'], sync: false }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for the events that tell of it', async () => {
    telling.add('a');
    saver.touch('a');
    saver.touch('b');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written.map(({ keys }) => keys)).toEqual([['b']]);
    telling.clear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(written.map(({ keys }) => keys)).toEqual([['b'], ['a']]);
  });

  it('is written at the end, which leaves no timer', async () => {
    telling.add('b');
    saver.touch('a');
    saver.touch('b');
    await saver.stop();
    expect(written.map(({ keys }) => keys)).toEqual([['a']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is lost where the disk fails, and nothing else', async () => {
    const failing = createSaver({ write: () => Promise.reject(new Error('disk')) }, (name) =>
      keeping(name, 1),
    );
    failing.touch('a');
    await vi.advanceTimersByTimeAsync(60_000);
    await expect(failing.stop()).resolves.toBe(undefined);
  });
});
