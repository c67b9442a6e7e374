// Failover in the file: how the default route is chosen among the uplinks, and what of it goes into the kernel.
import * as z from 'zod';
import { duration, durationWords } from '../../shared/duration.ts';
import { type FamilyName, type Mode, familyNames, modes } from '../../shared/failover.ts';
import { type FieldProblem, parseWith } from '../../shared/issues.ts';
import { echoTargets, noneTwice } from './targets.ts';

const lastResorts = ['hold', 'bestScore', 'os', 'unreachable'] as const;
const flushes = ['none', 'metered', 'all'] as const;

export interface FlapSettings {
  halfLifeMs: number;
  /** What each outage adds; 0: nothing is ever held back. */
  penalty: number;
  suppress: number;
  reuse: number;
  /** The longest that an uplink is held back. */
  maxMs: number;
}

export interface FailoverSettings {
  mode: Mode;
  families: readonly FamilyName[];
  routeProto: number;
  metricActive: number;
  metricStandbyBase: number;
  /** Each uplink's table is this and its place in the file. */
  tableBase: number;
  rulePriorityBase: number;
  preferPrimary: boolean;
  failbackDelayMs: number;
  minDwellMs: number;
  startupHoldMs: number;
  lastResort: (typeof lastResorts)[number];
  reconcileIntervalMs: number;
  restoreOnExit: boolean;
  flap: FlapSettings;
  confirm: { targets: readonly string[]; timeoutMs: number };
  flushOnFailback: (typeof flushes)[number];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const mostUplinks = 64;
const mostOf32Bits = 0xffff_ffff;

// The kernel's, and those in iproute2's rt_protos and FRR's zebra.
const protosOfOthers = [
  [0, 4],
  [8, 18],
  [42, 42],
  [99, 99],
  [186, 198],
] as const;
const isOthersProto = (proto: number): boolean =>
  protosOfOthers.some(([first, last]) => proto >= first && proto <= last);
const protoRanges = protosOfOthers.map(([first, last]) => (first === last ? first : `${first}-${last}`));

const routeProto = z
  .int()
  .min(0)
  .max(255)
  .refine((proto) => !isOthersProto(proto), {
    error: ({ input }) =>
      `must not be the kernel's or another program's (${protoRanges.join(', ')}), not ${String(input)}`,
  });

/** Tables 253 to 255 are the kernel's own: default, main and local. */
const tableBase = z
  .int()
  .min(1)
  .max(mostOf32Bits - mostUplinks)
  .refine((base) => base > 255 || base + mostUplinks < 253, {
    error: ({ input }) =>
      `must leave out the tables 253 to 255, which ${mostUplinks} uplinks from ${String(input)} on would reach`,
  });

type Complaint = [path: string[], message: string];
const complaints =
  <T>(of: (value: T) => Complaint[]) =>
  ({ value, issues }: z.core.ParsePayload<T>): void => {
    for (const [path, message] of of(value)) issues.push({ code: 'custom', message, path, input: value });
  };

const Flap = z
  .strictObject({
    halfLife: duration(1000, dayMs).default(300_000),
    penalty: z.number().min(0).max(1_000_000).default(1000),
    suppress: z.number().min(1).max(1_000_000).default(3000),
    reuse: z.number().min(1).max(1_000_000).default(750),
    max: duration(1000, 7 * dayMs).default(1_800_000),
  })
  .check(
    complaints(({ suppress, reuse, halfLife, max }): Complaint[] => {
      if (reuse >= suppress) return [[['reuse'], `must be less than suppress (${suppress}), not ${reuse}`]];
      // The penalty is capped so that it decays to `reuse` within `max` (RFC 2439).
      const leastMs = halfLife * Math.log2(suppress / reuse);
      const seconds = Math.floor(leastMs / 1000) + 1;
      const words = `must be at least ${seconds}s, or nothing is ever suppressed, not ${durationWords(max)}`;
      return max > leastMs ? [] : [[['max'], words]];
    }),
  )
  .transform(({ halfLife, max, ...levels }): FlapSettings => ({
    ...levels,
    halfLifeMs: halfLife,
    maxMs: max,
  }))
  .prefault({});

const Confirm = z
  .strictObject({ targets: echoTargets, timeout: duration(1000, 600_000).default(20_000) })
  .transform(({ targets, timeout }) => ({ targets, timeoutMs: timeout }))
  .prefault({});

const Failover = z
  .strictObject({
    mode: z.enum(modes).default('observe'),
    families: z
      .array(z.enum(familyNames))
      .min(1)
      .check(noneTwice)
      .default([...familyNames]),
    routeProto: routeProto.default(136),
    metricActive: z.int().min(2).max(mostOf32Bits).default(5),
    metricStandbyBase: z
      .int()
      .min(3)
      .max(mostOf32Bits - mostUplinks)
      .default(20_000),
    tableBase: tableBase.default(13_600),
    // The rule of the main table is at 32766.
    rulePriorityBase: z.int().min(1).max(30_000).default(13_600),
    preferPrimary: z.boolean().default(true),
    failbackDelay: duration(0, dayMs).default(60_000),
    minDwell: duration(0, dayMs).default(30_000),
    startupHold: duration(0, hourMs).default(10_000),
    lastResort: z.enum(lastResorts).default('hold'),
    reconcileInterval: duration(1000, hourMs).default(30_000),
    restoreOnExit: z.boolean().default(true),
    flap: Flap,
    confirm: Confirm,
    flushOnFailback: z.enum(flushes).default('none'),
  })
  .check(
    complaints(({ metricActive, metricStandbyBase }): Complaint[] => {
      const words = `must be more than metricActive (${metricActive}), not ${metricStandbyBase}`;
      return metricStandbyBase > metricActive ? [] : [[['metricStandbyBase'], words]];
    }),
  )
  .transform(({ failbackDelay, minDwell, startupHold, reconcileInterval, ...others }): FailoverSettings => ({
    ...others,
    failbackDelayMs: failbackDelay,
    minDwellMs: minDwell,
    startupHoldMs: startupHold,
    reconcileIntervalMs: reconcileInterval,
  }));

function uplinksProblem(count: number): string | null {
  if (count === 0) return 'has no uplinks to choose from; name them under uplinks';
  return count > mostUplinks ? `takes at most ${mostUplinks} uplinks, not ${count}` : null;
}

/** The file's failover, null where it has none, and what is wrong with it. With nothing in it, it observes. */
export function readFailover(
  content: unknown,
  uplinkCount: number,
): { failover: FailoverSettings | null; problems: FieldProblem[] } {
  if (content === undefined) return { failover: null, problems: [] };
  const parsed = parseWith(z.object({ failover: Failover }), { failover: content ?? {} });
  const message = uplinksProblem(uplinkCount);
  const problems = [
    ...(parsed.ok ? [] : parsed.problems),
    ...(message === null ? [] : [{ path: 'failover', message }]),
  ];
  return { failover: parsed.ok ? parsed.value.failover : null, problems };
}
