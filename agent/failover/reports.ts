// What failover shows of itself: to the broker, which keeps it, to the uplinks' states, to people.
import type { FailoverState, Mode } from '../../shared/failover.ts';
import type { Family } from '../../shared/ip.ts';
import type { Retained } from '../publish/availability.ts';
import { failoverMessage } from '../publish/failover-state.ts';
import type { Deciding } from '../uplink/deciding.ts';
import type { UplinkView } from '../uplink/index.ts';
import type { Measured } from '../uplink/measuring.ts';
import type { HealthOfUplink } from '../uplink/states.ts';
import { blindSpots } from './blind.ts';
import type { Configured } from './configured.ts';
import { type Clocks, failoverState, healthByUplink } from './states.ts';

export interface ReportParts {
  agent: string;
  configured: Configured;
  views(): readonly UplinkView[];
  measured(): readonly Measured[];
  /** By whom the default route leaves: an uplink, or an interface that is none. */
  active(family: Family): string | null;
  deciding: Deciding;
  now(): Clocks;
}

export interface Reports {
  /** By the names of the uplinks that are measured. */
  health(): Map<string, HealthOfUplink>;
  /** Null where the file has no failover. */
  state(): FailoverState | null;
  /** What the broker is to keep. */
  messages(): Retained[];
  /** For people, at the start; null where the file has no failover. */
  overview(): { mode: Mode; blindSpots: string[] } | null;
}

export function createReports({
  agent,
  configured,
  views,
  measured,
  active,
  deciding,
  now,
}: ReportParts): Reports {
  const { uplinks, families, settings, isConfigured } = configured;
  const health = (): Map<string, HealthOfUplink> =>
    healthByUplink(measured(), active, deciding.distrusted(), now());
  const state = (): FailoverState | null =>
    isConfigured() ? failoverState(deciding, uplinks(), health(), now()) : null;

  return {
    health,
    state,
    messages() {
      const known = state();
      return known === null ? [] : [failoverMessage(agent, known)];
    },
    overview() {
      if (!isConfigured()) return null;
      return { mode: settings().mode, blindSpots: blindSpots(uplinks(), families(), views()) };
    },
  };
}
