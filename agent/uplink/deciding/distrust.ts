// Uplinks that a switch was taken back from: they are held back as long as a line that goes up and down is at most.
import type { Family } from '../../../shared/ip.ts';
import { earliest } from '../earliest.ts';

/** It begins, or ceases, to be held back. */
export interface HeldBack {
  kind: 'heldBack';
  family: Family;
  uplink: string;
  isHeld: boolean;
  why: string;
}

export interface Distrust {
  /** The switch to it in this family was taken back. */
  add(uplink: string, family: Family): void;
  now(): ReadonlySet<string>;
  /** Tells of those that are trusted again. */
  lapse(): void;
  /** When the next one is; monotonic, null where none is held back. */
  endsMs(): number | null;
  forget(): void;
}

export interface DistrustParts {
  longestMs(): number;
  tell(change: HeldBack): void;
  nowMs(): number;
}

export function createDistrust({ longestMs, tell, nowMs }: DistrustParts): Distrust {
  const held = new Map<string, { family: Family; untilMs: number }>();

  return {
    add(uplink, family) {
      held.set(uplink, { family, untilMs: nowMs() + longestMs() });
      tell({ kind: 'heldBack', family, uplink, isHeld: true, why: 'a switch to it was taken back' });
    },
    now: () => new Set([...held].flatMap(([uplink, { untilMs }]) => (untilMs > nowMs() ? [uplink] : []))),
    lapse() {
      for (const [uplink, { family, untilMs }] of held) {
        if (untilMs > nowMs()) continue;
        held.delete(uplink);
        const why = 'the switch that was taken back is long enough ago';
        tell({ kind: 'heldBack', family, uplink, isHeld: false, why });
      }
    },
    endsMs: () => earliest([...held.values()].map(({ untilMs }) => untilMs)),
    forget: () => held.clear(),
  };
}
