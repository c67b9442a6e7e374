// Health from echoes to state: whole courses of lines, by the second.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seenBy } from '../../../../agent/uplink/health/look.ts';
import { answered, moved } from '../../../../agent/uplink/health/track.ts';
import { votesOf } from '../../../../agent/uplink/health/votes.ts';
import { facts, go, lookAt, newLine, told } from './line.ts';
import { settings } from './settings.ts';

const risen = () => go(newLine(['a', 'b']), { a: '.....', b: '.....' });

describe('a line', () => {
  it('comes up by good rounds in a row', () => {
    expect(told(risen())).toEqual(['20 probing>recovering', '4020 recovering>up']);
  });

  it('that never answers is down after as many rounds', () => {
    const line = go(newLine(['a']), { a: 'xxxxxx' });
    expect(told(line)).toEqual(['5000 probing>down']);
  });

  it('that dies is down as soon as a burst says so', () => {
    const line = go(risen(), { a: 'x', b: 'x' });
    expect(line.bursts).toEqual([5100]);
    expect(told(line).at(-1)).toBe('5600 up>down');
    expect(line.track.condition).toMatchObject({
      place: 'isp',
      reason: 'no answer from a or b to a burst of 5 echoes',
    });
  });

  it('is suspect while a burst is under way', () => {
    const line = go(risen(), { a: '.', b: '.' });
    expect(line.last?.suspect).toBe(false);
    const missed = go(line, { a: 'x', b: '.' });
    expect(missed.bursts).toEqual([6100]);
    expect(told(missed).length).toBe(2);
  });

  it('that loses a single echo stays up, and is looked into once for each silence', () => {
    const line = go(risen(), { a: '.x..xxxx.', b: '.........' });
    expect(line.bursts).toEqual([6100, 9100]);
    expect(line.track.condition.health).toBe('up');
  });

  it('with a target that is silent for good sets off no more bursts', () => {
    const line = go(newLine(['a', 'b']), { a: '.'.repeat(60), b: `...${'x'.repeat(57)}` });
    expect(line.bursts.length).toBeLessThanOrEqual(1);
    expect(line.track.condition.health).toBe('up');
  });

  it('that needs both its targets is down after as many rounds with one', () => {
    const both = settings({ reliability: 2 });
    const line = go(newLine(['a', 'b']), { a: '.....xxxxxx', b: '...........' }, facts(), both);
    expect(told(line).slice(2)).toEqual(['8250 up>degraded', '9250 degraded>down']);
    expect(line.track.condition.reason).toBe('fewer than 2 of a and b answered for 5 rounds');
  });

  it('recovers from an outage afresh, and tells how long it was', () => {
    const line = go(risen(), { a: 'xxx.....', b: 'xxx.....' });
    expect(told(line).slice(2)).toEqual(['5600 up>down', '8020 down>recovering', '12020 recovering>up']);
    expect(line.transitions.at(-1)?.outageMs).toBe(6420);
    expect(line.last?.figures).toMatchObject({ lossPercent: 0, asked: 5 });
    // It has proved itself: from now on late answers count again.
    expect(line.track.window.provingFromMs).toBe(null);
  });

  it('falls back from recovery by one bad round, in the same outage', () => {
    const line = go(risen(), { a: 'xx..x.....', b: 'xx..x.....' });
    expect(told(line).slice(3)).toEqual([
      '7020 down>recovering',
      '9250 recovering>down',
      '10020 down>recovering',
      '14020 recovering>up',
    ]);
    // It is one outage, from the first fall on.
    expect(line.transitions.flatMap(({ outageMs }) => outageMs ?? [])).toEqual([14_020 - 5600]);
  });

  it('does not recover by a late answer to what was sent before it went down', () => {
    const line = go(risen(), { a: 'x', b: 'x' });
    line.track = answered(line.track, { round: 5, target: 'a' }, 990);
    lookAt(line, facts(), settings());
    expect(line.track.condition.health).toBe('down');
  });

  it('degrades by loss, and mends when little is left of it', () => {
    const lossy = go(newLine(['a']), { a: `.....${'.oo'.repeat(4)}` });
    expect(lossy.track.condition.health).toBe('degraded');
    const better = go(lossy, { a: '.'.repeat(16) });
    expect(better.track.condition.health).toBe('degraded');
    expect(go(better, { a: '.' }).track.condition.health).toBe('up');
  });
});

it('is up, and not degraded by what was lost before, where one good round makes it so', () => {
  const all = settings({ up: 1, down: 1 });
  const line = go(newLine(['a']), { a: '.xxxxxx.' }, facts(), all);
  expect(line.transitions.map(({ to }) => to)).toEqual(['up', 'down', 'up']);
});

describe('another address', () => {
  it('leaves a line up, whose answers under way are lost by it', () => {
    const line = go(risen(), { a: '.', b: '.' });
    line.track = moved(line.track, line.nowMs);
    go(line, { a: '.....', b: '.....' });
    expect(told(line).length).toBe(2);
  });
});

describe('names that can not be resolved', () => {
  it('make it unknown, and it comes up again by answers', () => {
    const line = risen();
    lookAt(line, facts({ askable: 'names unknown' }), settings());
    expect(line.track.condition).toMatchObject({ health: 'unknown', place: 'dns' });
    lookAt(line, facts(), settings());
    expect(line.track.condition).toMatchObject({ health: 'unknown', place: null });
    go(line, { a: '.....', b: '.....' });
    expect(told(line).slice(2)).toEqual(['5000 up>unknown', '5020 unknown>recovering', '9020 recovering>up']);
  });
});

