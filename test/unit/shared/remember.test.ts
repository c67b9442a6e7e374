// Memories with an end: what goes, what stays, and what is asked again.
import { expect, it } from 'vitest';
import { keepLatest, remembered } from '../../../shared/remember.ts';

it('keeps the latest, and lets go of the one that was kept the longest ago', () => {
  const map = new Map<string, number | null>();
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['a', null],
    ['c', 3],
  ] as const) {
    keepLatest(map, key, value, 2);
  }
  expect([...map]).toEqual([
    ['a', null],
    ['c', 3],
  ]);
});

it('knows its answers again, null and undefined too, until there are too many', () => {
  const asked: string[] = [];
  const length = remembered(2, (question) => {
    asked.push(question);
    return question === 'nothing' ? undefined : question === 'no' ? null : question.length;
  });
  expect(['no', 'no', 'nothing', 'nothing'].map(length)).toEqual([null, null, undefined, undefined]);
  expect(asked).toEqual(['no', 'nothing']);
  expect(['four', 'no', 'four'].map(length)).toEqual([4, null, 4]);
  expect(asked).toEqual(['no', 'nothing', 'four', 'no']);
});
