import { expect, it } from 'vitest';
import { type Row, isReached, median, quantile, ratioOf } from '../../bench/row.ts';

const row: Row = {
  case: 'a case',
  figure: 'a figure',
  unit: 'ms',
  ours: 6,
  against: { name: 'another', value: 10 },
  bar: null,
  n: 1,
  note: '',
};

it('takes quantiles by nearest rank', () => {
  const values = [5, 1, 4, 2, 3];
  expect([0, 0.2, 0.21, 0.5, 0.99, 1].map((part) => quantile(values, part))).toEqual([1, 1, 2, 3, 5, 5]);
  expect(median([4, 1, 3, 2])).toBe(2);
  expect(() => median([])).toThrow('no values');
});

it('judges by the figure or by its part of the other, the bar itself included', () => {
  expect(isReached({ ...row, bar: { most: 6, of: 'ours' } })).toBe(true);
  expect(isReached({ ...row, bar: { most: 5.9, of: 'ours' } })).toBe(false);
  expect(isReached({ ...row, bar: { most: 0.6, of: 'ratio' } })).toBe(true);
  expect(isReached({ ...row, bar: { most: 0.59, of: 'ratio' } })).toBe(false);
  expect(isReached(row)).toBe(null);
});

it('does not judge by a part where there is no other, and reaches no bar with a figure that is none', () => {
  expect(ratioOf({ ...row, against: null })).toBe(null);
  expect(isReached({ ...row, against: null, bar: { most: 1, of: 'ratio' } })).toBe(false);
  expect(isReached({ ...row, ours: NaN, bar: { most: 1, of: 'ours' } })).toBe(false);
});
