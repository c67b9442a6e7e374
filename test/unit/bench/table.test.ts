import { expect, it } from 'vitest';
import { tableOf } from '../../bench/table.ts';

it('lines the cells up, each unit with its decimals', () => {
  const table = tableOf([
    {
      case: 'trace',
      figure: 'time',
      unit: 'ms',
      ours: 20.123,
      against: { name: 'mtr', value: 5764 },
      bar: { most: 0.04, of: 'ratio' },
      n: 7,
      note: 'quiet',
    },
    {
      case: 'trace',
      figure: 'packets',
      unit: 'packets',
      ours: 5,
      against: null,
      bar: { most: 4, of: 'ours' },
      n: 3,
      note: '',
    },
    {
      case: 'rtt',
      figure: 'error',
      unit: 'ms',
      ours: 0.0042,
      against: null,
      bar: null,
      n: 9,
      note: '',
    },
  ]);
  expect(table.split('\n')).toEqual([
    '| case  | figure  | ours      | against          | ours/against | bar         | reached | n | note  |',
    '|-------|---------|-----------|------------------|--------------|-------------|---------|---|-------|',
    '| trace | time    | 20.12 ms  | 5764.00 ms (mtr) | 0.003×       | ≤ 0.04×     | yes     | 7 | quiet |',
    '| trace | packets | 5 packets | -                | -            | ≤ 4 packets | NO      | 3 |       |',
    '| rtt   | error   | 0.004 ms  | -                | -            | -           | -       | 9 |       |',
  ]);
});
