// What holds whatever the uplinks do: no worse one, no flapping, never nobody.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Candidate,
  type Selection,
  type SelectionSettings,
  type Standing,
  refusalOf,
  select,
} from '../../../../agent/uplink/select.ts';
import { healths } from '../../../../shared/failover.ts';
import { nowMs, settings as usual, standing as initial } from './kit.ts';

const names = ['fibre', 'dsl', 'lte'];
const condition = fc.record({
  health: fc.constantFrom(...healths),
  suppressed: fc.boolean(),
  distrusted: fc.boolean(),
  suspect: fc.boolean(),
  usable: fc.boolean(),
  lossPercent: fc.option(fc.integer({ min: 0, max: 100 })),
  upForMs: fc.integer({ min: 0, max: 100_000 }),
});
type Condition = typeof condition extends fc.Arbitrary<infer One> ? One : never;
const conditions = fc.tuple(condition, condition, condition);
const priorities = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2));

const candidateOf = (
  { upForMs, ...seen }: Condition,
  index: number,
  priority: number,
  atMs: number,
): Candidate => ({
  ...{ ...seen, name: names[index] ?? '', priority },
  upSinceMs: seen.health === 'up' ? atMs - upForMs : null,
});

const candidates = fc
  .tuple(conditions, priorities)
  .map(([all, ranks]) => all.map((one, index) => candidateOf(one, index, ranks[index] ?? 0, nowMs)));

const lastResorts = ['hold', 'bestScore', 'os', 'unreachable'] as const;
const settings = fc.record({
  preferPrimary: fc.boolean(),
  failbackDelayMs: fc.constantFrom(0, 500, 60_000),
  minDwellMs: fc.constantFrom(0, 500, 30_000),
  startupHoldMs: fc.constantFrom(0, 10_000),
  lastResort: fc.constantFrom(...lastResorts),
});
const withHold = settings.map((one): SelectionSettings => ({ ...one, lastResort: 'hold' }));

const standing: fc.Arbitrary<Standing> = fc.record({
  active: fc.constantFrom(...names, 'tun0', null),
  switchedMs: fc.option(fc.integer({ min: nowMs - 50_000, max: nowMs })),
  startedMs: fc.integer({ min: nowMs - 20_000, max: nowMs }),
  startupOver: fc.boolean(),
  forced: fc.option(
    fc.record({
      uplink: fc.constantFrom(...names, 'gone'),
      untilMs: fc.integer({ min: nowMs - 1000, max: nowMs + 1000 }),
    }),
  ),
});

const classes: Partial<Record<string, number>> = { up: 3, degraded: 2, recovering: 1 };
/** That the targets of one answer that did not reach what it has to says little. */
const classOf = (candidate: Candidate | undefined): number =>
  candidate?.usable === true ? Math.min(classes[candidate.health] ?? 0, candidate.distrusted ? 1 : 3) : 0;
const named = (all: readonly Candidate[], name: string | null) => all.find((one) => one.name === name);

/** As the selection says, so it is done. */
const after = (before: Standing, { desired, kind, startupOver }: Selection, atMs: number): Standing =>
  kind === 'keep'
    ? { ...before, startupOver }
    : { ...before, startupOver, active: desired, switchedMs: kind === 'withdraw' ? before.switchedMs : atMs };

it('asks for an uplink that is there, or none and says what instead', () => {
  fc.assert(
    fc.property(candidates, standing, settings, (all, now, wished) => {
      const { desired, kind, instead, wakeMs, why } = select(all, now, wished, nowMs);
      expect([null, ...names]).toContain(desired);
      expect(instead !== null).toBe(kind === 'withdraw');
      if (kind === 'keep' && desired !== null) expect(desired).toBe(now.active);
      if (kind !== 'keep' && desired !== null) expect(desired).not.toBe(now.active);
      if (wakeMs !== null) expect(wakeMs).toBeGreaterThan(nowMs);
      expect(why).not.toBe('');
    }),
  );
});

it('never goes to a worse one, save by force', () => {
  fc.assert(
    fc.property(candidates, standing, settings, (all, now, wished) => {
      const { desired, kind } = select(all, now, wished, nowMs);
      if (kind === 'force' || kind === 'withdraw') return;
      expect(classOf(named(all, desired))).toBeGreaterThanOrEqual(classOf(named(all, now.active)));
    }),
  );
});

it('never goes to one that is suspect, and without an answer only where nothing answers', () => {
  fc.assert(
    fc.property(candidates, standing, settings, (all, now, wished) => {
      const { desired, kind } = select(all, now, wished, nowMs);
      const to = named(all, desired);
      if (kind === 'keep' || to === undefined) return;
      if (classOf(to) === 0) expect(all.map(classOf)).toEqual([0, 0, 0]);
      else expect(to.suspect).toBe(false);
    }),
  );
});

it('never leaves one for what this machine could not find out', () => {
  fc.assert(
    fc.property(candidates, standing, settings, (all, now, wished) => {
      const blind = all.map((one): Candidate =>
        one.name === now.active ? { ...one, health: 'unknown', usable: true } : one,
      );
      const { kind } = select(blind, now, wished, nowMs);
      if (named(blind, now.active) !== undefined) expect(['keep', 'return', 'force']).toContain(kind);
    }),
  );
});

