// What is known of an uplink, as the broker keeps it: all keys always there.
import * as z from 'zod';
import { FamilyHealth, healths, places } from './failover.ts';
import { NetworkOfAddress } from './result.ts';

const figure = z.number().min(0).nullable();

export const UplinkState = z.strictObject({
  uplink: z.string(),
  title: z.string(),
  interface: z.string(),
  state: z.enum(['up', 'down', 'no carrier', 'no address', 'missing']),
  addresses: z.array(z.string()),
  gateway: z.string().nullable(),
  metered: z.boolean(),
  /** As the last egress monitor by this uplink saw it. */
  publicAddress: z.string().nullable(),
  network: NetworkOfAddress.nullable(),
  /** What the interface carried in this billing period; null where no limit is set for it. */
  dataUsedBytes: figure,
  /** What of it were probes. */
  dataProbesBytes: figure,
  dataLimitBytes: figure,
  dataLeftBytes: figure,
  /** When the period began, in ms since 1970. */
  dataSince: z.number().nullable(),
  /** What the monitors' probes are expected to cost by this uplink in 31 days. */
  expectedMonthlyBytes: z.number().min(0),
  /** From here on to `healthSince` as IPv4 has it, where that is measured, else as IPv6 has it; null where neither is. */
  health: z.enum(healths).nullable(),
  place: z.enum(places).nullable(),
  suppressed: z.boolean(),
  active: z.boolean(),
  lossPercent: figure,
  rttMs: figure,
  jitterMs: figure,
  healthSince: z.number().nullable(),
  families: z.strictObject({ ipv4: FamilyHealth.nullable(), ipv6: FamilyHealth.nullable() }),
});
export type UplinkState = z.output<typeof UplinkState>;
