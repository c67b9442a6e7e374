// What failover will not see by the settings as they are, in sentences for people. Pure.
import { type Family, familyOf, scopeOf } from '../../shared/ip.ts';
import type { Uplinks } from '../config/uplinks.ts';
import type { UplinkView } from '../uplink/index.ts';

const isIpv6Way = (address: string): boolean => familyOf(address) === 6 && scopeOf(address) === 'public';

/** A sentence for each uplink that is not asked as its owner may think. */
export function blindSpots(
  uplinks: Uplinks,
  families: readonly Family[],
  views: readonly UplinkView[],
): string[] {
  return Object.entries(uplinks).flatMap(
    ([
      name,
      {
        pointToPoint,
        health: { targets },
      },
    ]) => {
      if (targets.length === 0 && pointToPoint)
        return [
          `${name} has neither a gateway nor targets: there is nobody to ask by it, and it is not judged.`,
        ];
      if (targets.length === 0)
        return [`${name} has no targets: only its gateway is asked, and an outage behind that is not seen.`];
      const addresses = views.find(({ uplink }) => uplink === name)?.addresses ?? [];
      const isJudgedInIpv6 = targets.some((target) => (familyOf(target) ?? 6) === 6);
      return families.includes(6) && !isJudgedInIpv6 && addresses.some(isIpv6Way)
        ? [
            `${name} has IPv6, and no IPv6 address or name among its targets: its IPv6 is not judged, and not moved.`,
          ]
        : [];
    },
  );
}