it('never has nobody once somebody was active, where it is to hold', () => {
  fc.assert(
    fc.property(candidates, standing, withHold, (all, now, wished) => {
      const { desired, instead } = select(all, now, wished, nowMs);
      expect(instead).toBe(null);
      if (named(all, now.active) !== undefined) expect(desired).not.toBe(null);
    }),
  );
});

it('comes to rest where nothing changes any more', () => {
  fc.assert(
    fc.property(candidates, standing, settings, (all, first, wished) => {
      let now = first;
      let atMs = nowMs;
      const visited: (string | null)[] = [];
      for (let turn = 0; turn < 12; turn++) {
        const selection = select(all, now, wished, atMs);
        now = after(now, selection, atMs);
        if (selection.kind !== 'keep' && selection.kind !== 'withdraw') visited.push(selection.desired);
        if (selection.kind === 'keep' && selection.wakeMs === null) break;
        atMs = selection.wakeMs ?? atMs;
      }
      const later = select(all, now, wished, atMs + 1_000_000);
      expect([later.desired, later.wakeMs]).toEqual([select(all, now, wished, atMs).desired, null]);
      // Forced there, back, and to a preferred one: nobody is come to twice, but by a command that ends.
      expect(visited.length).toBeLessThanOrEqual(first.forced === null ? 3 : 5);
      if (first.forced === null) expect(new Set(visited).size).toBe(visited.length);
    }),
  );
});

it('obeys each command that it does not refuse, unless an answer is awaited', () => {
  fc.assert(
    fc.property(candidates, standing, settings, fc.constantFrom(...names), (all, now, wished, uplink) => {
      const command = { action: 'force', uplink, ttlSeconds: 60 } as const;
      const refusal = refusalOf(command, new Map(names.map((name) => [name, null])), [
        { candidates: all, active: now.active },
      ]);
      const { desired } = select(all, { ...now, forced: { uplink, untilMs: nowMs + 1 } }, wished, nowMs);
      const wanted = named(all, uplink);
      if (refusal !== null && now.active !== uplink) expect(desired).not.toBe(uplink);
      if (refusal !== null) return;
      if (wanted?.usable === true && !wanted.suspect) expect(desired).toBe(uplink);
    }),
  );
});

interface Step {
  all: Condition[];
  afterMs: number;
}
const walk: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ all: conditions, afterMs: fc.integer({ min: 1, max: 40_000 }) }),
  { maxLength: 60 },
);

/** Each selection of a walk, with what was before it. */
function through(steps: readonly Step[], ranks: readonly number[], wished: SelectionSettings) {
  let now: Standing = { ...initial, startedMs: nowMs, startupOver: false };
  let atMs = nowMs;
  return steps.map(({ all, afterMs }) => {
    atMs += afterMs;
    const seen = all.map((one, index) => candidateOf(one, index, ranks[index] ?? 0, atMs));
    const before = now;
    const selection = select(seen, before, wished, atMs);
    now = after(before, selection, atMs);
    return { seen, before, selection, atMs };
  });
}

it('on no walk leaves one that is up for one that is not', () => {
  fc.assert(
    fc.property(walk, priorities, settings, (steps, ranks, wished) => {
      for (const { seen, before, selection } of through(steps, ranks, wished)) {
        if (classOf(named(seen, before.active)) < 3) continue;
        expect(classOf(named(seen, selection.desired))).toBe(3);
      }
    }),
  );
});

it('on no walk leaves one that answers before the dwell time is over', () => {
  fc.assert(
    fc.property(walk, priorities, settings, (steps, ranks, wished) => {
      for (const { seen, before, selection, atMs } of through(steps, ranks, wished)) {
        const { switchedMs, active } = before;
        if (classOf(named(seen, active)) === 0 || switchedMs === null) continue;
        if (atMs < switchedMs + wished.minDwellMs) expect(selection.kind).toBe('keep');
      }
    }),
  );
});

it('goes there and back no more often than its times allow, however a preferred one flaps', () => {
  const spans = fc.array(fc.integer({ min: 100, max: 200_000 }), { minLength: 2, maxLength: 80 });
  fc.assert(
    fc.property(spans, fc.constantFrom('down', 'degraded'), (lengths, bad) => {
      let now: Standing = { ...initial, active: 'fibre' };
      let atMs = nowMs;
      let switches = 0;
      lengths.forEach((lengthMs, index) => {
        const [sinceMs, endMs] = [atMs, atMs + lengthMs];
        const health = index % 2 === 0 ? bad : 'up';
        const shape = {
          suppressed: false,
          distrusted: false,
          suspect: false,
          usable: true,
          lossPercent: null,
        };
        const all: Candidate[] = [
          { ...shape, name: 'fibre', priority: 1, health, upSinceMs: health === 'up' ? sinceMs : null },
          { ...shape, name: 'lte', priority: 2, health: 'up', upSinceMs: 0 },
        ];
        for (let wakeMs: number | null = atMs; wakeMs !== null && wakeMs < endMs;) {
          const selection = select(all, now, usual, wakeMs);
          if (selection.kind !== 'keep') switches += 1;
          now = after(now, selection, wakeMs);
          expect(selection.wakeMs ?? Infinity).toBeGreaterThan(wakeMs);
          wakeMs = selection.wakeMs;
        }
        atMs = endMs;
      });
      const longest = Math.max(usual.failbackDelayMs, usual.minDwellMs);
      expect(switches).toBeLessThanOrEqual(1 + 2 * Math.floor((atMs - nowMs) / longest));
    }),
  );
});
