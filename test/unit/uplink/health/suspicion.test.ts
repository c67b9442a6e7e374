// What sets off a burst, and what its outcome is worth.
import { describe, expect, it } from 'vitest';
import { readWindow } from '../../../../agent/uplink/health/reading.ts';
import {
  type BurstOutcome,
  type Suspicion,
  noSuspicion,
  silentBurst,
  suspicionAfter,
} from '../../../../agent/uplink/health/suspicion.ts';
import { type Window, withLife } from '../../../../agent/uplink/health/window.ts';
import { drawn } from './echoes.ts';
import { settings } from './settings.ts';

const nowMs = 9000;
const voters = ['a', 'b', 'c'];
const after = (
  window: Window,
  before: Suspicion = noSuspicion,
  outcome: BurstOutcome | null = null,
  watched = true,
) => {
  const reading = readWindow(window, { voters, needed: 1 }, settings(), nowMs);
  return suspicionAfter(before, { outcome, reading, window, watched }, nowMs);
};
const missed = drawn({ a: '..x', b: '.. ', c: '.  ' });

describe('a burst', () => {
  it('begins with the first answer that is overdue, to the two targets that answered last', () => {
    expect(after(missed).burst).toEqual({ fromMs: nowMs, targets: ['a', 'b'] });
    expect(after(drawn({ a: '. x', b: '...', c: '...' })).burst?.targets).toEqual(['b', 'c']);
  });

  it('does not begin where nothing is overdue, or where going down is no news', () => {
    expect(after(drawn({ a: '...' })).burst).toBe(null);
    expect(after(missed, noSuspicion, null, false).burst).toBe(null);
  });

  it('goes on until its outcome is known', () => {
    const begun = after(missed);
    expect(after(missed, begun).burst).toBe(begun.burst);
    for (const outcome of ['answered', 'silent', 'unknown'] as const) {
      expect(after(missed, begun, outcome).burst).toBe(null);
    }
  });

  it('looks into each silence once', () => {
    const cleared = after(missed, after(missed), 'answered');
    expect(after(drawn({ a: '..xxx', b: '.....' }), cleared).burst).toBe(null);
  });

  it('begins again where the target has answered in between', () => {
    const cleared = after(missed, after(missed), 'answered');
    expect(after(drawn({ a: '..x.x' }), cleared).burst).not.toBe(null);
  });

  it('begins again at once where what answered it is silent in its turn', () => {
    const begun = after(missed);
    const died = withLife(drawn({ a: '..xx' }), 'a', 2500);
    expect(after(died, begun, 'answered').burst).toEqual({ fromMs: nowMs, targets: ['a', 'b'] });
  });
});

describe('the outcome', () => {
  const begun: Suspicion = { ...noSuspicion, burst: { fromMs: 3000, targets: ['a', 'b'] } };

  it('is silence where nothing that was sent since has answered', () => {
    expect(silentBurst(begun, 'silent', missed)).toEqual(['a', 'b']);
    expect(silentBurst(begun, 'silent', withLife(missed, 'c', 3000))).toBe(null);
  });

  it('is nothing without silence, or without a burst', () => {
    expect(silentBurst(begun, 'answered', missed)).toBe(null);
    expect(silentBurst(begun, 'unknown', missed)).toBe(null);
    expect(silentBurst(begun, null, missed)).toBe(null);
    expect(silentBurst(noSuspicion, 'silent', missed)).toBe(null);
  });
});
