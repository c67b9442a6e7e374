// The monitors of the YAML file.
import type { Kind, Request } from '../../shared/request.ts';

/** A probe as a request would ask for it: `body` is what goes through the pipeline, not yet parsed. */
export interface ProbeSettings {
  kind: Kind;
  body: Readonly<Record<string, unknown>>;
}

export type Schedule = { everyMs: number } | { cron: string; timezone: string | null };

export interface MonitorSettings {
  /** The name where none is given. */
  title: string;
  probe: ProbeSettings;
  /** The same request with softer limits for its `expect`: where one of them fails the monitor is degraded. */
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
