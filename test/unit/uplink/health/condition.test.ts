// The state machine: what makes an uplink up, degraded, down and unknown, and what does not.
import { describe, expect, it } from 'vitest';
import {
  type Condition,
  type Evidence,
  advance,
  nothingKnown,
  upSinceMs,
} from '../../../../agent/uplink/health/condition.ts';
import type { Reading } from '../../../../agent/uplink/health/reading.ts';
import type { Health } from '../../../../shared/failover.ts';
import { settings } from './settings.ts';

const quiet: Reading = {
  ...{ voters: ['1.1.1.1', '8.8.8.8'], needed: 1 },
  ...{ goodInRow: 0, badInRow: 0, localInRow: 0, goodFromRound: null },
  figures: { lossPercent: 0, rttMs: 20, jitterMs: 1, asked: 20, lost: 0 },
  signs: new Map(),
  localFault: null,
  overdue: [],
};
const rows = (given: Partial<Reading>): Partial<Evidence> => ({ reading: { ...quiet, ...given } });
const loss = (lossPercent: number): Partial<Reading> => ({
  figures: { ...quiet.figures, lossPercent, lost: lossPercent / 5 },
});

const step = (before: Condition, look: Partial<Evidence>, nowMs = 1000, by = settings()) =>
  advance(
    before,
    { link: 'ready', askable: 'ready', reading: quiet, silentBurst: null, place: 'isp', ...look },
    by,
    nowMs,
  );
const being = (health: Health, other: Partial<Condition> = {}): Condition => ({
  ...nothingKnown(0),
  health,
  reason: 'as before',
  ...other,
});
const becomes = (health: Health, look: Partial<Evidence>) => step(being(health), look).condition.health;

describe('health', () => {
  it.each([
    ['probing', { goodInRow: 1 }, 'recovering'],
    ['probing', { goodInRow: 5 }, 'up'],
    ['probing', { badInRow: 4 }, 'probing'],
    ['probing', { badInRow: 5 }, 'down'],
    ['recovering', { goodInRow: 4 }, 'recovering'],
    ['recovering', { goodInRow: 5 }, 'up'],
    ['recovering', { badInRow: 1 }, 'down'],
    ['recovering', {}, 'recovering'],
    ['up', { goodInRow: 1 }, 'up'],
    ['up', { badInRow: 4 }, 'up'],
    ['up', { badInRow: 5 }, 'down'],
    ['degraded', { badInRow: 5 }, 'down'],
    ['down', { goodInRow: 1 }, 'recovering'],
    ['down', { goodInRow: 5 }, 'up'],
    ['down', {}, 'down'],
    ['unknown', { goodInRow: 1 }, 'recovering'],
    ['unknown', { badInRow: 4 }, 'unknown'],
    ['unknown', { badInRow: 5 }, 'down'],
  ] as const)('from %s with %o: %s', (health, given, after) => {
    expect(becomes(health, rows(given))).toBe(after);
  });

  const healths = ['probing', 'recovering', 'up', 'degraded', 'down', 'unknown'] as const;

  it.each(healths)('is down at once without its link, from %s', (health) => {
    for (const link of ['missing', 'down', 'no carrier', 'no address', 'no gateway'] as const) {
      expect(becomes(health, { link, ...rows({ goodInRow: 9 }) })).toBe('down');
    }
  });

  it.each(healths)('is unknown where names are, or where this machine could not ask, from %s', (health) => {
    expect(becomes(health, { askable: 'names unknown', ...rows({ badInRow: 9 }) })).toBe('unknown');
    expect(becomes(health, rows({ localInRow: 5, badInRow: 4 }))).toBe('unknown');
    expect(becomes(health, rows({ localInRow: 4, ...loss(20) }))).toBe(health);
  });

  it('is down at once by a silent burst', () => {
    for (const health of ['up', 'degraded'] as const) {
      expect(becomes(health, { silentBurst: ['1.1.1.1'] })).toBe('down');
    }
  });
});

describe('quality', () => {
  it.each([
    ['up', 41, 'degraded'],
    ['up', 40, 'up'],
    ['degraded', 11, 'degraded'],
    ['degraded', 10, 'up'],
  ] as const)('%s with %i %% lost is %s', (health, lossPercent, after) => {
    expect(becomes(health, rows(loss(lossPercent)))).toBe(after);
  });

  it('decides what a recovery leads to', () => {
    expect(becomes('recovering', rows({ goodInRow: 5, ...loss(60) }))).toBe('degraded');
    expect(becomes('recovering', rows({ goodInRow: 5, ...loss(20) }))).toBe('up');
  });
});

