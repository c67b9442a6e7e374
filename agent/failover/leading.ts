// The family that an uplink is told and acted on by, where it is measured in both. Pure.
import type { Measured } from '../uplink/measuring.ts';

/** An uplink in IPv4 where that is measured, else in IPv6; undefined where it is measured in neither. */
export const leadingOf = (measured: readonly Measured[], name: string): Measured | undefined =>
  measured.filter(({ uplink }) => uplink === name).toSorted((a, b) => a.family - b.family)[0];
