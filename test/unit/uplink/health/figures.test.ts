// Loss, round trip and jitter, against figures done by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../../../agent/uplink/health/figures.ts';
import { emptyWindow, withAnswer, withSlot } from '../../../../agent/uplink/health/window.ts';
import { drawn, slot } from './echoes.ts';
import { settings } from './settings.ts';

const lateMs = 1_000_000;

function answering(rttsMs: Record<string, number[]>) {
  let window = emptyWindow;
  for (const [target, rtts] of Object.entries(rttsMs)) {
    rtts.forEach((rttMs, round) => {
      window = withAnswer(withSlot(window, slot(round, target), settings()), { round, target }, rttMs);
    });
  }
  return window.slots;
}

describe('the figures of an uplink', () => {
  it('of one target are its own', () => {
    const slots = answering({ a: [10, 20, 60] });
    expect(figuresOf(slots, { voters: ['a'], needed: 1 }, 20, lateMs)).toEqual({
      lossPercent: 0,
      rttMs: 30,
      jitterMs: 25,
      asked: 3,
      lost: 0,
    });
  });

  it('are those of the last target that is needed, figure by figure', () => {
    const slots = answering({ a: [10, 50], b: [20, 20], c: [90, 91] });
    const voters = ['a', 'b', 'c'];
    expect(figuresOf(slots, { voters, needed: 1 }, 20, lateMs)).toMatchObject({ rttMs: 20, jitterMs: 0 });
    expect(figuresOf(slots, { voters, needed: 2 }, 20, lateMs)).toMatchObject({ rttMs: 30, jitterMs: 1 });
    expect(figuresOf(slots, { voters, needed: 3 }, 20, lateMs)).toMatchObject({ rttMs: 90.5, jitterMs: 40 });
  });

  it('count what is decided and what is lost of it', () => {
    const { slots } = drawn({ a: '..x!x' });
    const ballot = { voters: ['a'], needed: 1 };
    expect(figuresOf(slots, ballot, 20, lateMs)).toMatchObject({ lossPercent: 50, asked: 4, lost: 2 });
    expect(figuresOf(slots, ballot, 20, 4100)).toMatchObject({ lossPercent: 33.333, asked: 3, lost: 1 });
  });

  it('are of the latest echoes only', () => {
    const { slots } = drawn({ a: 'xxxxx..x' });
    expect(figuresOf(slots, { voters: ['a'], needed: 1 }, 4, lateMs).lossPercent).toBe(50);
  });

  it('are null where nothing was measured', () => {
    const none = { lossPercent: null, rttMs: null, jitterMs: null, asked: 0, lost: 0 };
    expect(figuresOf([], { voters: ['a'], needed: 1 }, 20, lateMs)).toEqual(none);
    const { slots } = drawn({ a: '..', b: 'xx' });
    expect(figuresOf(slots, { voters: ['a', 'b'], needed: 2 }, 20, lateMs)).toMatchObject({
      lossPercent: 100,
      rttMs: null,
      jitterMs: null,
    });
  });

  it('are no better the more targets are needed', () => {
    const line = fc.string({ unit: fc.constantFrom('.', 'x', '!'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.tuple(line, line, line), ([a, b, c]) => {
        const { slots } = drawn({ a, b, c });
        const losses = [1, 2, 3].map(
          (needed) => figuresOf(slots, { voters: ['a', 'b', 'c'], needed }, 20, lateMs).lossPercent ?? 101,
        );
        expect(losses).toEqual(losses.toSorted((one, other) => one - other));
      }),
    );
  });
});
