// The numbers by which the kernel knows what is failover's: none that is somebody else's.
import * as z from 'zod';

/** Each may need a table, a metric and rules of its own. */
export const mostUplinks = 64;
const mostOf32Bits = 0xffff_ffff;

// The kernel's, and those in iproute2's rt_protos and FRR's zebra.
const protosOfOthers = [
  [0, 4],
  [8, 18],
  [42, 42],
  [99, 99],
  [186, 198],
] as const;
const isOthersProto = (proto: number): boolean =>
  protosOfOthers.some(([first, last]) => proto >= first && proto <= last);
const protoRanges = protosOfOthers
  .map(([first, last]) => (first === last ? first : `${first}-${last}`))
  .join(', ');

export const routeProto = z
  .int()
  .min(0)
  .max(255)
  .refine((proto) => !isOthersProto(proto), {
    error: ({ input }) =>
      `must not be the kernel's or another program's (${protoRanges}), not ${String(input)}`,
  });

/** A metric one below is free for the moment of a switch; 0 is no metric of IPv6. */
export const metricActive = z.int().min(2).max(mostOf32Bits);

export const metricStandbyBase = z.int().max(mostOf32Bits - mostUplinks);

/** Tables 253 to 255 are the kernel's own: default, main and local. */
export const tableBase = z
  .int()
  .min(1)
  .max(mostOf32Bits - mostUplinks)
  .refine((base) => base > 255 || base + mostUplinks < 253, {
    error: ({ input }) =>
      `must leave out the tables 253 to 255, which ${mostUplinks} uplinks from ${String(input)} on would reach`,
  });

/** The rule of the main table is at 32766. */
export const rulePriorityBase = z.int().min(1).max(30_000);
