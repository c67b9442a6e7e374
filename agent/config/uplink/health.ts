// An uplink's health in the file: whom to ask and how often, and which answers are good.
import * as z from 'zod';
import { duration, durationWords, parseDuration } from '../../../shared/duration.ts';
import { type Family, familyOf } from '../../../shared/ip.ts';
import { quoted } from '../../../shared/issues.ts';
import { contradiction } from '../contradiction.ts';
import { echoTargets } from '../targets.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const usualStandbyMs = 5000;
const meteredStandbyMs = 15 * minuteMs;

/** Beyond `fail` an uplink is degraded, within `recover` no longer; between them it stays as it is. */
export interface Limits {
  /** 0: off. */
  fail: number;
  recover: number;
}

export interface HealthSettings {
  /** Addresses and names; where there are none, failover asks the gateway. */
  targets: readonly string[];
  /** How many of them must be good. */
  reliability: number;
  sendIntervalMs: number;
  standbyIntervalMs: number;
  /** The longest wait for an answer. */
  timeoutMs: number;
  /** Rounds. */
  window: number;
  down: number;
  up: number;
  lossPercent: Limits;
  latencyMs: Limits;
  jitterMs: Limits;
  carrierDebounceMs: number;
}

const percent = z.number().min(0).max(100);

/** A number of milliseconds, or a duration. */
const milliseconds = z.unknown().transform((given, context): number => {
  const ms = typeof given === 'string' ? parseDuration(given) : given;
  if (typeof ms === 'number' && ms >= 0 && ms <= minuteMs) return ms;
  const message = `must be 0 to ${minuteMs} milliseconds, or a duration such as 500ms, not ${quoted(given)}`;
  context.issues.push({ code: 'custom', message, input: given });
  return z.NEVER;
});

/** `share` of what fails is what recovers where that is not given. */
const limits = (figure: z.ZodType<number>, usualFail: number, share: number) =>
  z
    .strictObject({ fail: figure.default(usualFail), recover: figure.optional() })
    .check(
      contradiction('recover', ({ fail, recover = fail }) =>
        recover > fail ? `must be at most what fails (${fail}), not ${recover}` : null,
      ),
    )
    .transform(({ fail, recover }): Limits => ({ fail, recover: recover ?? fail * share }))
    .prefault({});

const inARow = z.int().min(1).max(100).default(5);

export const healthKeys = {
  targets: echoTargets,
  types: z
    .unknown()
    .refine((value) => value === 'icmp', {
      error: ({ input }) => `must be icmp, the only type in this version, not ${quoted(input)}`,
    })
    .optional(),
  reliability: z.int().min(1).default(1),
  sendInterval: duration(200, hourMs).default(1000),
  standbyInterval: duration(200, 24 * hourMs).optional(),
  timeout: duration(100, 10_000).default(1000),
  window: z.int().min(1).max(1000).default(20),
  down: inARow,
  up: inARow,
  loss: limits(percent, 40, 1 / 4),
  latency: limits(milliseconds, 1000, 1 / 2),
  jitter: limits(milliseconds, 0, 1 / 2),
  carrierDebounce: duration(0, minuteMs).default(500),
};

type HealthKeys = z.output<z.ZodObject<typeof healthKeys>>;

function standbyProblem({ sendInterval, standbyInterval = sendInterval }: HealthKeys): string | null {
  if (standbyInterval >= sendInterval) return null;
  return `must be at least sendInterval (${durationWords(sendInterval)}), not ${durationWords(standbyInterval)}`;
}

/** More than there are could never be good, in all or of one family; a name may be of either. */
function reliabilityProblem({ targets, reliability }: HealthKeys): string | null {
  if (targets.length === 0) return reliability > 1 ? 'needs targets' : null;
  const count = (family: Family | null): number =>
    targets.filter((target) => familyOf(target) === family).length;
  const families = ([4, 6] as const).filter((family) => count(family) > 0);
  const most = [
    { count: targets.length, kind: 'targets' },
    ...families.map((family) => ({ count: count(family) + count(null), kind: `IPv${family} targets` })),
  ];
  const few = most.find((one) => reliability > one.count);
  return few === undefined
    ? null
    : `must be at most ${few.count}, as many as there are ${few.kind}, not ${reliability}`;
}

export const healthContradictions = [
  contradiction('standbyInterval', standbyProblem),
  contradiction('reliability', reliabilityProblem),
] as const;

/** On standby a metered uplink is asked so seldom that it costs less than a megabyte a month. */
export const healthSettings = (keys: HealthKeys, metered: boolean): HealthSettings => ({
  targets: keys.targets,
  reliability: keys.reliability,
  sendIntervalMs: keys.sendInterval,
  standbyIntervalMs:
    keys.standbyInterval ?? Math.max(metered ? meteredStandbyMs : usualStandbyMs, keys.sendInterval),
  timeoutMs: keys.timeout,
  window: keys.window,
  down: keys.down,
  up: keys.up,
  lossPercent: keys.loss,
  latencyMs: keys.latency,
  jitterMs: keys.jitter,
  carrierDebounceMs: keys.carrierDebounce,
});
