// The latest echoes of one uplink in one family: a slot for each that was sent. Pure. Whether one is lost is decided when
// the window is read, so that a late answer repairs it.
import type { HealthSettings } from './settings.ts';

/** Names a slot. A round is one pass over the targets; rounds are numbered upwards in the order they began. */
export interface SlotKey {
  round: number;
  target: string;
}

export interface Slot extends SlotKey {
  sentMs: number;
  /** How long after sending it is suspicious without an answer, and how long after it is lost. */
  suspicionWaitMs: number;
  waitMs: number;
  rttMs: number | null;
  /** An ICMP error came instead of the answer. */
  refused: boolean;
  /** Why this machine could not ask, which says nothing of the line; null where it could. */
  localFault: string | null;
}

export interface Window {
  /** In the order sent. */
  slots: readonly Slot[];
  /** When the latest echo that it answered was sent, for each target that ever answered. */
  lifeMs: ReadonlyMap<string, number>;
  /**
   * While it has to prove itself: only what was sent since counts in rows of rounds, and only what was answered within
   * the timeout. Null otherwise.
   */
  provingFromMs: number | null;
}

export const emptyWindow: Window = { slots: [], lifeMs: new Map(), provingFromMs: null };

export type Fate = 'answered' | 'lost' | 'open' | 'local';

/** What became of an echo by now. */
export function fateOf(slot: Slot, nowMs: number): Fate {
  if (slot.localFault !== null) return 'local';
  if (slot.rttMs !== null) return 'answered';
  return slot.refused || nowMs >= slot.sentMs + slot.waitMs ? 'lost' : 'open';
}

/** All rounds that may still be asked for: those that count, and those that may be under way. */
const roundsKept = ({ window, down, up, timeoutMs, sendIntervalMs }: HealthSettings): number =>
  Math.max(window, down, up) + Math.ceil(timeoutMs / sendIntervalMs) + 1;

const newestRounds = (slots: readonly Slot[], count: number): Set<number> =>
  new Set([...new Set(slots.map(({ round }) => round))].slice(-count));

/** Local faults do not count, so they must push out nothing that does. */
function pruned(slots: readonly Slot[], settings: HealthSettings): Slot[] {
  const [asked, local] = [
    slots.filter(({ localFault }) => localFault === null),
    slots.filter(({ localFault }) => localFault !== null),
  ];
  const keptAsked = newestRounds(asked, roundsKept(settings));
  const keptLocal = newestRounds(local, settings.down);
  return slots.filter(({ round, localFault }) => (localFault === null ? keptAsked : keptLocal).has(round));
}

/** With an echo that has just been sent: each target once a round. */
export const withSlot = (window: Window, slot: Slot, settings: HealthSettings): Window => ({
  ...window,
  slots: pruned([...window.slots, slot], settings),
});

const changed = (window: Window, key: SlotKey, change: Partial<Slot>): Window => ({
  ...window,
  slots: window.slots.map((slot) =>
    slot.round === key.round && slot.target === key.target ? { ...slot, ...change } : slot,
  ),
});

/** With a target's answer to what was sent at `sentMs`, in a slot or outside any. */
export function withLife(window: Window, target: string, sentMs: number): Window {
  const before = window.lifeMs.get(target) ?? -Infinity;
  return sentMs > before ? { ...window, lifeMs: new Map(window.lifeMs).set(target, sentMs) } : window;
}

export const slotOf = (window: Window, key: SlotKey): Slot | null =>
  window.slots.find(({ round, target }) => round === key.round && target === key.target) ?? null;

/** With an answer, however late; one to an echo that is no longer here changes nothing. */
export function withAnswer(window: Window, key: SlotKey, rttMs: number): Window {
  const slot = slotOf(window, key);
  return slot === null ? window : withLife(changed(window, key, { rttMs }), key.target, slot.sentMs);
}

export const withRefusal = (window: Window, key: SlotKey): Window => changed(window, key, { refused: true });

export const withLocalFault = (window: Window, key: SlotKey, localFault: string): Window =>
  changed(window, key, { localFault });

/** Without the echoes under way: whether their answers find this machine says nothing of the line. */
export const withoutOpen = (window: Window, nowMs: number): Window => ({
  ...window,
  slots: window.slots.filter((slot) => fateOf(slot, nowMs) !== 'open'),
});

/** Begun afresh with a round. */
export const fromRound = (window: Window, first: number): Window => ({
  ...window,
  slots: window.slots.filter(({ round }) => round >= first),
});
