// Uplinks as failover's events name them: the preferred one is the primary. Pure.
import type { FailoverLink } from '../../shared/failover.ts';

interface Named {
  title?: string | undefined;
  interface: string;
  priority: number;
}

/** In the order of preference. */
export const byPreference = (uplinks: Readonly<Record<string, Named>>): string[] =>
  Object.entries(uplinks)
    .toSorted(([, a], [, b]) => a.priority - b.priority)
    .map(([name]) => name);

/** Null where there is no such uplink. */
export function linkOf(
  uplinks: Readonly<Record<string, Named>>,
  name: string,
  address: string | null,
): FailoverLink | null {
  const uplink = Object.hasOwn(uplinks, name) ? uplinks[name] : undefined;
  if (uplink === undefined) return null;
  const role = byPreference(uplinks)[0] === name ? 'Primary' : 'Standby';
  return { name: uplink.title ?? name, role, interface: uplink.interface, address };
}
