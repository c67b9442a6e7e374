// What the broker keeps of the uplinks' health and of failover, from what is measured and decided. Pure.
import {
  type FailoverState,
  type FamilyHealth,
  type FamilyName,
  familyNamed,
  familyNames,
} from '../../shared/failover.ts';
import { type Family, familyName } from '../../shared/ip.ts';
import type { Measured } from '../uplink/measuring.ts';
import type { Deciding } from '../uplink/deciding.ts';
import type { HealthOfUplink } from '../uplink/states.ts';

/** Both clocks at one moment. */
export interface Clocks {
  ms: number;
  epochMs: number;
}

const epochOf = (ms: number, now: Clocks): number => Math.round(now.epochMs - (now.ms - ms));

function familyHealth(
  { uplink, condition, figures, suppressed }: Measured,
  active: string | null,
  distrusted: ReadonlySet<string>,
  now: Clocks,
): FamilyHealth {
  const { health, place, reason, sinceMs } = condition;
  return {
    ...{ health, place, reason, active: active === uplink },
    suppressed: suppressed || distrusted.has(uplink),
    lossPercent: figures?.lossPercent ?? null,
    rttMs: figures?.rttMs ?? null,
    jitterMs: figures?.jitterMs ?? null,
    since: epochOf(sinceMs, now),
  };
}

/** By uplink, those that are measured. */
export function healthByUplink(
  measured: readonly Measured[],
  active: (family: Family) => string | null,
  distrusted: ReadonlySet<string>,
  now: Clocks,
): Map<string, HealthOfUplink> {
  const byUplink = new Map<string, HealthOfUplink>();
  for (const one of measured) {
    const known = byUplink.get(one.uplink) ?? { ipv4: null, ipv6: null };
    byUplink.set(one.uplink, {
      ...known,
      [familyName(one.family)]: familyHealth(one, active(one.family), distrusted, now),
    });
  }
  return byUplink;
}

const noHealth: HealthOfUplink = { ipv4: null, ipv6: null };

type Told = Pick<Deciding, 'seats' | 'mode' | 'observeUntil' | 'forced' | 'problem'>;

export function failoverState(
  deciding: Told,
  uplinks: Readonly<Record<string, { priority: number }>>,
  health: ReadonlyMap<string, HealthOfUplink>,
  now: Clocks,
): FailoverState {
  const seats = deciding.seats().filter((seat) => seat.candidates().length > 0);
  const leading = seats.find(({ family }) => family === 4) ?? seats[0];
  const forced = deciding.forced();
  const choiceOf = (name: FamilyName): FailoverState['families']['ipv4'] => {
    const seat = seats.find(({ family }) => family === familyNamed(name));
    const selection = seat?.selection() ?? null;
    if (seat === undefined || selection === null) return null;
    return { active: seat.active(), desired: selection.desired, reason: selection.why };
  };
  const [ipv4, ipv6] = familyNames.map(choiceOf);
  const choice = ipv4 ?? ipv6 ?? null;
  const sinceMs = leading?.sinceMs() ?? null;
  return {
    mode: deciding.mode(),
    observeUntil: deciding.observeUntil(),
    active: choice?.active ?? null,
    desired: choice?.desired ?? null,
    forced: forced && { uplink: forced.uplink, until: Math.round(forced.until) },
    since: sinceMs === null ? null : epochOf(sinceMs, now),
    reason: choice?.reason ?? 'no uplink is measured',
    problem: deciding.problem(),
    families: { ipv4: ipv4 ?? null, ipv6: ipv6 ?? null },
    uplinks: Object.fromEntries(
      Object.entries(uplinks).map(([name, { priority }]) => {
        const { ipv4: four, ipv6: six } = health.get(name) ?? noHealth;
        const { health: word = null, place = null, suppressed = false } = four ?? six ?? {};
        return [name, { health: word, place, suppressed, priority }];
      }),
    ),
  };
}
