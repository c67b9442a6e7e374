// What of a monitor survives a restart, and what it looks like from outside. Pure.
import * as z from 'zod';
import { type Failure, failureReport } from '../../shared/failure.ts';
import { Figures, MonitorState } from '../../shared/monitor.ts';
import { isRecord } from '../../shared/record.ts';
import type { Result } from '../../shared/result.ts';
import { Condition, nothingKnown, steppedCondition } from './condition.ts';
import { Egress, noEgress } from './egress.ts';
import { figuresOf, noFigures, routeOf } from './figures.ts';
import { type Settings, subjectOf, textOf } from './settings.ts';

/** Set by a command, in force until the file says something else than it did then. */
const overriding = <Value extends z.ZodType>(value: Value) =>
  z.object({ value, fileValue: value }).nullable();
const Enabled = overriding(z.boolean());
const IntervalMs = overriding(z.number().min(1));

/** Of the last result. */
const Seen = z.object({
  ...MonitorState.pick({
    at: true,
    verdict: true,
    reason: true,
    failure: true,
    unexpected: true,
    refutedBy: true,
    address: true,
    uplink: true,
    interface: true,
    route: true,
  }).shape,
  ...Figures.shape,
});
type Seen = z.output<typeof Seen>;

export interface Kept {
  /** What was probed. */
  subject: string;
  condition: Condition;
  seen: Seen;
  /** Which start of the machine `seen` is of. */
  seenBoot: string | null;
  egress: Egress;
  enabled: z.output<typeof Enabled>;
  intervalMs: z.output<typeof IntervalMs>;
}

const nothingSeen: Seen = {
  at: null,
  verdict: null,
  reason: 'nothing was measured yet',
  failure: null,
  unexpected: null,
  refutedBy: null,
  address: null,
  uplink: null,
  interface: null,
  route: null,
  ...noFigures,
};

// More than a trace asks: what is kept is bounded whatever it is.
const mostHops = 64;

/** These fail where answers do not come; any other by what an answer was. */
const ofMissingAnswers = ['reached', 'maxLossPercent'];

const isUnexpected = ({ findings }: Result): boolean =>
  findings.some(({ status, expectation }) => status === 'fail' && !ofMissingAnswers.includes(expectation));

/** What a result leaves to be seen; the route is the last one that was traced. */
export const seenOf = (result: Result, refutedBy: string | null, before: Seen): Seen => ({
  at: Date.parse(result.startedAt),
  verdict: result.verdict,
  reason: result.reason,
  failure: result.failure,
  unexpected: isUnexpected(result),
  refutedBy,
  address: result.address,
  uplink: result.via.uplink,
  interface: result.via.interface,
  route: routeOf(result)?.slice(0, mostHops) ?? before.route,
  ...figuresOf(result),
});

const intervalOf = ({ schedule }: Settings): number | null =>
  'everyMs' in schedule ? schedule.everyMs : null;

/**
 * What was kept, as far as it still belongs to these settings. Another version may have kept more or less: what it did not
 * know begins anew. So does each part that can't be read, which `onUnread` is told of.
 */
export function keptFor(
  settings: Settings,
  stored: unknown,
  onUnread: (part: string) => void = () => undefined,
): Kept {
  const parts: Readonly<Record<string, unknown>> = isRecord(stored) ? stored : {};
  function read<T>(part: string, schema: z.ZodType<T>, anew: T): T {
    const value = parts[part];
    if (value === undefined) return anew;
    const parsed = schema.safeParse(isRecord(value) ? { ...anew, ...value } : value);
    if (!parsed.success) onUnread(part);
    return parsed.success ? parsed.data : anew;
  }
  if (stored !== undefined && typeof parts['subject'] !== 'string') onUnread('subject');
  const subject = subjectOf(settings);
  const same = parts['subject'] === subject;
  const enabled = read('enabled', Enabled, null);
  const interval = read('intervalMs', IntervalMs, null);
  return {
    subject,
    condition: same ? read('condition', Condition, nothingKnown) : nothingKnown,
    seen: same ? read('seen', Seen, nothingSeen) : nothingSeen,
    seenBoot: same ? read('seenBoot', z.string().nullable(), null) : null,
    egress: same ? read('egress', Egress, noEgress) : noEgress,
    enabled: enabled?.fileValue === settings.enabled ? enabled : null,
    intervalMs: interval?.fileValue === intervalOf(settings) ? interval : null,
  };
}

/** The same by a wall clock that has been set by `stepMs`. */
export function steppedKept(kept: Kept, stepMs: number, boot: string): Kept {
  const { seen, seenBoot } = kept;
  const at = seen.at === null || seenBoot !== boot ? seen.at : seen.at + stepMs;
  return { ...kept, condition: steppedCondition(kept.condition, stepMs, boot), seen: { ...seen, at } };
}

export const isEnabled = (settings: Settings, { enabled }: Kept): boolean =>
  enabled?.value ?? settings.enabled;

/** Milliseconds from one run to the next while it is not down; null where a calendar says when. */
export const everyOf = (settings: Settings, { intervalMs }: Kept): number | null =>
  intervalMs?.value ?? intervalOf(settings);

/** Both return null where the file says so already. */
export const enabledBy = (settings: Settings, value: boolean): Kept['enabled'] =>
  value === settings.enabled ? null : { value, fileValue: settings.enabled };
export function intervalBy(settings: Settings, value: number): Kept['intervalMs'] {
  const fileValue = intervalOf(settings);
  return fileValue === null || fileValue === value ? null : { value, fileValue };
}

/** Of a monitor that may not be run now. */
const heldBack = (seen: Seen, refusal: Failure): Seen => ({
  ...seen,
  verdict: null,
  unexpected: null,
  reason: refusal.message,
  failure: failureReport(refusal),
  refutedBy: null,
  route: null,
  ...noFigures,
});

/** The state as it is published; `refusal` is why it may not be run now. */
export function stateOf(
  monitor: string,
  settings: Settings,
  kept: Kept,
  refusal: Failure | null,
): MonitorState {
  const { condition } = kept;
  const seen = refusal === null ? kept.seen : heldBack(kept.seen, refusal);
  const { schedule, probe, title } = settings;
  return {
    monitor,
    title,
    kind: probe.kind,
    target: textOf(probe, 'target'),
    via: textOf(probe, 'via'),
    enabled: isEnabled(settings, kept),
    intervalMs: everyOf(settings, kept),
    cron: 'cron' in schedule ? schedule.cron : null,
    state: condition.state,
    degraded: condition.degraded,
    since: condition.since?.epochMs ?? null,
    badInARow: condition.badInARow,
    goodInARow: condition.goodInARow,
    outageAt: condition.outageFrom?.epochMs ?? null,
    outageMs: condition.outageMs,
    ...seen,
  };
}
