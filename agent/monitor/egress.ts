// The public address as it was seen last, and what of a new look at it is worth telling. Pure; kept across restarts.
import * as z from 'zod';
import type { Event } from '../../shared/event.ts';
import { familyOf } from '../../shared/ip.ts';
import { type EgressFigures, NetworkOfAddress } from '../../shared/result.ts';

const Seen = z.object({ address: z.string(), network: NetworkOfAddress.nullable() });

export const Egress = z.object({
  /** By family: a line that has both is seen by either in turn, and has not changed by that. */
  ipv4: Seen.nullable(),
  ipv6: Seen.nullable(),
  /** The last one of either. */
  last: z.string().nullable(),
  /** It could not be had the last time. */
  unknown: z.boolean(),
});
export type Egress = z.output<typeof Egress>;

export const noEgress: Egress = { ipv4: null, ipv6: null, last: null, unknown: false };

export type EgressChange = Pick<Event, 'from' | 'to' | 'evidence'> & {
  kind: 'egress.changed' | 'egress.unknown';
};

/** `found` is null where the address could not be had: that is told once, until it is had again. */
export function seeEgress(
  before: Egress,
  found: Pick<EgressFigures, 'address' | 'network'> | null,
  reason: string,
): { egress: Egress; change: EgressChange | null } {
  if (found === null) {
    const change = { kind: 'egress.unknown' as const, from: before.last, to: null, evidence: { reason } };
    return { egress: { ...before, unknown: true }, change: before.unknown ? null : change };
  }
  const { address, network } = found;
  const family = familyOf(address) === 6 ? 'ipv6' : 'ipv4';
  const known = before[family];
  const egress = { ...before, [family]: { address, network }, last: address, unknown: false };
  if (known?.address === address) return { egress, change: null };
  const evidence = { fromNetwork: known?.network ?? null, toNetwork: network, reason };
  return {
    egress,
    change: { kind: 'egress.changed', from: known?.address ?? null, to: address, evidence },
  };
}
