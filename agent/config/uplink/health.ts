// An uplink's health in the file: whom to ask and how often, and which answers are good.
import * as z from 'zod';
import { duration, durationWords, parseDuration } from '../../../shared/duration.ts';
import { type Family, familyOf } from '../../../shared/ip.ts';
import { quoted } from '../../../shared/issues.ts';
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
    .check(({ value: { fail, recover = 0 }, issues }) => {
      const message = `must be at most what fails (${fail}), not ${recover}`;
      if (recover > fail) issues.push({ code: 'custom', message, path: ['recover'], input: recover });
    })
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

/** How many targets could be good, of all and of each family; names may be of either. */
function reliabilityProblem({ targets, reliability }: HealthKeys): string | null {
  const most = (count: number, kind: string): string | null =>
    count > 0 && reliability > count
      ? `must be at most ${count}, as many as there are ${kind}, not ${reliability}`
      : null;
  const others = (family: Family) => targets.filter((target) => (familyOf(target) ?? family) !== family);
  const ofFamily = (family: Family): string | null => {
    const literal = targets.some((target) => familyOf(target) === family);
    return literal ? most(targets.length - others(family).length, `IPv${family} targets`) : null;
  };
  if (targets.length === 0) return reliability > 1 ? 'needs targets' : null;
  return most(targets.length, 'targets') ?? ofFamily(4) ?? ofFamily(6);
}

/** What contradicts itself. */
export function healthContradictions({ value, issues }: z.core.ParsePayload<HealthKeys>): void {
  const refuse = (key: keyof HealthKeys, message: string): void =>
    void issues.push({ code: 'custom', message, path: [key], input: value[key] });
  const { sendInterval, standbyInterval = sendInterval } = value;
  if (standbyInterval < sendInterval) {
    const [least, given] = [sendInterval, standbyInterval].map(durationWords);
    refuse('standbyInterval', `must be at least sendInterval (${least}), not ${given}`);
  }
  const problem = reliabilityProblem(value);
  if (problem !== null) refuse('reliability', problem);
}

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
