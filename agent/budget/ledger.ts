// What an uplink has carried in its billing period: the interface's own counters added up over their resets, and the
// probes' bytes beside. Pure.
import * as z from 'zod';
import { type Instant, elapsedMs } from '../../shared/instant.ts';
import { periodAt } from './period.ts';

const count = z.number().min(0);

const thresholds = ['warning', 'exhausted'] as const;
/** What is told once in a period. */
export type Threshold = (typeof thresholds)[number];

const Account = z.strictObject({
  /** In ms since 1970; null while the clock could not be believed. */
  since: z.number().nullable(),
  interfaceBytes: count,
  probesBytes: count,
  told: z.array(z.enum(thresholds)),
});
type Account = z.output<typeof Account>;

export const Ledger = z.strictObject({
  ...Account.shape,
  /** When the period ends, and the reset day that says so; null while it is not known when it began. */
  until: z.number().nullable(),
  resetDay: z.int(),
  /** What the interface had counted when it was last read. */
  counted: z
    .strictObject({ interface: z.string(), boot: z.string(), rxBytes: count, txBytes: count })
    .nullable(),
  /** The period before, for the case that the clock was wrong to end it. */
  before: Account.nullable(),
  /** Since when the clock shows a time before the period. */
  behind: z.strictObject({ epochMs: z.number(), upMs: z.number(), boot: z.string() }).nullable(),
});
export type Ledger = z.output<typeof Ledger>;

export interface Reading {
  interface: string;
  rxBytes: number;
  txBytes: number;
}

/** No clock that is right shows an earlier time: a machine without a battery starts in 1970, or when its image was made. */
const earliestBelievableMs = Date.UTC(2026, 0, 1);
/** A machine without a clock of its own lags behind until the network tells it the time, which takes less than this. */
const longestLagMs = 3_600_000;

export const newLedger = (resetDay: number): Ledger => ({
  ...{ since: null, until: null, resetDay, interfaceBytes: 0, probesBytes: 0, told: [] },
  ...{ counted: null, before: null, behind: null },
});

const accountOf = ({ since, interfaceBytes, probesBytes, told }: Ledger): Account => {
  return { since, interfaceBytes, probesBytes, told };
};

/** The period was begun by a clock that ran ahead: it is that of now, with all that was counted since that one began. */
function takenBack(ledger: Ledger, epochMs: number): Ledger {
  const { start, end } = periodAt(epochMs, ledger.resetDay);
  const resumed = ledger.before?.since === start ? ledger.before : newLedger(ledger.resetDay);
  return {
    ...ledger,
    since: start,
    until: end,
    interfaceBytes: ledger.interfaceBytes + resumed.interfaceBytes,
    probesBytes: ledger.probesBytes + resumed.probesBytes,
    told: [...new Set([...ledger.told, ...resumed.told])],
    before: null,
    behind: null,
  };
}

/**
 * The ledger as it stands now. A period begins when the clock reaches its end, with nothing spent, and a clock set back
 * does not bring the last one again: only where it stays behind for an hour was it ahead before, and then nothing that
 * was counted is lost. A clock that shows a time before this program was written moves nothing.
 */
export function settled(ledger: Ledger, now: Instant, resetDay: number): Ledger {
  const { epochMs } = now;
  if (epochMs < earliestBelievableMs) return ledger;
  const { start, end } = periodAt(epochMs, resetDay);
  if (ledger.since === null) return { ...ledger, since: start, until: end, resetDay };
  // What went before the new day is not known by then: the period lasts until the day comes.
  const until = ledger.resetDay === resetDay ? (ledger.until ?? end) : end;
  const dated =
    until === ledger.until && ledger.resetDay === resetDay ? ledger : { ...ledger, until, resetDay };
  if (epochMs >= until) {
    const fresh = { ...newLedger(resetDay), counted: ledger.counted, before: accountOf(ledger) };
    return { ...fresh, since: start, until: end };
  }
  if (epochMs >= ledger.since) return dated.behind === null ? dated : { ...dated, behind: null };
  const behind = dated.behind?.boot === now.boot ? dated.behind : now;
  return elapsedMs(behind, now) < longestLagMs ? { ...dated, behind } : takenBack(dated, epochMs);
}

/** What went by since the last reading: all that is counted, where the counters began anew in between. */
function gone(
  counted: Ledger['counted'],
  { interface: name, rxBytes, txBytes }: Reading,
  boot: string,
): number {
  // Of what it carried before it was first read nobody knows when that was.
  if (counted?.interface !== name) return 0;
  const anew = counted.boot !== boot || rxBytes < counted.rxBytes || txBytes < counted.txBytes;
  return anew ? rxBytes + txBytes : rxBytes - counted.rxBytes + (txBytes - counted.txBytes);
}

/** With a reading of the interface's counters. */
export const withReading = (ledger: Ledger, reading: Reading, boot: string): Ledger => ({
  ...ledger,
  interfaceBytes: ledger.interfaceBytes + gone(ledger.counted, reading, boot),
  counted: { ...reading, boot },
});

export const withProbe = (ledger: Ledger, bytes: number): Ledger => ({
  ...ledger,
  probesBytes: ledger.probesBytes + bytes,
});

/** Where the interface can't be read, or not yet since the last probe, its probes are known all the same. */
export const usedBytes = ({ interfaceBytes, probesBytes }: Ledger): number =>
  Math.max(interfaceBytes, probesBytes);

const shares: Record<Threshold, number> = { warning: 0.8, exhausted: 1 };

/** What is reached and has not been told, and the ledger once it is. With a higher limit a threshold may come twice. */
export function crossed(ledger: Ledger, limitBytes: number): { ledger: Ledger; news: Threshold[] } {
  const reached = thresholds.filter((one) => usedBytes(ledger) >= shares[one] * limitBytes);
  const news = reached.filter((one) => !ledger.told.includes(one));
  const same = reached.length === ledger.told.length && news.length === 0;
  return { ledger: same ? ledger : { ...ledger, told: reached }, news };
}
