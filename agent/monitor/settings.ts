// What a monitor is told to do, and what it does it with.
import type { Failure } from '../../shared/failure.ts';
import type { Kind, Request } from '../../shared/request.ts';
import type { Finding, Result } from '../../shared/result.ts';

export interface Probe {
  kind: Kind;
  /** The request, not yet parsed. */
  body: Readonly<Record<string, unknown>>;
}

export interface Settings {
  title: string;
  probe: Probe;
  /** The same request with softer limits; null where there are none. */
  warn: Request | null;
  schedule: { everyMs: number } | { cron: string; timezone: string | null };
  whileDownEveryMs: number | null;
  down: number;
  up: number;
  confirm: readonly Probe[];
  alsoPing: readonly string[];
  traceOnDown: boolean;
  enabled: boolean;
}

/** A result, and what was found of the softer limits. */
export interface Watched {
  result: Result;
  warnings: readonly Finding[];
}

/** Never rejects. */
export type Watch = (monitor: string, probe: Probe, warn: Request | null) => Promise<Watched>;

/** Why a probe may not be run now (a used-up data budget); null where it may. */
export type Held = (monitor: string, probe: Probe) => Failure | null;

/** A key of a probe's request where it is a text, else null. */
export function textOf({ body }: Probe, key: 'target' | 'via' | 'name'): string | null {
  const value = body[key];
  return typeof value === 'string' ? value : null;
}

/** What it probes: with another the monitor begins anew. */
export const subjectOf = ({ probe }: Settings): string =>
  JSON.stringify([probe.kind, textOf(probe, 'target'), textOf(probe, 'via')]);
