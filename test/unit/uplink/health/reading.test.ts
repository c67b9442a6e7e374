// What a window says at one moment: who votes, who answers, who owes an answer, and when that may change.
import { describe, expect, it } from 'vitest';
import { ballotOf, nextReadingMs, readWindow } from '../../../../agent/uplink/health/reading.ts';
import { emptyWindow, withLife, withRefusal, withSlot } from '../../../../agent/uplink/health/window.ts';
import { drawn, slot } from './echoes.ts';
import { settings } from './settings.ts';

const both = { voters: ['a', 'b'], needed: 1 };
const read = (window: ReturnType<typeof drawn>, nowMs: number) => readWindow(window, both, settings(), nowMs);

describe('the ballot', () => {
  it.each([
    [[], 1, ['a', 'b'], 1],
    [[], 2, ['a', 'b'], 2],
    [[], 5, ['a', 'b'], 2],
    [['a'], 2, ['b'], 1],
    [['a', 'b'], 2, ['a', 'b'], 2],
  ])('without %j at reliability %i', (excluded, reliability, voters, needed) => {
    expect(ballotOf(['a', 'b'], new Set(excluded), reliability)).toEqual({ voters, needed });
  });
});

describe('the signs of a target', () => {
  it('are by its latest decided echoes, faults of this machine left out', () => {
    const { signs } = read(drawn({ a: '.xx!', b: 'xx. ' }), 60_000);
    expect(signs).toEqual(
      new Map([
        ['a', { silentInRow: 2, sentMs: 2000 }],
        ['b', { silentInRow: 0, sentMs: 2000 }],
      ]),
    );
  });

  it('are there of those that do not vote, too', () => {
    const { signs } = readWindow(drawn({ c: 'x' }), both, settings(), 60_000);
    expect([...signs.keys()]).toEqual(['c']);
  });
});

it('tells why this machine could not ask the last time', () => {
  expect(read(drawn({ a: '.!.' }), 60_000).localFault).toBe('EPERM');
  expect(read(drawn({ a: '...' }), 60_000).localFault).toBe(null);
});

describe('an overdue answer', () => {
  it('is one that takes longer than usual', () => {
    expect(read(drawn({ a: '.x' }), 1099).overdue).toEqual([]);
    expect(read(drawn({ a: '.x' }), 1100).overdue).toEqual(['a']);
  });

  it('is one that an ICMP error came for', () => {
    const window = withRefusal(drawn({ a: '.x' }), { round: 1, target: 'a' });
    expect(read(window, 1001).overdue).toEqual(['a']);
  });

  it('is none of a target that never answered, that has answered since, or that does not vote', () => {
    expect(read(drawn({ a: 'xx' }), 9000).overdue).toEqual([]);
    expect(read(drawn({ a: '.x.' }), 9000).overdue).toEqual([]);
    expect(read(withLife(drawn({ a: '.x' }), 'a', 1050), 9000).overdue).toEqual([]);
    expect(read(drawn({ c: '.x' }), 9000).overdue).toEqual([]);
  });

  it('is none where the echo could not be sent', () => {
    expect(read(drawn({ a: '.!' }), 9000).overdue).toEqual([]);
  });
});

describe('the next reading', () => {
  const window = withSlot(emptyWindow, slot(0, 'a', 1000), settings());

  it('is due when a wait is over', () => {
    expect(nextReadingMs(window, 1000)).toBe(1100);
    expect(nextReadingMs(window, 1100)).toBe(1250);
  });

  it('is not due where all is decided', () => {
    expect(nextReadingMs(window, 1250)).toBe(null);
    expect(nextReadingMs(emptyWindow, 0)).toBe(null);
  });
});
