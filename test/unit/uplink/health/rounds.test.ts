// What rounds say, and how many in a row.
import { describe, expect, it } from 'vitest';
import { type Ballot, rowsOf } from '../../../../agent/uplink/health/rounds.ts';
import { withAnswer, withSlot } from '../../../../agent/uplink/health/window.ts';
import { drawn, slot } from './echoes.ts';
import { settings } from './settings.ts';

const lateMs = 1_000_000;
const any: Ballot = { voters: ['a', 'b'], needed: 1 };
const all: Ballot = { voters: ['a', 'b'], needed: 2 };
const rows = (lines: Record<string, string>, ballot: Ballot, nowMs = lateMs) => {
  const { goodInRow, badInRow, localInRow } = rowsOf(drawn(lines), ballot, 1000, nowMs);
  return [goodInRow, badInRow, localInRow];
};

describe('a round', () => {
  it.each([
    ['as many answer as are needed', { a: 'x', b: '.' }, any, [1, 0, 0]],
    ['fewer answer than are needed', { a: 'x', b: '.' }, all, [0, 1, 0]],
    ['none answers', { a: 'x', b: 'x' }, any, [0, 1, 0]],
    ['one more could still answer', { a: 'x', b: ' ' }, any, [0, 0, 0]],
    ['no more can make up for one that is lost', { a: 'x', b: ' ' }, all, [0, 1, 0]],
    ['one is enough, the other not asked yet', { a: '.', b: ' ' }, any, [1, 0, 0]],
    ['none could be asked', { a: '!', b: '!' }, any, [0, 0, 1]],
    ['it hangs on one that could not be asked', { a: 'x', b: '!' }, any, [0, 0, 1]],
    ['one that could not be asked does not matter', { a: '.', b: '!' }, any, [1, 0, 0]],
    ['one that could not be asked would not help', { a: 'x', b: '!' }, all, [0, 1, 0]],
    ['one could not be asked, and the other was not before the next began', { a: '!!' }, any, [0, 0, 1]],
    ['one was not asked before the next began', { a: 'x ', b: ' .' }, any, [1, 0, 0]],
  ])('where %s', (_what, lines, ballot, counts) => {
    expect(rows(lines, ballot)).toEqual(counts);
  });

  it('is not decided while an answer may come', () => {
    expect(rows({ a: '.x' }, { voters: ['a'], needed: 1 }, 1249)).toEqual([1, 0, 0]);
    expect(rows({ a: '.x' }, { voters: ['a'], needed: 1 }, 1250)).toEqual([0, 1, 0]);
  });

  it('is judged by those alone that vote', () => {
    expect(rows({ a: '...', b: 'xxx' }, { voters: ['a'], needed: 1 })).toEqual([3, 0, 0]);
  });
});

describe('rounds in a row', () => {
  it.each([
    ['', [0, 0, 0]],
    ['...', [3, 0, 0]],
    ['.xx', [0, 2, 0]],
    ['xx.', [1, 0, 0]],
    ['xx!', [0, 2, 1]],
    ['x!x!!', [0, 2, 2]],
    ['.!.', [2, 0, 0]],
  ])('of %j', (line, counts) => {
    expect(rows({ a: line }, { voters: ['a'], needed: 1 })).toEqual(counts);
  });

  it('are mended by a late answer', () => {
    const window = withAnswer(drawn({ a: '.xxx' }), { round: 2, target: 'a' }, 2500);
    const { badInRow, goodInRow } = rowsOf(window, { voters: ['a'], needed: 1 }, 1000, lateMs);
    expect([badInRow, goodInRow]).toEqual([1, 0]);
  });

  it('of good ones begin with a round', () => {
    const ballot = { voters: ['a'], needed: 1 };
    expect(rowsOf(drawn({ a: 'x.x!..' }), ballot, 1000, lateMs).goodFromRound).toBe(4);
    expect(rowsOf(drawn({ a: '.x' }), ballot, 1000, lateMs).goodFromRound).toBe(null);
  });
});

describe('a line that has to prove itself', () => {
  const ballot = { voters: ['a'], needed: 1 };
  const proving = (line: string, provingFromMs: number) => ({ ...drawn({ a: line }), provingFromMs });

  it('does so by what was sent since', () => {
    expect(rowsOf(proving('.....', 3000), ballot, 1000, lateMs).goodInRow).toBe(2);
    expect(rowsOf(proving('.xxxx', 3000), ballot, 1000, lateMs).badInRow).toBe(2);
  });

  it('does not do so by answers that come after the timeout', () => {
    const window = withAnswer(proving('x', 0), { round: 0, target: 'a' }, 1001);
    expect(rowsOf(window, ballot, 1000, lateMs)).toMatchObject({ goodInRow: 0, badInRow: 1 });
    const inTime = withAnswer(proving('x', 0), { round: 0, target: 'a' }, 1000);
    expect(rowsOf(inTime, ballot, 1000, lateMs)).toMatchObject({ goodInRow: 1, badInRow: 0 });
  });
});

it('does not take the next round for over as soon as it begins', () => {
  const window = withSlot(drawn({ a: '.', b: '.' }), slot(1, 'a'), settings());
  expect(rowsOf(window, any, 1000, lateMs)).toMatchObject({ goodInRow: 1, badInRow: 0 });
});
