// The plan of a trace: what is sent when, and when it is over, on paths of all kinds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfPath, hopsFromReply, planTrace } from '../../../../agent/probe/trace/plan.ts';
import { type Path, type Run, simulate } from './simulation.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
const limits = ({ sent }: Run): number[] => sent.map(([hopLimit]) => hopLimit);
const timesOf = ({ sent }: Run): number[] => [...new Set(sent.map(([, atMs]) => atMs))];

/** Round trips rising to 20 ms; the hops named keep silent. */
const path = (length: number, ...silent: number[]): (number | null)[] =>
  upTo(length).map((hop) => (silent.includes(hop) ? null : (20 * hop) / length));

describe('a trace', () => {
  // prettier-ignore
  it.each<[what: string, path: Path, packets: number, endMs: number]>([
    ['of 4 hops ends with the last reply', { rttsMs: path(4), hint: { atMs: 20, hops: 4 } }, 4, 20],
    ['of 1 hop', { rttsMs: [20], hint: { atMs: 20, hops: 1 } }, 4, 20],
    ['of 20 hops takes two round trips', { rttsMs: path(20), hint: { atMs: 20, hops: 20 } }, 20, 40],
    ['of 30 hops is the longest', { rttsMs: path(30), hint: { atMs: 20, hops: 30 } }, 30, 40],
    ['with a silent hop waits 100 ms from the last send', { rttsMs: path(4, 2), hint: { atMs: 20, hops: 4 } }, 4, 100],
    ['with a silent first hop waits as long', { rttsMs: path(4, 1), hint: { atMs: 20, hops: 4 } }, 4, 100],
    ['of 1 hop is over with its reply, though no hint came', { rttsMs: [20], hint: { atMs: 900, hops: 1 } }, 4, 20],
    ['with a silent hop of 20 waits as long from the later send', { rttsMs: path(20, 17), hint: { atMs: 20, hops: 20 } }, 20, 120],
    ['with four silent hops waits no longer', { rttsMs: path(20, 3, 9, 10, 17), hint: { atMs: 20, hops: 20 } }, 20, 120],
    ['with a silent hop on a slow path waits three round trips', { rttsMs: [50, null, 100, 200], hint: { atMs: 200, hops: 4 } }, 4, 600],
    ['gives a silent hop the whole wait at most', { rttsMs: [400, null, 500, 600], hint: { atMs: 600, hops: 4 } }, 6, 1000],
    ['told one hop too many ends with the reply', { rttsMs: path(20), hint: { atMs: 20, hops: 21 } }, 21, 40],
    ['told one hop too few goes on', { rttsMs: path(20), hint: { atMs: 20, hops: 19 } }, 20, 59],
    ['of 4 told 3 has sent the fourth already', { rttsMs: path(4), hint: { atMs: 20, hops: 3 } }, 4, 20],
    ['of 4 told 5 needs no fifth where the fourth came first', { rttsMs: path(4), hint: { atMs: 20.1, hops: 5 } }, 4, 20],
    ['told too few, at a silent hop, ends there', { rttsMs: path(20, 18), hint: { atMs: 20, hops: 18 } }, 18, 120],
    ['refused on the way ends there', { rttsMs: path(20), hint: { atMs: 20, hops: 20 }, refusedAt: 3 }, 4, 3],
    ['without a hint moves six hops past each answer', { rttsMs: path(8), hint: { atMs: 20, hops: null } }, 13, 40],
    ['to a silent destination ends six hops after the last answer', { rttsMs: [5, 10, 15, 20, null], hint: { atMs: 1400, hops: null } }, 10, 1400],
    ['told the length waits 100 ms for a last hop that keeps silent', { rttsMs: [5, 10, 15, 18, null], hint: { atMs: 20, hops: 5 } }, 5, 120],
    ['into silence ends after six hops', { rttsMs: [null], hint: { atMs: 1400, hops: null } }, 6, 1400],
    ['does not wait for a hint that is late', { rttsMs: path(8), hint: { atMs: 900, hops: 8 } }, 13, 320],
  ])('%s', (_what, given, packets, endMs) => {
    const run = simulate(given);
    expect(limits(run)).toEqual(upTo(packets));
    expect(run.endMs).toBeCloseTo(endMs, 6);
  });

  // prettier-ignore
  it.each<[what: string, path: Path, packets: number, endMs: number, times: number[]]>([
    ['of known length goes out at once', { rttsMs: path(20), hint: { atMs: 20, hops: 20 }, knownHops: 20 }, 20, 20, [0]],
    ['of a known length below four sends no more', { rttsMs: path(2), hint: { atMs: 20, hops: 2 }, knownHops: 2 }, 2, 20, [0]],
    ['of a known length needs no hint', { rttsMs: path(20), hint: { atMs: 900, hops: null }, knownHops: 20 }, 20, 20, [0]],
    ['that has become longer sends the rest with the hint', { rttsMs: path(20), hint: { atMs: 20, hops: 20 }, knownHops: 18 }, 20, 40, [0, 20]],
    ['that has become shorter ends with the reply', { rttsMs: path(12), hint: { atMs: 20, hops: 12 }, knownHops: 15 }, 15, 20, [0]],
  ])('%s', (_what, given, packets, endMs, times) => {
    const run = simulate(given);
    expect(limits(run)).toEqual(upTo(packets));
    expect(run.endMs).toBeCloseTo(endMs, 6);
    expect(timesOf(run)).toEqual(times);
    expect(run.retried).toEqual([]);
  });

  describe('tries the doubtful hop once more', () => {
    const lastStates = ({ hops }: Run, length: number): string[] =>
      hops.slice(0, length).map(({ type }) => type);

    it('where the end that the reply told of is silent, half way to giving up', () => {
      const run = simulate({ rttsMs: path(4), hint: { atMs: 20, hops: 4 }, lost: [4] });
      expect(run.retried).toEqual([[4, 50]]);
      expect(run.endMs).toBeCloseTo(70, 6);
      expect(lastStates(run, 4)).toEqual(['timeExceeded', 'timeExceeded', 'timeExceeded', 'reply']);
    });

    it('where the hop before the end is silent: its probe may have been the one that would have been the end', () => {
      const run = simulate({ rttsMs: path(4), hint: { atMs: 900, hops: 4 }, knownHops: 5, lost: [4] });
      expect(run.retried).toEqual([[4, 50]]);
      expect(lastStates(run, 4).at(-1)).toBe('reply');
      expect(run.endMs).toBeCloseTo(70, 6);
    });

    it('and not a second time', () => {
      const run = simulate({ rttsMs: [5, 10, 15, 18, null], hint: { atMs: 20, hops: 5 } });
      expect(run.retried).toEqual([[5, expect.any(Number)]]);
    });

    it('and no other silent hop, however many', () => {
      expect(simulate({ rttsMs: path(20, 3, 9, 17), hint: { atMs: 20, hops: 20 } }).retried).toEqual([]);
      expect(simulate({ rttsMs: path(20, 19), hint: { atMs: 20, hops: 20 } }).retried).toHaveLength(1);
    });
  });

  it('sends four at first, and the rest at once when the hint is there', () => {
    const run = simulate({ rttsMs: path(20), hint: { atMs: 20, hops: 20 } });
    expect(timesOf(run)).toEqual([0, 20]);
    expect(run.sent.filter(([, atMs]) => atMs === 0)).toHaveLength(4);
  });

  it('waits 300 ms for the hint, and three round trips of those that answer, before it moves on', () => {
    const secondSend = (given: Path): number | undefined => timesOf(simulate(given))[1];
    expect(secondSend({ rttsMs: [1, 2, 3, 4, 5, 6, 400], hint: { atMs: 400, hops: 7 } })).toBe(300);
    expect(secondSend({ rttsMs: [90, 100, 110, 120, 130, 900], hint: { atMs: 900, hops: 6 } })).toBe(360);
    expect(secondSend({ rttsMs: [null], hint: { atMs: 1400, hops: null } })).toBe(300);
  });

  it('never sends a hop limit twice but for one retry of few, never past 30, and always ends', () => {
    const rtt = fc.option(fc.integer({ min: 1, max: 900 }));
    const hint = fc.record({
      atMs: fc.integer({ min: 1, max: 1500 }),
      hops: fc.option(fc.integer({ min: 1, max: 30 })),
    });
    fc.assert(
      fc.property(
        fc.array(rtt, { minLength: 1, maxLength: 35 }),
        hint,
        fc.nat({ max: 35 }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 4 }),
        (rttsMs, told, refusedAt, knownHops, lost) => {
          const run = simulate({ rttsMs, hint: told, refusedAt, lost, knownHops });
          expect(limits(run)).toEqual(upTo(run.sent.length));
          expect(run.sent.length).toBeLessThanOrEqual(30);
          const again = run.retried.map(([hopLimit]) => hopLimit);
          expect(new Set(again).size).toBe(again.length);
          expect(run.endMs).toBeLessThanOrEqual(1500 + 30 * 1000);
        },
      ),
    );
  });
});

