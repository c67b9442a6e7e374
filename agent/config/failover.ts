// Failover in the file: how the default route is chosen among the uplinks, and what of it goes into the kernel.
import * as z from 'zod';
import { duration } from '../../shared/duration.ts';
import { type FamilyName, type Mode, familyNames, modes } from '../../shared/failover.ts';
import { type FieldProblem, parseWith } from '../../shared/issues.ts';
import { contradiction } from './contradiction.ts';
import { Flap, type FlapSettings } from './failover/flap.ts';
import {
  metricActive,
  metricStandbyBase,
  mostUplinks,
  routeProto,
  rulePriorityBase,
  tableBase,
} from './failover/numbers.ts';
import { echoTargets, noneTwice } from './targets.ts';

const lastResorts = ['hold', 'bestScore', 'os', 'unreachable'] as const;
const flushes = ['none', 'metered', 'all'] as const;

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
    metricActive: metricActive.default(5),
    metricStandbyBase: metricStandbyBase.default(20_000),
    tableBase: tableBase.default(13_600),
    rulePriorityBase: rulePriorityBase.default(13_600),
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
    contradiction('metricStandbyBase', (beside) =>
      beside.metricStandbyBase > beside.metricActive
        ? null
        : `must be more than metricActive (${beside.metricActive}), not ${beside.metricStandbyBase}`,
    ),
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

/** What holds where the file has no failover: it would observe. */
export const defaultFailover: FailoverSettings = Failover.parse({});
