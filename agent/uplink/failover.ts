// Failover: from the uplinks' health to the kernel's default routes, one decision after another.
import type { FailoverCommand, Mode } from '../../shared/failover.ts';
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import type { Log } from '../log.ts';
import { type ActingParts, createActing } from './failover/acting.ts';
import type { Placed } from './failover/desired.ts';
import { createOrders } from './failover/orders.ts';
import { type Seat, createSeat } from './failover/seat.ts';
import type { Measured } from './measuring.ts';
import { type SelectionSettings, refusalOf } from './select.ts';

export type { Happening, Reconciled } from './failover/acting.ts';

export interface FailoverSettings extends SelectionSettings {
  mode: Mode;
  reconcileIntervalMs: number;
  flap: { maxMs: number };
}

export interface FailoverParts extends Pick<ActingParts, 'reconcile' | 'confirming' | 'tell'> {
  settings(): FailoverSettings;
  families(): readonly Family[];
  /** In the file's order. */
  uplinks(): Readonly<Record<string, { interface: string; priority: number }>>;
  measured(): readonly Measured[];
  /** By which uplink, or other interface, the kernel's default route leaves; null without one. */
  active(family: Family): string | null;
  /** What failover's state shows may be another. */
  decided(): void;
  log: Log;
  now(): { ms: number; epochMs: number };
}

export interface Failover {
  /** Something may call for another decision. */
  decide(): void;
  /** Why a command is not obeyed; null where it is. */
  obey(command: FailoverCommand): string | null;
  seats(): readonly Seat[];
  /** In force: the file's, or `observe` while a command says so. */
  mode(): Mode;
  observeUntil(): number | null;
  forced(): { uplink: string; until: number } | null;
  /** Why the kernel could not be brought to what was chosen; null where it was. */
  problem(): string | null;
  /** Resolves when no decision is under way any more. */
  stop(): Promise<void>;
}

const retryMs = 1000;

export function createFailover(parts: FailoverParts): Failover {
  const { settings, families, uplinks, measured, log, now } = parts;
  const nowMs = (): number => now().ms;
  const startedMs = nowMs();
  const orders = createOrders(now);
  const seats = new Map<Family, Seat>();
  const distrustedUntilMs = new Map<string, number>();
  const acting = createActing({ ...parts, distrust, nowMs });
  let problem: string | null = null;
  let deciding: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const allDown = new Set<Family>();

  function distrust(uplink: string): void {
    distrustedUntilMs.set(uplink, nowMs() + settings().flap.maxMs);
    for (const seat of seats.values()) seat.hurry();
    decide();
  }

  const mode = (): Mode => (orders.observeUntil() === null ? settings().mode : 'observe');

  const seatsNow = (): Seat[] =>
    families().map((family) => {
      const seat = seats.get(family) ?? createSeat(family, startedMs);
      seats.set(family, seat);
      return seat;
    });

  const distrusted = (): Set<string> =>
    new Set([...distrustedUntilMs].flatMap(([name, untilMs]) => (untilMs > nowMs() ? [name] : [])));

  function choose(): Seat[] {
    const common = {
      measured: measured(),
      priorities: new Map(Object.entries(uplinks()).map(([name, { priority }]) => [name, priority])),
      forced: orders.forced(),
      distrusted: distrusted(),
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

  function tellAllDown(seat: Seat): void {
    const { family } = seat;
    const selection = seat.selection();
    const isSo = selection?.allBad === true && seat.candidates().length > 0;
    if (isSo && !allDown.has(family)) parts.tell({ kind: 'allDown', family, why: selection.why });
    if (isSo) allDown.add(family);
    else allDown.delete(family);
  }

  async function act(taken: readonly Seat[]): Promise<void> {
    if (mode() === 'observe') {
      problem = null;
      // For good, what is ours has been taken out by now; for a while it stays.
      if (settings().mode === 'observe') acting.forget();
      return;
    }
    const placed = new Map<string, Placed>(
      Object.entries(uplinks()).map(([name, { interface: device }], index) => [
        name,
        { interface: device, index },
      ]),
    );
    try {
      const problems = await acting.act(mode(), taken, { measured: measured(), placed });
      report(problems.length === 0 ? null : problems.join('; '));
    } catch (error) {
      report(error instanceof Failure ? error.message : String(error));
    }
  }

  function report(now: string | null): void {
    if (now !== null && now !== problem) log.error({}, `failover can't act as it should: ${now}`);
    if (now === null && problem !== null) log.info({}, 'failover can act as it should again');
    problem = now;
  }

  function plan(taken: readonly Seat[]): void {
    clearTimeout(timer);
    if (stopped) return;
    const moments = [...taken.map((seat) => seat.selection()?.wakeMs ?? null), orders.endsMs()];
    const { reconcileIntervalMs } = settings();
    const latestMs = nowMs() + (problem === null ? reconcileIntervalMs : retryMs);
    const nextMs = Math.min(latestMs, ...moments.filter((ms) => ms !== null));
    timer = setTimeout(decide, Math.max(1, Math.ceil(nextMs - nowMs())));
  }

  async function round(): Promise<void> {
    const taken = choose();
    await act(taken);
    taken.forEach(tellAllDown);
    plan(taken);
    parts.decided();
  }

  function decide(): void {
    if (stopped) return;
    if (deciding !== null) {
      again = true;
      return;
    }
    deciding = round()
      .catch((error: unknown) => log.error({ err: error }, 'a decision of failover failed'))
      .finally(() => {
        deciding = null;
        const more = again;
        again = false;
        if (more) decide();
      });
  }

  return {
    decide,
    obey(command) {
      const judgeable = seatsNow().map((seat) => ({ candidates: seat.candidates(), active: seat.active() }));
      const refusal = refusalOf(command, judgeable);
      if (refusal !== null) return refusal;
      orders.obey(command);
      decide();
      return null;
    },
    seats: seatsNow,
    mode,
    observeUntil: orders.observeUntil,
    forced: orders.forced,
    problem: () => problem,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      acting.stop();
      await deciding;
    },
  };
}
