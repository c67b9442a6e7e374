// Whom an uplink is asked by, in one family. Pure.
import { type Family, familyOf } from '../../../shared/ip.ts';
import type { HealthSettings } from '../health/settings.ts';
import type { FootedUplink, Footing } from './footing.ts';

export interface MeasuredUplink extends FootedUplink {
  /** What is sent by it is paid for. */
  metered: boolean;
  health: HealthSettings & { targets: readonly string[] };
}

/** Stands among targets for whatever gateway the line has. */
export const theGateway = 'the gateway';

/** Whom to ask in a family, as it is configured: targets of it, and names; without any target the gateway. */
export function targetsIn(
  { health: { targets } }: MeasuredUplink,
  family: Family,
  gatewaysCount: boolean,
): readonly string[] {
  if (targets.length === 0) return gatewaysCount ? [theGateway] : [];
  return targets.filter((target) => (familyOf(target) ?? family) === family);
}

/** The same, as the uplink stands; empty where nothing says that it has this family at all. */
export function targetsOf(
  uplink: MeasuredUplink,
  family: Family,
  { sources }: Footing,
  gatewaysCount: boolean,
): readonly string[] {
  const asked = targetsIn(uplink, family, gatewaysCount);
  const isSure = family === 4 || sources.length > 0 || asked.some((target) => familyOf(target) === family);
  return isSure ? asked : [];
}
