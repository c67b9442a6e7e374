// What is kept of paths: their length, by interface and address, for an hour, and no more than a thousand.
import { expect, it } from 'vitest';
import { createTraceMemory } from '../../../../agent/probe/trace/memory.ts';

it('keeps the last length of a path by its interface and address', () => {
  const memory = createTraceMemory();
  memory.remember('eth1', '1.1.1.1', 5);
  memory.remember('eth1', '1.1.1.1', 4);
  memory.remember('eth0', '1.1.1.1', 3);
  expect(memory.recall('eth1', '1.1.1.1')).toBe(4);
  expect(memory.recall('eth0', '1.1.1.1')).toBe(3);
  expect(memory.recall('eth1', '8.8.8.8')).toBe(null);
  expect(memory.recall('eth2', '1.1.1.1')).toBe(null);
});

it('forgets it after an hour since it was last seen', () => {
  let nowMs = 0;
  const memory = createTraceMemory(() => nowMs);
  memory.remember('eth1', '1.1.1.1', 4);
  nowMs = 3_599_999;
  expect(memory.recall('eth1', '1.1.1.1')).toBe(4);
  nowMs = 3_600_000;
  expect(memory.recall('eth1', '1.1.1.1')).toBe(null);
  memory.remember('eth1', '1.1.1.1', 4);
  expect(memory.recall('eth1', '1.1.1.1')).toBe(4);
});

it('keeps a thousand paths, and lets go of the one that was traced the longest ago', () => {
  const memory = createTraceMemory(() => 0);
  const addressOf = (index: number): string => `10.0.${index >>> 8}.${index & 255}`;
  for (let index = 0; index < 1000; index++) memory.remember('eth1', addressOf(index), 3);
  memory.remember('eth1', addressOf(0), 3);
  memory.remember('eth1', '1.1.1.1', 4);
  expect(memory.recall('eth1', addressOf(0))).toBe(3);
  expect(memory.recall('eth1', addressOf(1))).toBe(null);
  expect(memory.recall('eth1', addressOf(2))).toBe(3);
  expect(memory.recall('eth1', '1.1.1.1')).toBe(4);
});
