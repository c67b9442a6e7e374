// When Home Assistant is told of what, and what it is told once something is no more.
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../fixtures/store.ts';
import type { KeepsState } from '../../../shared/store.ts';
import { type Sent, device, pass, said, telling } from './discovery/telling.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

async function keptBy(store: KeepsState): Promise<string[]> {
  const keys: string[] = [];
  for await (const [key] of store.sub('discovery').entries()) keys.push(key);
  return keys;
}

/** The shortest time between two different messages on one topic. */
function leastPauseMs(sent: readonly Sent[]): number {
  const pauses = sent.flatMap(({ topic, payload, atMs }, index) => {
    const before = sent.slice(0, index).findLast((earlier) => earlier.topic === topic);
    return before === undefined || before.payload === payload ? [] : [atMs - before.atMs];
  });
  return Math.min(...pauses);
}

describe('what is told', () => {
  it('is retained, of each device, as soon as there is a connection, and again at the next', async () => {
    const told = telling({ devices: [device('a'), device('b')] });
    const [a, b] = [
      ['a', { rtt: ['sensor', 'a_rtt'] }],
      ['b', { rtt: ['sensor', 'b_rtt'] }],
    ];
    told.discovery.connected();
    await pass(0);
    expect(said(told.sent)).toEqual([a, b]);
    told.discovery.connected();
    await pass(0);
    expect(said(told.sent)).toEqual([a, b]);
  });

  it('is told of two hundred devices without a pause', async () => {
    const told = telling({ devices: Array.from({ length: 200 }, (_, index) => device(`m${index}`)) });
    told.discovery.connected();
    await pass(0);
    expect(told.sent).toHaveLength(200);
  });

  it('is only what has changed, and once for a burst of changes', async () => {
    const told = telling({ devices: [device('a'), device('b')] });
    told.discovery.connected();
    await pass(5000);
    said(told.sent);
    for (const name of ['one', 'two', 'three']) {
      told.devices = [device('a'), device('b', { rtt: 'sensor', [name]: 'sensor' })];
      told.discovery.changed();
    }
    await pass(5000);
    expect(said(told.sent)).toEqual([['b', { rtt: ['sensor', 'b_rtt'], three: ['sensor', 'b_three'] }]]);
    told.discovery.changed();
    await pass(5000);
    expect(told.sent).toEqual([]);
  });

  it('is told to a Home Assistant that has come back after a while, and the states after that, once', async () => {
    const told = telling();
    told.discovery.born();
    told.discovery.born();
    await pass(5499);
    expect(told.sent).toEqual([]);
    await pass(1);
    expect(told.sent).toHaveLength(1);
    expect(told.stateRounds).toEqual([]);
    await pass(3000);
    expect(told.stateRounds).toHaveLength(1);
    await pass(60_000);
    expect([told.sent.length, told.stateRounds.length]).toEqual([1, 1]);
  });

  it('is nothing without a prefix, and nothing is kept', async () => {
    const store = memoryStore();
    const told = telling({ prefix: '', store });
    told.discovery.connected();
    told.discovery.changed();
    told.discovery.born();
    await pass(60_000);
    expect([told.sent, told.stateRounds, await keptBy(store)]).toEqual([[], [], []]);
  });

  it('is nothing after the end', async () => {
    const told = telling();
    told.discovery.connected();
    await pass(0);
    told.devices = [device('a', { loss: 'sensor' })];
    told.discovery.changed();
    told.discovery.born();
    told.discovery.stop();
    told.discovery.connected();
    told.discovery.changed();
    told.discovery.born();
    await pass(60_000);
    expect([told.sent.length, told.stateRounds.length]).toEqual([1, 0]);
  });

  it('is told although the disk fails', async () => {
    const fails = (): Promise<never> => Promise.reject(new Error('EIO'));
    const store: KeepsState = { ...memoryStore(), write: fails };
    const told = telling({ store });
    told.discovery.connected();
    await pass(0);
    expect(told.sent).toHaveLength(1);
    expect(told.complaints).toEqual([]);
  });
});