describe('a plan', () => {
  it('sends four hop limits at first', () => {
    expect(planTrace({ hops: [], hint: { type: 'pending', sentMs: 0 }, knownHops: null }, 0)).toEqual({
      send: [1, 2, 3, 4],
      retry: null,
      wakeMs: null,
      done: false,
    });
  });

  it('asks again for no hop while the echo itself shows how long answers take', () => {
    const pending = { type: 'pending', sentMs: 0, retried: false } as const;
    const state = {
      hops: [pending, pending, pending],
      hint: { type: 'length', hops: 3, rttMs: 200 } as const,
      knownHops: 3,
    };
    expect(planTrace(state, 200)).toEqual({ send: [], retry: null, wakeMs: 300, done: false });
    expect(planTrace(state, 300)).toMatchObject({ retry: 3, done: false });
  });

  it('wakes when a silent hop has had its time', () => {
    const pending = { type: 'pending', sentMs: 1000, retried: true } as const;
    const answered = { type: 'timeExceeded', rttMs: 50 } as const;
    const state = {
      hops: [answered, pending, { type: 'reply', rttMs: 60 } as const],
      hint: { type: 'silence' } as const,
      knownHops: null,
    };
    expect(planTrace(state, 1100)).toEqual({ send: [], retry: null, wakeMs: 1180, done: false });
    expect(planTrace(state, 1179)).toMatchObject({ done: false });
    expect(planTrace(state, 1180)).toMatchObject({ done: true });
  });
});

describe('the end of a path', () => {
  // prettier-ignore
  it.each([
    [[], 0],
    [['timeExceeded', 'pending', 'silence'], 0],
    [['timeExceeded', 'reply', 'reply'], 2],
    [['timeExceeded', 'silence', 'unreachable', 'reply'], 3],
  ] as const)('of %j is %d', (types, end) => {
    const hops = types.map((type) => (
      type === 'pending' ? { type, sentMs: 0, retried: false } : { type, rttMs: 1 }
    ));
    expect(endOfPath(hops)).toBe(end);
  });
});

describe('what the hop limit left in a reply says', () => {
  // prettier-ignore
  it.each([
    [64, 1],
    [61, 4],
    [45, 20],
    [35, 30],
    [34, null],
    [33, null],
    [32, 1],
    [20, 13],
    [3, 30],
    [2, null],
    [0, null],
    [128, 1],
    [117, 12],
    [99, 30],
    [98, null],
    [65, null],
    [255, 1],
    [226, 30],
    [225, null],
    [129, null],
  ])('%d: %s hops', (left, hops) => expect(hopsFromReply(left)).toBe(hops));
});