describe('the link', () => {
  it('takes a line down at once and lets it come back by answers only', () => {
    const line = risen();
    lookAt(line, facts({ link: 'no carrier' }), settings());
    expect(line.track.condition).toMatchObject({ health: 'down', place: 'carrier', reason: 'no carrier' });
    lookAt(line, facts(), settings());
    expect(line.track.condition).toMatchObject({ health: 'down', place: 'isp' });
    go(line, { a: '.....', b: '.....' });
    expect(line.track.condition.health).toBe('up');
  });
});

describe('a line that goes down too often', () => {
  it('is held back, which is told once, and ends by itself', () => {
    const line = risen();
    const changes: boolean[] = [];
    const again = () => {
      lookAt(line, facts({ link: 'no carrier' }), settings());
      changes.push(line.track.suppressed);
      go(line, { a: '.....', b: '.....' });
    };
    for (let outage = 0; outage < 5; outage += 1) again();
    expect(changes).toEqual([false, false, false, true, true]);
    const endMs = line.last?.lookAgainMs ?? 0;
    expect(endMs).toBe(line.track.flap.untilMs);
    line.nowMs = endMs;
    lookAt(line, facts(), settings());
    expect(line.track.suppressed).toBe(false);
  });

  it('costs half as much where it only gets bad and good again in turns', () => {
    const line = newLine(['a']);
    const by = settings({ window: 5, down: 5, up: 1 });
    go(line, { a: '.....' }, facts(), by);
    // Of 500 each, a fortieth of which is gone by the next: the seventh makes more than 3000.
    for (let turn = 0; turn < 7; turn += 1) {
      expect(line.track.suppressed).toBe(false);
      go(line, { a: 'ooo.....' }, facts(), by);
    }
    expect(told(line).filter((one) => one.endsWith('up>degraded')).length).toBe(7);
    expect(line.track.suppressed).toBe(true);
  });
});

describe('a target that is silent on every uplink', () => {
  it('takes none of them down', () => {
    const both = settings({ reliability: 2 });
    const [one, other] = [newLine(['a', 'b']), newLine(['a', 'b'])];
    let given = facts();
    for (const letter of '......xxxxxxxxxxxx') {
      for (const line of [one, other]) go(line, { a: letter, b: '.' }, given, both);
      const seen = [one, other].map(({ track, nowMs }) => seenBy(track, 'ready', nowMs));
      given = facts({ votes: votesOf(given.votes, seen, one.nowMs) });
    }
    expect([...given.votes.excluded]).toEqual(['a']);
    expect([one, other].map(({ track }) => track.condition.health)).toEqual(['up', 'up']);
    expect(one.last?.figures.lossPercent).toBe(0);
  });
});

describe('whatever comes', () => {
  const course = (letters: string[], longest = 40) =>
    fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: longest });
  const by = fc.record({
    down: fc.integer({ min: 1, max: 6 }),
    up: fc.integer({ min: 1, max: 6 }),
    window: fc.integer({ min: 1, max: 10 }),
    reliability: fc.integer({ min: 1, max: 3 }),
  });

  it('nothing is down by faults of this machine', () => {
    fc.assert(
      fc.property(course(['.', '!']), fc.boolean(), by, (a, both, other) => {
        const line = go(
          newLine(['a', 'b']),
          { a, b: both ? a : '!'.repeat(a.length) },
          facts(),
          settings(other),
        );
        expect(line.transitions.map(({ to }) => to)).not.toContain('down');
      }),
      { numRuns: 60 },
    );
  });

  it('faults of this machine for long enough make it unknown', () => {
    fc.assert(
      fc.property(course(['.', 'x', '!']), by, (a, other) => {
        const all = settings(other);
        const line = go(newLine(['a']), { a: a + '!'.repeat(all.down) }, facts(), all);
        expect(line.track.condition.health).toBe('unknown');
      }),
      { numRuns: 60 },
    );
  });

  it('a line is up after enough good rounds, and down after enough bad ones', () => {
    fc.assert(
      fc.property(course(['.', 'x', '!']), by, (a, other) => {
        const all = settings(other);
        const up = go(newLine(['a']), { a: a + '.'.repeat(Math.max(all.up, all.window) + 1) }, facts(), all);
        expect(up.track.condition.health).toBe('up');
        const down = go(up, { a: 'x'.repeat(all.down + 1) }, facts(), all);
        expect(down.track.condition.health).toBe('down');
      }),
      { numRuns: 60 },
    );
  });

  it('only what fell ends an outage, once, and what is kept stays small', () => {
    fc.assert(
      fc.property(course(['.', 'x', '!'], 80), by, (a, other) => {
        const line = go(newLine(['a']), { a }, facts(), settings(other));
        let isDown = false;
        for (const { to, outageMs } of line.transitions) {
          expect(outageMs !== null).toBe(isDown && (to === 'up' || to === 'degraded'));
          isDown = to === 'down' || (isDown && outageMs === null);
        }
        expect(line.track.window.slots.length).toBeLessThanOrEqual(20);
      }),
      { numRuns: 60 },
    );
  });
});
