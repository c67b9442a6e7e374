// When silence is the target's own fault, and when it is an uplink's.
import { describe, expect, it } from 'vitest';
import { type Seen, type Votes, noVotes, votesOf } from '../../../../agent/uplink/health/votes.ts';

const nowMs = 1_000_000;

/** Lost echoes in a row by target; 0 where it answers. */
const seen = (silent: Record<string, number>, sentMs = nowMs, working = true): Seen => ({
  working,
  signs: new Map(Object.entries(silent).map(([target, silentInRow]) => [target, { silentInRow, sentMs }])),
});
const told = ({ excluded, atFault }: Votes) => ({ excluded: [...excluded], atFault: [...atFault] });
const votes = (uplinks: Seen[], before = noVotes) => told(votesOf(before, uplinks, nowMs));
const nobody = { excluded: [], atFault: [] };

describe('a target', () => {
  it('that is silent on every uplink while others answer has no vote', () => {
    const uplinks = [seen({ a: 2, b: 0 }), seen({ a: 1, c: 0 })];
    expect(votes(uplinks)).toEqual({ excluded: ['a'], atFault: ['a'] });
  });

  it.each([
    ['answers on one of them', [seen({ a: 9, b: 0 }), seen({ a: 0, b: 0 })]],
    ['is asked by one uplink only', [seen({ a: 9, b: 0 }), seen({ b: 0 })]],
    ['was lost by each only once', [seen({ a: 1, b: 0 }), seen({ a: 1, b: 0 })]],
    ['was asked too long ago by the other', [seen({ a: 9, b: 0 }), seen({ a: 9, b: 0 }, nowMs - 60_001)]],
    ['is silent where the link is no good', [seen({ a: 9, b: 0 }), seen({ a: 9, b: 0 }, nowMs, false)]],
    ['is silent where nothing answers', [seen({ a: 9, b: 9 }), seen({ a: 9, b: 9 })]],
  ])('keeps its vote where it %s', (_what, uplinks) => {
    expect(votes(uplinks)).toEqual(nobody);
  });

  it('keeps its vote, but is at fault, where it is all that an uplink has', () => {
    expect(votes([seen({ a: 3 }), seen({ a: 3, b: 0 })])).toEqual({ excluded: [], atFault: ['a'] });
  });

  it('does not lose its vote to a dead uplink', () => {
    expect(votes([seen({ a: 9, b: 9 }), seen({ a: 0, b: 0 })])).toEqual(nobody);
  });
});

describe('a target without a vote', () => {
  const before: Votes = { excluded: new Set(['a']), atFault: new Set(['a']) };

  it('has none until an uplink hears from it', () => {
    expect(votes([seen({ a: 9, b: 9 }), seen({ b: 0 })], before).excluded).toEqual(['a']);
    expect(votes([seen({ a: 9, b: 0 }), seen({ a: 0, b: 0 })], before)).toEqual(nobody);
  });

  it('has it again where nobody asks it any more', () => {
    expect(votes([seen({ b: 0 }), seen({ b: 0 })], before)).toEqual(nobody);
  });
});
