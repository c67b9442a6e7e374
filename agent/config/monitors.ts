// The monitors of the YAML file: probes on a schedule. Everything wrong with all of them is told at once.
import { type FieldProblem, parseWith, quoted } from '../../shared/issues.ts';
import { isRecord } from '../../shared/record.ts';
import type { Request } from '../../shared/request.ts';
import { readConfirmation } from './monitor/confirm.ts';
import { type Owner, sortKeys } from './monitor/keys.ts';
import { sparing, usualEveryMs } from './monitor/metered.ts';
import { type ProbeSettings, probeProblems, readWarning } from './monitor/probe.ts';
import { MonitorKeys, contradictions, kindIn } from './monitor/shape.ts';

export type { ProbeSettings } from './monitor/probe.ts';

export type Schedule = { everyMs: number } | { cron: string; timezone: string | null };

export interface MonitorSettings {
  /** The name where none is given. */
  title: string;
  probe: ProbeSettings;
  /** The same request with softer limits in its `expect`: where one of them fails the monitor is degraded. */
  warn: Request | null;
  schedule: Schedule;
  /** How often while it is down; null: as ever. */
  whileDownEveryMs: number | null;
  /** How many bad results in a row make it down, and good ones up. */
  down: number;
  up: number;
  confirm: ProbeSettings[];
  alsoPing: string[];
  traceOnDown: boolean;
  enabled: boolean;
}

export type Monitors = Readonly<Record<string, MonitorSettings>>;

const aMonitor: Owner = { name: 'a monitor', ownKeys: Object.keys(MonitorKeys.shape), above: [] };

const below = (place: string, problems: readonly FieldProblem[]): FieldProblem[] =>
  problems.map(({ path, message }) => ({ path: path === '' ? place : `${place}.${path}`, message }));

interface ConfiguredUplink {
  interface: string;
  metered: boolean;
}
type ConfiguredUplinks = Readonly<Record<string, ConfiguredUplink>>;

/** A local address is not looked at: whose it is changes. */
const isMetered = (uplinks: ConfiguredUplinks, via: unknown): boolean =>
  Object.entries(uplinks).some(
    ([name, uplink]) => uplink.metered && (via === name || via === uplink.interface),
  );

const judgesJitter = (...limits: unknown[]): boolean =>
  limits.some((some) => isRecord(some) && some['maxJitterMs'] !== undefined);

const settingsOf = (
  name: string,
  keys: MonitorKeys,
  parts: Pick<MonitorSettings, 'probe' | 'warn' | 'confirm'>,
  metered: boolean,
): MonitorSettings => ({
  title: keys.title ?? name,
  ...parts,
  schedule:
    keys.cron === undefined
      ? { everyMs: keys.every ?? usualEveryMs(parts.probe.kind, metered) }
      : { cron: keys.cron, timezone: keys.timezone ?? null },
  whileDownEveryMs: keys.whileDownEvery ?? null,
  down: keys.down,
  up: keys.up,
  alsoPing: keys.alsoPing,
  traceOnDown: keys.traceOnDown,
  enabled: keys.enabled,
});

function readConfirmations(content: unknown, via: unknown, uplinks: readonly string[]) {
  const read = Array.isArray(content)
    ? content.map((one: unknown) => (isRecord(one) ? readConfirmation(one, via, uplinks) : null))
    : [];
  return {
    probes: read.flatMap((one) => one?.probe ?? []),
    problems: read.flatMap((one, index) => below(`confirm.${index}`, one?.problems ?? [])),
  };
}

function readMonitor(
  name: string,
  content: Readonly<Record<string, unknown>>,
  uplinks: ConfiguredUplinks,
  uplinkNames: readonly string[],
): { settings: MonitorSettings | null; problems: FieldProblem[] } {
  const kind = kindIn(content);
  const { own, request, unknown } = sortKeys(content, aMonitor, kind);
  const keys = parseWith(MonitorKeys, own);
  const { warn } = own;
  const metered = isMetered(uplinks, request['via']);
  const spare = kind !== null && metered ? sparing(kind, judgesJitter(request['expect'], warn)) : {};
  const probe = kind === null ? null : { kind, body: { ...spare, ...request } };
  const warning =
    probe !== null && isRecord(warn) ? readWarning(probe, warn) : { request: null, problems: [] };
  const confirm = readConfirmations(own['confirm'], request['via'], uplinkNames);
  const problems = [
    ...(keys.ok ? [] : keys.problems),
    ...(probe === null ? [] : probeProblems(probe, uplinkNames)),
    ...warning.problems,
    ...confirm.problems,
    ...contradictions(content),
    ...unknown,
  ];
  if (!keys.ok || probe === null || problems.length > 0) return { settings: null, problems };
  const parts = { probe, warn: warning.request, confirm: confirm.probes };
  return { settings: settingsOf(name, keys.value, parts, metered), problems: [] };
}

const monitorNames = /^[a-z0-9-]{1,32}$/;
const nameProblem = "a monitor's name is 1 to 32 of a-z 0-9 - (text for people goes into title)";
const mostMonitors = 500;

const noSet = (content: unknown): string => `must be a set of keys and values, not ${quoted(content)}`;

/**
 * The file's monitors, and what is wrong with them. `uplinks` as configured say which ways out are metered; where one of
 * them can't be read there are none, and `uplinkNames` still has all.
 */
export function readMonitors(
  content: unknown,
  uplinks: ConfiguredUplinks,
  uplinkNames: readonly string[],
): { monitors: Monitors; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const refuse = (path: string, message: string): void => void problems.push({ path, message });
  if (!isRecord(content)) {
    refuse('monitors', noSet(content));
    return { monitors: {}, problems };
  }
  const entries = Object.entries(content);
  if (entries.length > mostMonitors)
    refuse('monitors', `must be at most ${mostMonitors}, not ${entries.length}`);
  const monitors = entries.flatMap(([name, monitor]): [string, MonitorSettings][] => {
    const place = `monitors.${name}`;
    if (!monitorNames.test(name)) refuse(place, nameProblem);
    if (!isRecord(monitor)) {
      refuse(place, noSet(monitor));
      return [];
    }
    const read = readMonitor(name, monitor, uplinks, uplinkNames);
    problems.push(...below(place, read.problems));
    return read.settings === null ? [] : [[name, read.settings]];
  });
  return { monitors: Object.fromEntries(monitors), problems };
}