describe('two versions of a device', () => {
  const changing = (words: string) => [device('a', { [words]: 'sensor' })];

  it('are two seconds apart, whenever the second comes', async () => {
    const told = telling();
    told.discovery.connected();
    await pass(0);
    told.devices = changing('loss');
    told.discovery.connected();
    await pass(1999);
    expect(told.sent).toHaveLength(1);
    await pass(1);
    expect(told.sent).toHaveLength(2);
  });

  it('are two seconds apart from when the broker has the first', async () => {
    const told = telling();
    told.acknowledges = false;
    told.discovery.connected();
    await pass(0);
    told.devices = [device('a', { rtt: 'sensor', loss: 'sensor' })];
    told.discovery.changed();
    await pass(60_000);
    expect(told.sent).toHaveLength(1);
    told.acknowledge(true);
    await pass(1999);
    expect(told.sent).toHaveLength(1);
    await pass(1);
    expect(told.sent).toHaveLength(2);
  });

  it('are two seconds apart where the first waited for the connection', async () => {
    const told = telling();
    told.acknowledges = false;
    told.discovery.changed();
    await pass(60_000);
    told.devices = [device('a', { rtt: 'sensor', loss: 'sensor' })];
    told.discovery.connected();
    await pass(1999);
    expect(told.sent).toHaveLength(1);
    await pass(1);
    expect(told.sent).toHaveLength(2);
  });

  it('are sent again where the first was given up', async () => {
    const told = telling();
    told.acknowledges = false;
    told.discovery.connected();
    await pass(0);
    told.acknowledge(false);
    told.discovery.changed();
    await pass(2500);
    expect(told.sent).toHaveLength(2);
    expect(told.sent[0]?.payload).toBe(told.sent[1]?.payload);
  });

  it('are never nearer, whatever happens', async () => {
    const step = fc.tuple(
      fc.constantFrom('connected', 'changed', 'born'),
      fc.subarray(['rtt', 'loss', 'hops']),
      fc.constantFrom('sensor', 'number'),
      fc.integer({ min: 0, max: 4000 }),
      fc.boolean(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        const told = telling();
        for (const [what, ids, platform, ms, there] of steps) {
          told.devices = there ? [device('a', Object.fromEntries(ids.map((id) => [id, platform])))] : [];
          told.discovery[what]();
          await pass(ms);
        }
        await pass(60_000);
        expect(
          leastPauseMs(told.sent.filter(({ topic }) => topic.endsWith('/config'))),
        ).toBeGreaterThanOrEqual(2000);
        told.discovery.stop();
      }),
      { numRuns: 200 },
    );
  });
});

describe('a component that is no more', () => {
  it('is taken back first, and then left out', async () => {
    const told = telling({ devices: [device('a', { rtt: 'sensor', loss: 'sensor' })] });
    told.discovery.connected();
    await pass(5000);
    said(told.sent);
    told.devices = [device('a')];
    told.discovery.changed();
    await pass(500);
    expect(said(told.sent)).toEqual([['a', { rtt: ['sensor', 'a_rtt'], loss: ['sensor'] }]]);
    await pass(2000);
    expect(said(told.sent)).toEqual([['a', { rtt: ['sensor', 'a_rtt'] }]]);
    await pass(60_000);
    expect(told.sent).toEqual([]);
  });

  it('is taken back before it comes as another platform', async () => {
    const told = telling({ devices: [device('a', { interval: 'sensor' })] });
    told.discovery.connected();
    await pass(5000);
    said(told.sent);
    told.devices = [device('a', { interval: 'number' })];
    told.discovery.changed();
    await pass(5000);
    expect(said(told.sent)).toEqual([
      ['a', { interval: ['sensor'] }],
      ['a', { interval: ['number', 'a_interval'] }],
    ]);
  });

  it('is known on disk before it is taken back, and is taken back again after a restart and a birth', async () => {
    const store = memoryStore();
    const before = telling({ store, devices: [device('a', { rtt: 'sensor', x: 'sensor' })] });
    before.discovery.connected();
    await pass(5000);
    before.devices = [device('a', { rtt: 'sensor', x: 'number' })];
    const writes: number[] = [];
    const write = store.write.bind(store);
    store.write = (...args) => {
      writes.push(before.sent.length);
      return write(...args);
    };
    before.discovery.changed();
    await pass(5000);
    expect([writes, before.sent.length]).toEqual([[1], 3]);

    const after = telling({ store, devices: [device('a')] });
    const rounds = [
      ['a', { rtt: ['sensor', 'a_rtt'], x: ['sensor'] }],
      ['a', { rtt: ['sensor', 'a_rtt'], x: ['number'] }],
      ['a', { rtt: ['sensor', 'a_rtt'] }],
    ];
    after.discovery.connected();
    await pass(10_000);
    expect(said(after.sent)).toEqual(rounds);
    after.discovery.born();
    await pass(15_000);
    expect(said(after.sent)).toEqual(rounds);
  });

  it('is not taken back once it is there again', async () => {
    const told = telling({ devices: [device('a', { rtt: 'sensor', loss: 'sensor' })] });
    told.discovery.connected();
    await pass(5000);
    told.devices = [device('a')];
    told.discovery.changed();
    await pass(5000);
    told.devices = [device('a', { rtt: 'sensor', loss: 'sensor' })];
    told.discovery.changed();
    await pass(5000);
    said(told.sent);
    told.discovery.connected();
    await pass(5000);
    expect(said(told.sent)).toEqual([['a', { rtt: ['sensor', 'a_rtt'], loss: ['sensor', 'a_loss'] }]]);
  });
});

