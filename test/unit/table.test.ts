import { expect, it } from 'vitest';
import { tableLines } from '../../agent/table.ts';

it('pads cells to their columns, without blanks at the end', () => {
  const rows = [
    ['a', 'bb', 'c'],
    ['aaa', '', 'cc'],
    ['a', 'b'],
  ];
  expect(tableLines(rows, ['right', 'left', 'right'])).toEqual(['  a  bb   c', 'aaa      cc', '  a  b']);
  expect(tableLines([])).toEqual([]);
});
