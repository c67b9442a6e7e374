// The state machine: what makes a monitor up, down, unknown and degraded, and what does not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Condition,
  type Limits,
  type Outcome,
  type Transition,
  advance,
  degradedBy,
  nothingKnown,
  outcomeOf,
  steppedCondition,
  wouldBeDown,
} from '../../../agent/monitor/condition.ts';
import { Failure, type FailureCode, failureCodes, failureReport } from '../../../shared/failure.ts';
import type { Instant } from '../../../shared/instant.ts';

const at = (second: number, boot = 'b'): Instant => ({
  epochMs: 1_800_000_000_000 + second * 1000,
  upMs: 50_000 + second * 1000,
  boot,
});

const words: Record<string, Outcome> = { g: 'good', b: 'bad', n: 'neutral' };

/** One letter a second: g, b, n. */
function through(letters: string, limits: Limits = { down: 2, up: 1 }, from: Condition = nothingKnown) {
  let condition = from;
  const transitions: (Transition & { second: number })[] = [];
  Array.from(letters).forEach((letter, second) => {
    const next = advance(condition, words[letter] ?? 'neutral', at(second), limits);
    condition = next.condition;
    if (next.transition !== null) transitions.push({ ...next.transition, second });
  });
  const told = transitions.map(({ from: before, to, second }) => `${second} ${before}>${to}`);
  return { condition, transitions, told };
}

describe('the state', () => {
  it.each([
    ['g', { down: 2, up: 1 }, ['0 unknown>up']],
    ['gg', { down: 2, up: 3 }, []],
    ['ggg', { down: 2, up: 3 }, ['2 unknown>up']],
    ['b', { down: 2, up: 1 }, []],
    ['bb', { down: 2, up: 1 }, ['1 unknown>down']],
    ['gbgbgb', { down: 2, up: 1 }, ['0 unknown>up']],
    ['gbb', { down: 2, up: 1 }, ['0 unknown>up', '2 up>down']],
    ['gbbbgbg', { down: 2, up: 2 }, ['2 unknown>down']],
    ['bbgg', { down: 2, up: 2 }, ['1 unknown>down', '3 down>up']],
  ])('after %s with %o: %o', (letters, limits, told) => {
    expect(through(letters, limits).told).toEqual(told);
  });

  it('takes a fault of the agent neither for good nor for bad, and leaves the rows as they are', () => {
    expect(through('gbnb').told).toEqual(['0 unknown>up', '3 up>down']);
    expect(through('bbgng', { down: 2, up: 2 }).told).toEqual(['1 unknown>down', '4 down>up']);
  });

  it('is unknown after as many of them in a row as make it down, and then needs full rows again', () => {
    expect(through('gnn').told).toEqual(['0 unknown>up', '2 up>unknown']);
    expect(through('gngngn').told).toEqual(['0 unknown>up']);
    expect(through('gnbng', { down: 2, up: 1 }).told).toEqual(['0 unknown>up']);
    expect(through('ggnngg', { down: 2, up: 2 }).told).toEqual([
      '1 unknown>up',
      '3 up>unknown',
      '5 unknown>up',
    ]);
    expect(through('gbnnbb').told).toEqual(['0 unknown>up', '3 up>unknown', '5 unknown>down']);
  });

  it('remembers what it was before it was unknown', () => {
    expect(through('gnn').condition).toMatchObject({ state: 'unknown', lastKnown: 'up' });
    expect(through('bbnn').condition).toMatchObject({ state: 'unknown', lastKnown: 'down' });
    expect(through('nnnn').condition).toMatchObject({ state: 'unknown', lastKnown: null, since: null });
  });

  it('has its moment of change', () => {
    expect(through('gggbb').condition.since).toEqual(at(4));
    expect(through('gggb').condition.since).toEqual(at(0));
  });

  it('foretells when one more bad result is one too many', () => {
    expect(wouldBeDown(through('g').condition, 2)).toBe(false);
    expect(wouldBeDown(through('gb').condition, 2)).toBe(true);
    expect(wouldBeDown(through('bbg', { down: 2, up: 5 }).condition, 2)).toBe(true);
    expect(wouldBeDown(nothingKnown, 1)).toBe(true);
  });
});

