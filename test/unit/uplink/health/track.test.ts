// What is told of echoes, and how it is kept.
import { describe, expect, it } from 'vitest';
import {
  type Track,
  answered,
  answeredBurst,
  burstWaitOf,
  failedLocally,
  moved,
  newTrack,
  refused,
  retargeted,
  sent,
} from '../../../../agent/uplink/health/track.ts';
import { settings } from './settings.ts';

const by = settings();
const key = (round: number) => ({ round, target: 'a' });
const asked = (rounds: number, track: Track = newTrack(['a'], 0)) =>
  Array.from({ length: rounds }).reduce<Track>(
    (before, _none, round) => sent(before, key(round), by, round * 1000),
    track,
  );
const slots = ({ window }: Track) => window.slots;

describe('an echo', () => {
  it('is waited for as long as the round trips so far say', () => {
    expect(slots(asked(1))).toMatchObject([{ sentMs: 0, suspicionWaitMs: 1000, waitMs: 1000 }]);
    const known = answered(asked(1), key(0), 20);
    // 20 + 4 · 10.
    expect(slots(sent(known, key(1), by, 1000))[1]).toMatchObject({ suspicionWaitMs: 100, waitMs: 250 });
    expect(burstWaitOf(known, 'a', by)).toBe(400);
    expect(burstWaitOf(known, 'b', by)).toBe(1000);
  });

  it('is answered, refused or not sent', () => {
    expect(slots(answered(asked(1), key(0), 20))).toMatchObject([{ rttMs: 20 }]);
    expect(slots(refused(asked(1), key(0)))).toMatchObject([{ refused: true }]);
    expect(slots(failedLocally(asked(1), key(0), 'EPERM'))).toMatchObject([{ localFault: 'EPERM' }]);
  });

  it('is answered once', () => {
    const once = answered(asked(1), key(0), 20);
    expect(answered(once, key(0), 900)).toBe(once);
  });

  it('of a burst is a sign of life, and of how long answers take', () => {
    const track = answeredBurst(asked(1), 'a', 300, 20);
    expect(track.window.lifeMs.get('a')).toBe(300);
    expect(track.roundTrips.get('a')).toEqual({ smoothedMs: 20, deviationMs: 10 });
  });
});

describe('another way', () => {
  const before = answered(asked(3), key(0), 20);
  const after = moved(before, 2500);

  it('makes nothing of what is under way, and leaves what is decided', () => {
    expect(slots(after).map(({ round }) => round)).toEqual([0, 1]);
    expect(answered(after, key(2), 20)).toBe(after);
  });

  it('has other round trips', () => {
    expect(slots(sent(after, key(3), by, 3000)).at(-1)).toMatchObject({ waitMs: 1000 });
  });
});

it('keeps its health with other targets, and nothing of the former', () => {
  const before = answered(asked(3), key(0), 20);
  const after = retargeted(before, ['b']);
  expect(after.condition).toBe(before.condition);
  expect(after).toMatchObject({ targets: ['b'], window: { slots: [] } });
  expect([after.window.lifeMs.size, after.roundTrips.size]).toEqual([0, 0]);
});
