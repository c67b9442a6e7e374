// The configured uplinks as the broker keeps them: what is seen of each, and what others know of it. Pure.
import type { NetworkOfAddress } from '../../shared/result.ts';
import type { UplinkState } from '../../shared/uplink.ts';
import type { UplinkView } from './index.ts';

interface Named {
  title?: string | undefined;
  metered: boolean;
}

/** A billing period so far. */
interface DataUsed {
  usedBytes: number;
  probesBytes: number;
  limitBytes: number;
  leftBytes: number;
  since: number | null;
}

interface Egress {
  publicAddress: string | null;
  network: NetworkOfAddress | null;
}

/** An uplink's health by family; null where it is not measured. */
export type HealthOfUplink = UplinkState['families'];

/** What else is known, by the uplinks' names; nothing of those that are not there. */
export interface KnownOfUplinks {
  data: ReadonlyMap<string, DataUsed>;
  /** What the monitors' probes are expected to cost in 31 days. */
  expectedBytes: ReadonlyMap<string, number>;
  egress: ReadonlyMap<string, Egress>;
  health: ReadonlyMap<string, HealthOfUplink>;
}

function healthOf(families: HealthOfUplink) {
  const leading = families.ipv4 ?? families.ipv6;
  return {
    health: leading?.health ?? null,
    place: leading?.place ?? null,
    suppressed: leading?.suppressed ?? false,
    active: leading?.active ?? false,
    lossPercent: leading?.lossPercent ?? null,
    rttMs: leading?.rttMs ?? null,
    jitterMs: leading?.jitterMs ?? null,
    healthSince: leading?.since ?? null,
    families,
  };
}

const notMeasured: HealthOfUplink = { ipv4: null, ipv6: null };

/** A state for each view that is an uplink's, in their order; other interfaces have none. */
export function uplinkStates(
  views: readonly UplinkView[],
  settings: Readonly<Record<string, Named>>,
  known: KnownOfUplinks,
): UplinkState[] {
  return views.flatMap(({ uplink, interface: name, state, addresses, gateway }) => {
    const set = uplink === null ? undefined : settings[uplink];
    if (uplink === null || set === undefined) return [];
    const data = known.data.get(uplink);
    const egress = known.egress.get(uplink);
    return {
      uplink,
      title: set.title ?? uplink,
      interface: name,
      state,
      addresses,
      gateway,
      metered: set.metered,
      publicAddress: egress?.publicAddress ?? null,
      network: egress?.network ?? null,
      dataUsedBytes: data?.usedBytes ?? null,
      dataProbesBytes: data?.probesBytes ?? null,
      dataLimitBytes: data?.limitBytes ?? null,
      dataLeftBytes: data?.leftBytes ?? null,
      dataSince: data?.since ?? null,
      expectedMonthlyBytes: known.expectedBytes.get(uplink) ?? 0,
      ...healthOf(known.health.get(uplink) ?? notMeasured),
    };
  });
}