describe('an outage', () => {
  it('begins with the first bad result of the row and ends with the change to up', () => {
    const { condition, transitions } = through('gbbbbg');
    expect(transitions.map(({ outageMs }) => outageMs)).toEqual([null, null, 4000]);
    expect(condition).toMatchObject({ outageFrom: at(1), outageMs: 4000 });
  });

  it('has no length while it lasts', () => {
    const before = through('gbbg').condition;
    expect(before.outageMs).toBe(2000);
    expect(through('bb', undefined, before).condition.outageMs).toBe(null);
  });

  it('that was lost sight of is one outage', () => {
    const { transitions } = through('bbnnbbg');
    expect(transitions.at(-1)).toMatchObject({ from: 'down', to: 'up', outageMs: 6000 });
    expect(through('bbnng').transitions.at(-1)).toMatchObject({ from: 'unknown', to: 'up', outageMs: 4000 });
  });

  it('is none where it was only lost sight of', () => {
    expect(through('gnng').transitions.at(-1)).toMatchObject({ from: 'unknown', to: 'up', outageMs: null });
  });

  it('has its right length when the clock was set meanwhile, and by the wall clock after a new start', () => {
    const { condition } = through('gbb');
    const moved = steppedCondition(condition, 3_600_000, 'b');
    expect(moved.outageFrom?.epochMs).toBe(at(1).epochMs + 3_600_000);
    expect(moved.since?.epochMs).toBe(at(2).epochMs + 3_600_000);
    const later = { ...at(10), epochMs: at(10).epochMs + 3_600_000 };
    expect(advance(moved, 'good', later, { down: 2, up: 1 }).transition?.outageMs).toBe(9000);
    const anew = { epochMs: at(60).epochMs, upMs: 3, boot: 'c' };
    expect(advance(condition, 'good', anew, { down: 2, up: 1 }).transition?.outageMs).toBe(59_000);
  });
});

describe('what a result says of the line', () => {
  const failed = (code: FailureCode) =>
    outcomeOf({ verdict: 'error', failure: failureReport(new Failure(code, 'because')) });

  it('is good on a pass, bad on a fail', () => {
    expect(outcomeOf({ verdict: 'pass', failure: null })).toBe('good');
    expect(outcomeOf({ verdict: 'fail', failure: null })).toBe('bad');
    expect(outcomeOf({ verdict: 'error', failure: null })).toBe('neutral');
  });

  it('is bad on a fault of the uplink, the target or the resolver, and nothing on any other', () => {
    const bad = failureCodes.filter((code) => failed(code) === 'bad');
    const sources = new Set(bad.map((code) => new Failure(code, 'because').source));
    expect([...sources].sort()).toEqual(['resolver', 'target', 'uplink']);
    expect(failed('noCarrier')).toBe('bad');
    for (const code of ['unjudged', 'internal', 'badRequest', 'budgetExhausted'] as const) {
      expect(failed(code)).toBe('neutral');
    }
  });
});

describe('being degraded', () => {
  const warnings = (...statuses: ('pass' | 'fail' | 'unknown')[]) => statuses.map((status) => ({ status }));

  it('begins with one limit that fails and ends when all pass', () => {
    expect(degradedBy(false, warnings('pass', 'fail', 'unknown'))).toBe(true);
    expect(degradedBy(true, warnings('pass', 'pass'))).toBe(false);
    expect(degradedBy(true, [])).toBe(false);
  });

  it('stays as it was where one is unknown', () => {
    expect(degradedBy(true, warnings('pass', 'unknown'))).toBe(true);
    expect(degradedBy(false, warnings('pass', 'unknown'))).toBe(false);
  });
});

describe('whatever comes', () => {
  const letters = fc.string({ unit: fc.constantFrom('g', 'b', 'n'), maxLength: 60 });
  const limits = fc.record({ down: fc.integer({ min: 1, max: 5 }), up: fc.integer({ min: 1, max: 5 }) });

  it('no state comes without a full row of results that speak for it', () => {
    fc.assert(
      fc.property(letters, limits, (all, { down, up }) => {
        const need = { up: ['g', up], down: ['b', down], unknown: ['n', down] } as const;
        for (const { to, second } of through(all, { down, up }).transitions) {
          const [letter, least] = need[to];
          // Single neutral ones may stand in a row of others.
          const before = Array.from(all.slice(0, second + 1)).filter((one) => letter === 'n' || one !== 'n');
          expect(before.slice(-least)).toEqual(Array<string>(least).fill(letter));
        }
      }),
    );
  });

  it('neutral ones change no row but their own, unless the state changes', () => {
    fc.assert(
      fc.property(letters, limits, (all, allowed) => {
        const { condition } = through(all, allowed);
        const next = advance(condition, 'neutral', at(99), allowed);
        if (next.transition !== null) return;
        expect({ ...next.condition, neutralInARow: condition.neutralInARow }).toEqual(condition);
      }),
    );
  });

  it('changes lead from the state that was to another, and an outage has a length only when it ends', () => {
    fc.assert(
      fc.property(letters, limits, (all, allowed) => {
        let state = 'unknown';
        for (const { from, to, outageMs } of through(all, allowed).transitions) {
          expect([from, to]).toEqual([state, expect.not.stringMatching(`^${state}$`)]);
          if (to !== 'up') expect(outageMs).toBe(null);
          state = to;
        }
      }),
    );
  });

  it('is the same again when it was kept as JSON', () => {
    fc.assert(
      fc.property(letters, limits, (all, allowed) => {
        const { condition } = through(all, allowed);
        expect(Condition.parse(JSON.parse(JSON.stringify(condition)))).toEqual(condition);
      }),
    );
  });
});