describe('the change', () => {
  it('is none where health stays', () => {
    const { condition, transition } = step(being('up', { sinceMs: 7 }), rows({ goodInRow: 9 }));
    expect([condition.sinceMs, transition]).toEqual([7, null]);
  });

  it('into an outage begins one, and out of it tells how long it was', () => {
    const down = step(being('up'), rows({ badInRow: 5 }), 1000);
    const fell = { from: 'up', to: 'down', outageMs: null };
    expect(down.transition).toEqual(fell);
    const recovering = step(down.condition, rows({ goodInRow: 1 }), 4000);
    expect(recovering.transition).toMatchObject({ to: 'recovering', outageMs: null });
    const again = step(recovering.condition, rows({ badInRow: 1 }), 5000);
    expect(again.transition).toEqual({ ...fell, from: 'recovering' });
    const unknown = step(again.condition, rows({ localInRow: 5 }), 6000);
    const up = step(unknown.condition, rows({ goodInRow: 5 }), 9000);
    expect(up.transition).toEqual({ from: 'unknown', to: 'up', outageMs: 8000 });
    expect(up.condition.downFromMs).toBe(null);
  });

  it('to up for the first time ends no outage', () => {
    expect(step(being('recovering'), rows({ goodInRow: 5 })).transition?.outageMs).toBe(null);
  });

  it('tells since when it is up without a break', () => {
    expect(upSinceMs(being('up', { sinceMs: 5 }))).toBe(5);
    expect(upSinceMs(being('degraded', { sinceMs: 5 }))).toBe(null);
  });
});

describe('the place', () => {
  it.each([
    ['isp', 'up', rows({ badInRow: 5 })],
    ['dns', 'up', { askable: 'names unknown', place: 'dns' }],
    [null, 'up', { askable: 'nobody', place: 'isp' }],
    [null, 'up', rows({ localInRow: 5 })],
    [null, 'up', {}],
    [null, 'down', rows({ goodInRow: 1 })],
  ] as const)('is %s from %s', (place, health, look) => {
    expect(step(being(health), look).condition.place).toBe(place);
  });

  it('may become known while it is down', () => {
    expect(step(being('down', { place: 'isp' }), { place: 'gateway' }).condition.place).toBe('gateway');
  });
});

describe('the reason', () => {
  const signs = (silent: Record<string, number>): Partial<Reading> => ({
    signs: new Map(
      Object.entries(silent).map(([target, silentInRow]) => [target, { silentInRow, sentMs: 0 }]),
    ),
  });
  const reason = (before: Condition, look: Partial<Evidence>) => step(before, look).condition.reason;

  it.each([
    ['answers from 1.1.1.1', 'up', rows(signs({ '1.1.1.1': 0, '8.8.8.8': 5 }))],
    ['answers from 1.1.1.1 and 8.8.8.8', 'up', rows(signs({ '8.8.8.8': 0, '1.1.1.1': 4 }))],
    ['as before', 'up', rows({})],
    ['12 of 20 echoes lost (60 %), more than 40 %', 'up', rows(loss(60))],
    ['4 of 20 echoes lost (20 %), not yet down to 10 %', 'degraded', rows(loss(20))],
    ['2 of 5 good rounds in a row', 'recovering', rows({ goodInRow: 2 })],
    ['no answer from 1.1.1.1 or 8.8.8.8 for 5 rounds', 'up', rows({ badInRow: 5 })],
    ['no answer from 1.1.1.1 or 8.8.8.8 for 1 round', 'recovering', rows({ badInRow: 1 })],
    [
      'fewer than 2 of 1.1.1.1 and 8.8.8.8 answered for 5 rounds',
      'up',
      rows({ badInRow: 5, needed: 2, ...signs({ '1.1.1.1': 0, '8.8.8.8': 5 }) }),
    ],
    [
      'no answer from 1.1.1.1 or 9.9.9.9 to a burst of 5 echoes',
      'up',
      { silentBurst: ['1.1.1.1', '9.9.9.9'] },
    ],
    ['no carrier', 'up', { link: 'no carrier' }],
    ['the interface is missing', 'down', { link: 'missing' }],
    ["its targets' names can't be resolved", 'up', { askable: 'names unknown' }],
    ['there is nobody to ask: it has no gateway, and no targets', 'up', { askable: 'nobody' }],
    ['could not ask for 5 rounds: EPERM', 'up', rows({ localInRow: 5, localFault: 'EPERM' })],
    ['as before', 'unknown', rows({})],
    ['as before', 'down', rows({ badInRow: 9 })],
  ] as const)('is %j from %s', (words, health, look) => {
    expect(reason(being(health), look)).toBe(words);
  });

  it('is no more the link once that is back', () => {
    const words = 'nothing has answered since the link came back';
    const back = step(being('down', { place: 'carrier' }), {}).condition;
    expect(back.reason).toBe(words);
    expect(reason(back, rows({ badInRow: 3 }))).toBe(words);
  });

  it('is nothing heard before anything is', () => {
    expect(reason(nothingKnown(0), {})).toBe('nothing has answered yet');
  });
});
