// What was chosen, done: the kernel is brought to it, and what happened is told once it has. A switch that loses what
// answered before is taken back.
import type { Mode } from '../../../shared/failover.ts';
import type { Family } from '../../../shared/ip.ts';
import type { Measured } from '../measuring.ts';
import type { Desired, UplinkWay } from '../routes/kinds.ts';
import type { Confirmed, Confirming } from './confirming.ts';
import { type Placed, activeOf, isVoluntary, waysOf } from './desired.ts';
import type { HeldBack } from './distrust.ts';
import type { Seat } from './seat.ts';

interface Moved {
  family: Family;
  from: string | null;
  to: string;
  why: string;
  durationMs: number;
}

/** What happened, once it has. */
export type Happening =
  | ({ kind: 'switched' | 'rolledBack' } & Moved)
  | { kind: 'confirmed'; family: Family; to: string; answers: Confirmed['answers'] }
  | { kind: 'allDown'; family: Family; why: string }
  | HeldBack;

export interface Reconciled {
  /** Where the default route could not be brought to what was chosen. */
  failed: ReadonlySet<Family>;
  /** All that is not as wanted, in sentences. */
  problems: readonly string[];
}

export interface ActingParts {
  /** Brings the kernel to it. Rejects with Failure where that can't be tried. */
  reconcile(desired: Desired): Promise<Reconciled>;
  confirming: Confirming;
  /** A switch to it was lost: it is not to be trusted for a while. */
  distrust(uplink: string, family: Family): void;
  tell(happening: Happening): void;
  nowMs(): number;
}

/** What is known of the uplinks. */
export interface Outlook {
  measured: readonly Measured[];
  placed: ReadonlyMap<string, Placed>;
  /** By family, what had to be confirmed and answered before. */
  answered: ReadonlyMap<Family, ReadonlySet<string>>;
}

export interface Acting {
  /** By whom our own default leaves; null where there is none. */
  installed(family: Family): string | null;
  /** Answers what is not as wanted, in sentences. Rejects with Failure where nothing could be tried. */
  act(mode: Mode, seats: readonly Seat[], outlook: Outlook): Promise<readonly string[]>;
  /** Nothing is ours any more. */
  forget(): void;
  /** What was to be confirmed is not asked about any more. */
  stop(): void;
}

const nothing: ReadonlySet<string> = new Set();

export function createActing({ reconcile, confirming, distrust, tell, nowMs }: ActingParts): Acting {
  const installed = new Map<Family, string>();
  const ways = new Map<Family, UplinkWay[]>();
  const placedOnce = new Map<Family, ReadonlySet<string>>();
  /** Of a family: the uplink that is to be left again, and for which. */
  const leadingBack = new Map<Family, { left: string; to: string }>();
  const watching = new Map<Family, AbortController>();

  /**
   * One uplink alone in its family, until another has had a way out in it, has none to go before: the system's own routes
   * do as well, and go when a router takes them back. Taken out by capture, they would not.
   */
  const isAlone = (mode: Mode, { family }: Seat): boolean =>
    mode === 'overlay' && (placedOnce.get(family)?.size ?? 0) < 2;

  function waysNow(family: Family, { measured, placed }: Outlook): UplinkWay[] {
    const now = waysOf(measured, family, placed, ways.get(family) ?? []);
    ways.set(family, now);
    const known = [...(placedOnce.get(family) ?? []), ...now.map(({ uplink }) => uplink)];
    placedOnce.set(family, new Set(known.filter((uplink) => placed.has(uplink))));
    return now;
  }

  function desiredOf(mode: Mode, seats: readonly Seat[], outlook: Outlook): Desired {
    const { placed } = outlook;
    const families: Desired['families'] = {};
    for (const seat of seats) {
      const selection = seat.selection();
      const now = waysNow(seat.family, outlook);
      if (selection !== null && !isAlone(mode, seat))
        families[seat.family] = { active: activeOf(selection), ways: now };
    }
    return { mode, interfaces: [...placed.values()].map((one) => one.interface), families };
  }

  async function confirm(
    { family, from, to }: Moved,
    before: ReadonlySet<string>,
    forced: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const confirmed = await confirming.after(family, before, signal).catch(() => null);
    if (confirmed === null || signal.aborted || Object.keys(confirmed.answers).length === 0) return;
    if (confirmed.lost.length > 0 && from !== null && !forced) {
      leadingBack.set(family, { left: to, to: from });
      return distrust(to, family);
    }
    tell({ kind: 'confirmed', family, to, answers: confirmed.answers });
  }

  /** Whoever has the default from now on, what is asked of the last switch says nothing of it. */
  function endWatch(family: Family): AbortSignal {
    watching.get(family)?.abort();
    const own = new AbortController();
    watching.set(family, own);
    return own.signal;
  }

  function leave(family: Family): void {
    installed.delete(family);
    endWatch(family);
  }

  /** Who moved where, of those whose choice is in force now. */
  function settle(seat: Seat, answered: ReadonlySet<string>, beganMs: number): void {
    const { family } = seat;
    const selection = seat.selection();
    const to = selection?.desired ?? null;
    if (selection === null || to === null) {
      leave(family);
      return;
    }
    installed.set(family, to);
    const from = seat.active();
    if (from === to) return;
    const before = isVoluntary(seat) ? answered : nothing;
    const back = leadingBack.get(family);
    const wasLedBack = back !== undefined && [back.left, back.to].join() === [from, to].join();
    leadingBack.delete(family);
    const signal = endWatch(family);
    seat.switched(to, nowMs());
    const moved = { family, from, to, why: selection.why, durationMs: nowMs() - beganMs };
    tell({ kind: wasLedBack ? 'rolledBack' : 'switched', ...moved });
    if (!wasLedBack) void confirm(moved, before, selection.kind === 'force', signal);
  }

  const stop = (): void => watching.forEach((one) => one.abort());

  return {
    installed: (family) => installed.get(family) ?? null,
    async act(mode, seats, outlook) {
      const beganMs = nowMs();
      for (const family of [...installed.keys()]) {
        if (!seats.some((seat) => seat.family === family)) leave(family);
      }
      const { failed, problems } = await reconcile(desiredOf(mode, seats, outlook));
      for (const seat of seats) {
        if (isAlone(mode, seat)) leave(seat.family);
        else if (!failed.has(seat.family))
          settle(seat, outlook.answered.get(seat.family) ?? nothing, beganMs);
      }
      return problems;
    },
    forget() {
      for (const known of [installed, placedOnce, leadingBack]) known.clear();
      stop();
    },
    stop,
  };
}
