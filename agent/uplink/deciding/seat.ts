// Who has the default route in one family, who is to have it, and since when.
import type { Family } from '../../../shared/ip.ts';
import type { Measured } from '../measuring.ts';
import { type Candidate, type Selection, type SelectionSettings, type Standing, select } from '../select.ts';

export interface Seat {
  readonly family: Family;
  /** Decides anew, by what is measured now. `active` is who has it. */
  choose(round: Round): Selection;
  /** What was decided last; null before that. */
  selection(): Selection | null;
  active(): string | null;
  /** Since when the active one is so; monotonic, null where none is. */
  sinceMs(): number | null;
  candidates(): readonly Candidate[];
  /** It was given to another one. */
  switched(to: string, nowMs: number): void;
  /** The next switch need not wait for the last one to be some time ago. */
  hurry(): void;
}

export interface Round {
  measured: readonly Measured[];
  /** By uplink, in the file's order. */
  priorities: ReadonlyMap<string, number>;
  active: string | null;
  forced: Standing['forced'];
  /** Uplinks that a switch to was taken back from. */
  distrusted: ReadonlySet<string>;
  settings: SelectionSettings;
  nowMs: number;
}

const candidateOf = (
  { uplink, condition, figures, suppressed, suspect, upSinceMs, link }: Measured,
  priority: number,
  distrusted: boolean,
): Candidate => ({
  name: uplink,
  priority,
  health: condition.health,
  suppressed,
  distrusted,
  suspect,
  upSinceMs,
  lossPercent: figures?.lossPercent ?? null,
  usable: link === 'ready',
});

export function createSeat(family: Family, startedMs: number): Seat {
  let active: string | null = null;
  let sinceMs: number | null = null;
  let switchedMs: number | null = null;
  let startupOver = false;
  let selection: Selection | null = null;
  let candidates: Candidate[] = [];

  function take(name: string | null, nowMs: number): void {
    if (name === active) return;
    active = name;
    sinceMs = name === null ? null : nowMs;
  }

  return {
    family,
    choose({ measured, priorities, active: now, forced, distrusted, settings, nowMs }) {
      take(now, nowMs);
      candidates = [...priorities].flatMap(([name, priority]) =>
        measured
          .filter((one) => one.uplink === name && one.family === family)
          .map((one) => candidateOf(one, priority, distrusted.has(name))),
      );
      const standing = { active, switchedMs, startedMs, startupOver, forced };
      selection = select(candidates, standing, settings, nowMs);
      ({ startupOver } = selection);
      return selection;
    },
    selection: () => selection,
    active: () => active,
    sinceMs: () => sinceMs,
    candidates: () => candidates,
    switched(to, nowMs) {
      take(to, nowMs);
      switchedMs = nowMs;
    },
    hurry() {
      switchedMs = null;
    },
  };
}