describe('a device that is no more', () => {
  it('is cleared, once', async () => {
    const store = memoryStore();
    const told = telling({ store, devices: [device('a'), device('b')] });
    told.discovery.connected();
    await pass(5000);
    said(told.sent);
    told.devices = [device('a')];
    told.discovery.changed();
    await pass(5000);
    expect(told.sent.map(({ topic, payload }) => [topic, payload])).toEqual([
      ['homeassistant/device/b/config', ''],
    ]);
    expect(await keptBy(store)).toEqual(['a']);
    said(told.sent);
    told.discovery.changed();
    await pass(5000);
    expect(told.sent).toEqual([]);
  });

  it('is cleared by the next agent, as long as the broker has not got it', async () => {
    const store = memoryStore();
    const first = telling({ store, devices: [device('a'), device('b')] });
    first.discovery.connected();
    await pass(5000);
    for (const acknowledges of [false, true]) {
      const next = telling({ store, devices: [device('a')] });
      next.acknowledges = acknowledges;
      next.discovery.connected();
      await pass(0);
      expect(next.sent.map(({ topic, payload }) => [topic, payload === ''])).toEqual([
        ['homeassistant/device/a/config', false],
        ['homeassistant/device/b/config', true],
      ]);
    }
    const last = telling({ store, devices: [device('a')] });
    last.discovery.connected();
    await pass(0);
    expect(said(last.sent)).toHaveLength(1);
  });

  it('is cleared under the prefix it had', async () => {
    const store = memoryStore();
    const first = telling({ store });
    first.discovery.connected();
    await pass(5000);
    const next = telling({ store, prefix: 'ha', devices: [device('a', undefined, 'ha')] });
    next.discovery.connected();
    await pass(0);
    expect(next.sent.map(({ topic, payload }) => [topic, payload === ''])).toEqual([
      ['ha/device/a/config', false],
      ['homeassistant/device/a/config', true],
    ]);
  });

  it('is cleared under the prefix it had by the next agent, as long as the broker has not got it', async () => {
    const store = memoryStore();
    const first = telling({ store });
    first.discovery.connected();
    await pass(5000);
    const away = telling({ store, prefix: 'ha', devices: [device('a', undefined, 'ha')] });
    away.acknowledges = false;
    away.discovery.connected();
    await pass(0);
    away.discovery.stop();
    for (const clears of [true, false]) {
      const next = telling({ store, prefix: 'ha', devices: [device('a', undefined, 'ha')] });
      next.discovery.connected();
      await pass(0);
      expect(next.sent.some(({ topic }) => topic === 'homeassistant/device/a/config')).toBe(clears);
    }
  });

  it('is cleared under each prefix it had where it is no more, and stays where it is again', async () => {
    const store = memoryStore();
    for (const prefix of ['homeassistant', 'ha', 'other', 'ha']) {
      const told = telling({ store, prefix, devices: [device('a', undefined, prefix)] });
      told.acknowledges = false;
      told.discovery.connected();
      await pass(0);
      told.discovery.stop();
    }
    const last = telling({ store, devices: [] });
    last.discovery.connected();
    await pass(0);
    expect(last.sent.map(({ topic, payload }) => [topic, payload]).sort()).toEqual([
      ['ha/device/a/config', ''],
      ['homeassistant/device/a/config', ''],
      ['other/device/a/config', ''],
    ]);
    expect(await keptBy(store)).toEqual([]);
  });

  it('is cleared when discovery is turned off', async () => {
    const store = memoryStore();
    const first = telling({ store });
    first.discovery.connected();
    await pass(5000);
    const next = telling({ store, prefix: '' });
    next.discovery.connected();
    await pass(0);
    expect(next.sent.map(({ topic, payload }) => [topic, payload])).toEqual([
      ['homeassistant/device/a/config', ''],
    ]);
    expect(await keptBy(store)).toEqual([]);
  });
});
