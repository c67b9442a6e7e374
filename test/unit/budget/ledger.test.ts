// A billing period's account: counters that begin anew, periods that end, clocks that are wrong.
import { beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import {
  type Ledger,
  crossed,
  newLedger,
  settled,
  usedBytes,
  withProbe,
  withReading,
} from '../../../agent/budget/ledger.ts';
import type { Instant } from '../../../shared/instant.ts';

beforeEach(() => void vi.stubEnv('TZ', 'UTC'));
afterEach(() => void vi.unstubAllEnvs());

const hourMs = 3_600_000;
const at = (moment: string, upMs = 0, boot = 'one'): Instant => ({ epochMs: Date.parse(moment), upMs, boot });
const reading = (rxBytes: number, txBytes: number, name = 'eth1') => ({ interface: name, rxBytes, txBytes });
const read = (readings: readonly [ReturnType<typeof reading>, boot?: string][]): Ledger =>
  readings.reduce((ledger, [one, boot = 'one']) => withReading(ledger, one, boot), newLedger(1));
const since = ({ since: moment }: Ledger): string | null =>
  moment === null ? null : new Date(moment).toISOString().slice(0, 10);

describe("an interface's counters", () => {
  it.each<[what: string, readings: [ReturnType<typeof reading>, string?][], bytes: number]>([
    ['count from the first reading on', [[reading(500, 50)], [reading(800, 60)]], 310],
    ['are added up', [[reading(0, 0)], [reading(10, 1)], [reading(30, 3)]], 33],
    ['count from zero on an interface made anew', [[reading(500, 50)], [reading(70, 7)]], 77],
    ['count from zero where only one of them fell', [[reading(500, 50)], [reading(600, 7)]], 607],
    ['count from zero after a restart, larger or not', [[reading(500, 50)], [reading(900, 90), 'two']], 990],
    [
      'count from the first reading of another interface',
      [[reading(500, 50)], [reading(900, 90, 'wwan0')]],
      0,
    ],
  ])('%s', (_what, readings, bytes) => {
    expect(read(readings).interfaceBytes).toBe(bytes);
  });

  it('are what was used, and the probes where those are more', () => {
    const ledger = withProbe(read([[reading(0, 0)], [reading(100, 0)]]), 60);
    expect([ledger.probesBytes, usedBytes(ledger)]).toEqual([60, 100]);
    expect(usedBytes(withProbe(ledger, 60))).toBe(120);
  });
});

describe('a period', () => {
  const spent = (from: Ledger): Ledger => withProbe(from, 1000);
  const november = (): Ledger => spent(settled(newLedger(1), at('2026-11-20T07:00:00Z'), 1));

  it('is the one of the first moment', () => {
    expect(since(november())).toBe('2026-11-01');
  });

  it('ends, and the next begins with nothing spent and nothing told', () => {
    const told = crossed(november(), 1000).ledger;
    const next = settled(told, at('2026-12-01T00:00:00Z'), 1);
    expect([since(next), usedBytes(next), next.told]).toEqual(['2026-12-01', 0, []]);
  });

  it('keeps what the interface had counted, from which it goes on', () => {
    const ledger = withReading(november(), reading(500, 0), 'one');
    const next = withReading(settled(ledger, at('2026-12-01T00:00:00Z'), 1), reading(600, 0), 'one');
    expect(next.interfaceBytes).toBe(100);
  });

  it('lasts until a new reset day comes', () => {
    const moved = settled(november(), at('2026-11-20T08:00:00Z'), 15);
    expect([since(moved), usedBytes(moved)]).toEqual(['2026-11-01', 1000]);
    expect(since(settled(moved, at('2026-12-14T23:00:00Z'), 15))).toBe('2026-11-01');
    expect(since(settled(moved, at('2026-12-15T00:00:00Z'), 15))).toBe('2026-12-15');
  });

  describe('by a clock that is wrong', () => {
    it('is left alone in 1970, as a machine without a battery starts', () => {
      const ledger = november();
      expect(settled(ledger, at('1970-01-01T00:01:00Z', 2 * hourMs), 1)).toEqual(ledger);
    });

    it('is none yet in 1970, and has all that was counted when the time is known', () => {
      const early = spent(settled(newLedger(1), at('1970-01-01T00:01:00Z'), 1));
      expect(since(early)).toBeNull();
      const dated = settled(early, at('2026-11-20T07:00:00Z'), 1);
      expect([since(dated), usedBytes(dated)]).toEqual(['2026-11-01', 1000]);
    });

    it('does not come back after a start that lags behind', () => {
      const december = spent(settled(november(), at('2026-12-01T00:10:00Z'), 1));
      const lagging = settled(december, at('2026-11-30T23:50:00Z', 1000, 'two'), 1);
      expect([since(lagging), usedBytes(lagging)]).toEqual(['2026-12-01', 1000]);
      const right = settled(lagging, at('2026-12-01T00:20:00Z', 60_000, 'two'), 1);
      expect([since(right), usedBytes(right)]).toEqual(['2026-12-01', 1000]);
    });

    it('that ran ahead is the right one again an hour later, with all that was counted and told', () => {
      const told = crossed(november(), 1200).ledger;
      const ahead = spent(settled(told, at('2026-12-02T00:00:00Z', 0), 1));
      const set = settled(ahead, at('2026-11-20T07:00:00Z', hourMs), 1);
      expect(since(set)).toBe('2026-12-01');
      const back = settled(set, at('2026-11-20T08:00:00Z', 2 * hourMs), 1);
      expect([since(back), usedBytes(back), back.told]).toEqual(['2026-11-01', 2000, ['warning']]);
      expect(since(settled(back, at('2026-12-01T00:00:00Z', 300 * hourMs), 1))).toBe('2026-12-01');
    });

    it('that ran decades ahead from the first does not stay there', () => {
      const ahead = spent(settled(newLedger(1), at('2099-01-01T00:00:00Z'), 1));
      const set = settled(ahead, at('2026-11-20T07:00:00Z', hourMs), 1);
      const back = settled(set, at('2026-11-20T08:00:00Z', 2 * hourMs), 1);
      expect([since(back), usedBytes(back)]).toEqual(['2026-11-01', 1000]);
    });
  });
});

describe('a threshold', () => {
  it.each([
    [799, []],
    [800, ['warning']],
    [999, ['warning']],
    [1000, ['warning', 'exhausted']],
  ])('of 1000 bytes, at %i: %j', (bytes, news) => {
    expect(crossed(withProbe(newLedger(1), bytes), 1000).news).toEqual(news);
  });

  it('is told once', () => {
    const { ledger } = crossed(withProbe(newLedger(1), 900), 1000);
    expect(crossed(withProbe(ledger, 50), 1000).news).toEqual([]);
    expect(crossed(withProbe(ledger, 100), 1000).news).toEqual(['exhausted']);
  });

  it('is told again where the limit was raised in between', () => {
    const { ledger } = crossed(withProbe(newLedger(1), 1000), 1000);
    const raised = crossed(ledger, 2000).ledger;
    expect(crossed(withProbe(raised, 700), 2000).news).toEqual(['warning']);
  });
});
