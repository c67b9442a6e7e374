// Whose turn it is to be asked: one target after another, spread over the interval; a round is one pass over them.
import type { SlotKey } from '../health/window.ts';

export interface TurnsParts {
  /** At least one. */
  targets(): readonly string[];
  /** Whether anybody can be asked now. */
  isOpen(): boolean;
  ask(key: SlotKey): void;
  /** One was asked in its turn, and the next turn is not planned yet. */
  asked(): void;
  nowMs(): number;
}

export interface Turns {
  /** Sets the time for the next turn, or none while nobody can be asked. */
  plan(): void;
  /** How often each target is asked. */
  pace(everyMs: number): void;
  /** The next turn is due at once. */
  hurry(): void;
  /** Asks each target at once. */
  all(): void;
  /** The targets are others: a round begins. */
  restart(): void;
  stop(): void;
}

export function createTurns(parts: TurnsParts, intervalMs: number): Turns {
  const { targets, isOpen, nowMs } = parts;
  let [round, turn] = [0, 0];
  let everyMs = intervalMs;
  let askedMs = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function ask(): void {
    const all = targets();
    const target = all[turn % all.length] ?? '';
    if (turn % all.length === 0) round += 1;
    turn += 1;
    askedMs = nowMs();
    parts.ask({ round, target });
  }

  function plan(): void {
    clearTimeout(timer);
    if (stopped || !isOpen()) return;
    const dueMs = askedMs + everyMs / targets().length;
    const take = (): void => {
      ask();
      parts.asked();
      plan();
    };
    timer = setTimeout(take, Math.max(0, dueMs - nowMs()));
  }

  return {
    plan,
    pace(ms) {
      if (ms === everyMs) return;
      everyMs = ms;
      plan();
    },
    hurry() {
      askedMs = -Infinity;
      plan();
    },
    all() {
      for (const _ of targets()) ask();
      plan();
    },
    restart() {
      turn = 0;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
