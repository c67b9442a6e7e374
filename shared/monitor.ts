// What is known of a monitor, as the broker keeps it and /monitors shows it: all keys always there, null where nothing
// was measured.
import * as z from 'zod';
import { failureCodes, failureSources } from './failure.ts';
import { kinds } from './request.ts';
import { NetworkOfAddress, verdicts } from './result.ts';

export const monitorStates = ['up', 'down', 'unknown'] as const;
export type MonitorCondition = (typeof monitorStates)[number];

const count = z.int().min(0);
const ms = z.number().min(0).nullable();
/** Milliseconds since 1970. */
const moment = z.number().nullable();

/** What one probe measured, whatever its kind: of several echoes the least, mean and largest round trip. */
export const Figures = z.strictObject({
  minMs: ms,
  /** A ping's or a trace's average; the one round trip of dns and egress; the total time of http. */
  rttMs: ms,
  maxMs: ms,
  jitterMs: ms,
  lossPercent: z.number().min(0).max(100).nullable(),
  hopCount: count.nullable(),
  /** The public address that an egress probe found. */
  publicAddress: z.string().nullable(),
  network: NetworkOfAddress.nullable(),
  statusCode: z.int().nullable(),
  certificateDaysLeft: z.number().nullable(),
});
export type Figures = z.output<typeof Figures>;

export const MonitorState = z.strictObject({
  monitor: z.string(),
  title: z.string(),
  kind: z.enum(kinds),
  target: z.string().nullable(),
  via: z.string().nullable(),
  enabled: z.boolean(),
  /** Milliseconds from one run to the next; null where a calendar says when. */
  intervalMs: z.number().nullable(),
  cron: z.string().nullable(),
  state: z.enum(monitorStates),
  degraded: z.boolean(),
  /** Since when it has this state, in ms since 1970; null while nothing was ever measured. */
  since: moment,
  /** When the last probe began, in ms since 1970. */
  at: moment,
  verdict: z.enum(verdicts).nullable(),
  /** Why it is as it is: the last result's, or why no probe can be run. */
  reason: z.string(),
  failure: z.strictObject({ code: z.enum(failureCodes), source: z.enum(failureSources) }).nullable(),
  /** Whether what answered is not what was expected, as by the wrong line; null where no probe was run. */
  unexpected: z.boolean().nullable(),
  /** Which of `confirm` passed when the monitor's own probe did not; null where none had to. */
  refutedBy: z.string().nullable(),
  /** Results in a row that count as bad. */
  badInARow: count,
  goodInARow: count,
  /** When the last outage began, in ms since 1970, and how long it was: null while there was none, or it lasts. */
  outageAt: moment,
  outageMs: z.number().nullable(),
  address: z.string().nullable(),
  uplink: z.string().nullable(),
  interface: z.string().nullable(),
  ...Figures.shape,
  /** The last trace's: each hop's address, name, round trip and organisation. */
  route: z
    .array(
      z.strictObject({
        ttl: count,
        address: z.string().nullable(),
        name: z.string().nullable(),
        rttMs: ms,
        organisation: z.string().nullable(),
      }),
    )
    .nullable(),
});
export type MonitorState = z.output<typeof MonitorState>;

/** One probe of a monitor, as history keeps it. */
export const HistoryPoint = z.strictObject({
  /** When it began, in ms since 1970. */
  at: z.number(),
  state: z.enum(monitorStates),
  verdict: z.enum(verdicts),
  code: z.enum(failureCodes).nullable(),
  ...Figures.omit({ network: true }).shape,
});
export type HistoryPoint = z.output<typeof HistoryPoint>;
