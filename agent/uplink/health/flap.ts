// An uplink that goes down again and again is held back (RFC 2439). Pure.
import type { FlapSettings } from './settings.ts';

export interface Flap {
  /** As it was at `atMs`. */
  penalty: number;
  atMs: number;
  /** Until when it is held back; null where it isn't. */
  untilMs: number | null;
}

export const noFlap: Flap = { penalty: 0, atMs: 0, untilMs: null };

/** What is left of the penalty by now. */
export const penaltyAt = ({ penalty, atMs }: Flap, { halfLifeMs }: FlapSettings, nowMs: number): number =>
  penalty * 2 ** -((nowMs - atMs) / halfLifeMs);

export const isSuppressed = ({ untilMs }: Flap, nowMs: number): boolean =>
  untilMs !== null && nowMs < untilMs;

/** After one more outage, or a `share` of one; none holds it back for longer than `maxMs` from now. */
export function penalised(flap: Flap, settings: FlapSettings, nowMs: number, share = 1): Flap {
  const { penalty, suppress, reuse, halfLifeMs, maxMs } = settings;
  const ceiling = reuse * 2 ** (maxMs / halfLifeMs);
  const sum = Math.min(ceiling, penaltyAt(flap, settings, nowMs) + penalty * share);
  const held = isSuppressed(flap, nowMs) || sum > suppress;
  const leftMs = Math.min(maxMs, halfLifeMs * Math.log2(sum / reuse));
  return { penalty: sum, atMs: nowMs, untilMs: held && leftMs > 0 ? nowMs + leftMs : null };
}
