// What an uplink's link lacks in one family, before anything is asked by it. Pure.

export const links = ['missing', 'down', 'no carrier', 'no address', 'no gateway', 'ready'] as const;
export type Link = (typeof links)[number];

/** As the kernel has it now. What is not required of an uplink is given as there. */
export interface LinkFacts {
  exists: boolean;
  up: boolean;
  carrier: boolean;
  address: boolean;
  gateway: boolean;
}

export interface LinkView {
  link: Link;
  /** Since when it has a carrier; null while it has none, -Infinity where it was there from the first look. */
  carrierSinceMs: number | null;
  /** When a carrier that has just come back will count; null where none is waited for. */
  lookAgainMs: number | null;
}

function carrierSince(before: LinkView | null, carried: boolean, nowMs: number): number | null {
  if (!carried) return null;
  return before === null ? -Infinity : (before.carrierSinceMs ?? nowMs);
}

function linkOf({ exists, up, carrier, address, gateway }: LinkFacts, held: boolean): Link {
  if (!exists) return 'missing';
  if (!up) return 'down';
  if (!carrier || held) return 'no carrier';
  if (!address) return 'no address';
  return gateway ? 'ready' : 'no gateway';
}

/**
 * The link by now; `before` is null at the first look. A carrier that is lost counts at once, one that is back only once
 * it has stayed for `debounceMs`.
 */
export function viewLink(
  before: LinkView | null,
  facts: LinkFacts,
  debounceMs: number,
  nowMs: number,
): LinkView {
  const { exists, up, carrier } = facts;
  const carrierSinceMs = carrierSince(before, exists && up && carrier, nowMs);
  const countsMs = carrierSinceMs === null ? null : carrierSinceMs + debounceMs;
  const held = countsMs !== null && nowMs < countsMs;
  return { link: linkOf(facts, held), carrierSinceMs, lookAgainMs: held ? countsMs : null };
}
