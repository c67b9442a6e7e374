// Failover: from the uplinks' health to the kernel's default routes, one decision after another.
import type { FailoverCommand, Mode } from '../../shared/failover.ts';
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import type { Log } from '../log.ts';
import { createAllDown } from './deciding/all-down.ts';
import { type ActingParts, type Happening, createActing } from './deciding/acting.ts';
import { chooseAsking } from './deciding/asking.ts';
import { placedOf } from './deciding/desired.ts';
import { createDistrust } from './deciding/distrust.ts';
import { leftOut } from './deciding/left-out.ts';
import { createOrders } from './deciding/orders.ts';
import { type Seat, createSeat } from './deciding/seat.ts';
import { createTrouble } from './deciding/trouble.ts';
import { createRounds } from './deciding/rounds.ts';
import type { Measured } from './measuring.ts';
import { type SelectionSettings, refusalOf } from './select.ts';

export type { Happening, Reconciled } from './deciding/acting.ts';

export interface DecidingSettings extends SelectionSettings {
  mode: Mode;
  reconcileIntervalMs: number;
  flap: { maxMs: number };
}

/** Who is told of decisions, in this order. */
export interface DecisionListener {
  /** One is being made, by what is known at this moment. */
  choosing(): void;
  happened(happening: Happening): void;
  /** It is carried out; what failover's state shows may be another. */
  settled(): void;
}

export interface DecidingParts extends Pick<ActingParts, 'reconcile' | 'confirming'> {
  /** Without it nothing is decided, and all that was is forgotten. */
  isConfigured(): boolean;
  settings(): DecidingSettings;
  families(): readonly Family[];
  /** In the file's order. */
  uplinks(): Readonly<
    Record<string, { interface: string; priority: number; health: { targets: readonly string[] } }>
  >;
  measured(): readonly Measured[];
  /** By which uplink, or other interface, the kernel's default route leaves; null without one. */
  active(family: Family): string | null;
  telling: DecisionListener;
  log: Log;
  now(): { ms: number; epochMs: number };
}

export interface Deciding {
  /** Something may call for another decision. */
  decide(): void;
  /** Why a command is not obeyed; null where it is. */
  obey(command: FailoverCommand): string | null;
  seats(): readonly Seat[];
  /** In force: the file's, or `observe` while a command says so. */
  mode(): Mode;
  observeUntil(): number | null;
  forced(): { uplink: string; until: number } | null;
  /** Uplinks that a switch was taken back from, and that are held back for it. */
  distrusted(): ReadonlySet<string>;
  /** Why the kernel could not be brought to what was chosen; null where it was. */
  problem(): string | null;
  /** Runs work that no decision may be under way beside, such as giving up the routes. Rejects as the work does. */
  between(work: () => Promise<void>): Promise<void>;
  /** Resolves when no decision is under way any more. */
  stop(): Promise<void>;
}

export function createDeciding(parts: DecidingParts): Deciding {
  const { settings, families, uplinks, measured, confirming, telling, log, now } = parts;
  const nowMs = (): number => now().ms;
  const orders = createOrders(now);
  const seats = new Map<Family, Seat>();
  const distrusting = createDistrust({
    longestMs: () => settings().flap.maxMs,
    tell: telling.happened,
    nowMs,
  });
  const rounds = createRounds(round, (error) => log.error({ err: error }, 'a decision of failover failed'));
  const acting = createActing({ ...parts, distrust, tell, nowMs });
  const allDown = createAllDown();
  const trouble = createTrouble(log);
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  function distrust(uplink: string, family: Family): void {
    distrusting.add(uplink, family);
    for (const seat of seats.values()) seat.hurry();
    rounds.call();
  }

  function tell(happening: Happening): void {
    telling.happened(happening);
    // It comes in between, and is told with the next decision.
    if (happening.kind === 'confirmed') rounds.call();
  }

  const mode = (): Mode => (orders.observeUntil() === null ? settings().mode : 'observe');

  const seatsNow = (): Seat[] =>
    families().map((family) => {
      const seat = seats.get(family) ?? createSeat(family, nowMs());
      seats.set(family, seat);
      return seat;
    });

  function choose(): Seat[] {
    telling.choosing();
    distrusting.lapse();
    const common = {
      measured: measured(),
      priorities: new Map(Object.entries(uplinks()).map(([name, { priority }]) => [name, priority])),
      forced: orders.forced(),
      distrusted: distrusting.now(),
      settings: settings(),
      nowMs: nowMs(),
    };
    const taken = seatsNow();
    for (const seat of taken) {
      const active = acting.installed(seat.family) ?? parts.active(seat.family);
      seat.choose({ ...common, active });
    }
    return taken;
  }

  type Chosen = NonNullable<Awaited<ReturnType<typeof chooseAsking>>>;

  async function act({ seats: taken, answered }: Chosen): Promise<void> {
    // A command may have come while it was asked.
    const now = mode();
    if (now === 'observe') return;
    const outlook = { measured: measured(), placed: placedOf(uplinks()), answered };
    try {
      const problems = await acting.act(now, taken, outlook);
      trouble.found(problems.length === 0 ? null : problems.join('; '));
    } catch (error) {
      trouble.found(error instanceof Failure ? error.message : String(error));
    }
  }

  function plan(): void {
    clearTimeout(timer);
    if (stopped) return;
    const wakes = seatsNow().map((seat) => seat.selection()?.wakeMs ?? null);
    const moments = [...wakes, orders.endsMs(), distrusting.endsMs()];
    const latestMs = nowMs() + trouble.nextMs(settings().reconcileIntervalMs);
    const nextMs = Math.min(latestMs, ...moments.filter((ms) => ms !== null));
    timer = setTimeout(rounds.call, Math.max(1, Math.ceil(nextMs - nowMs())));
  }

  function forgetAll(): void {
    clearTimeout(timer);
    seats.clear();
    for (const part of [acting, allDown, distrusting, trouble]) part.forget();
  }

  /** Observing for good, what is ours has been taken out by now; for a while it stays. */
  function observed(): Chosen {
    trouble.forget();
    if (settings().mode === 'observe') acting.forget();
    return { seats: choose(), answered: new Map() };
  }

  function tellAllDown(seat: Seat): void {
    const why = allDown.begun(seat);
    if (why !== null) telling.happened({ kind: 'allDown', family: seat.family, why });
  }

  async function round(ending: AbortSignal): Promise<void> {
    if (!parts.isConfigured()) return forgetAll();
    try {
      const chosen =
        mode() === 'observe'
          ? observed()
          : await chooseAsking({ choose, called: rounds.called, confirming }, ending);
      if (chosen === null) return;
      await act(chosen);
      chosen.seats.forEach(tellAllDown);
      telling.settled();
    } finally {
      plan();
    }
  }

  return {
    decide: rounds.call,
    obey(command) {
      const judgeable = seatsNow().map((seat) => ({ candidates: seat.candidates(), active: seat.active() }));
      const known = leftOut(uplinks(), measured(), families());
      const refusal = refusalOf(command, known, judgeable);
      if (refusal !== null) return refusal;
      orders.obey(command);
      rounds.call();
      return null;
    },
    seats: seatsNow,
    mode,
    observeUntil: orders.observeUntil,
    forced: orders.forced,
    distrusted: distrusting.now,
    problem: trouble.problem,
    between: rounds.between,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      acting.stop();
      await rounds.stop();
    },
  };
}
