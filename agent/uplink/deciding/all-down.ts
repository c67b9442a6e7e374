// When all uplinks are down: once an outage, which lasts until one of them carries something again. Pure but for what is known.
import type { Family } from '../../../shared/ip.ts';
import { isUsable } from '../health/condition.ts';
import type { Seat } from './seat.ts';

export interface AllDown {
  /** Why all are, where it begins by what was chosen now; else null. */
  begun(seat: Seat): string | null;
  forget(): void;
}

export function createAllDown(): AllDown {
  const down = new Set<Family>();

  return {
    begun(seat) {
      const { family } = seat;
      const [candidates, selection] = [seat.candidates(), seat.selection()];
      if (candidates.some(({ health }) => isUsable(health))) down.delete(family);
      if (selection?.allBad !== true || candidates.length === 0 || down.has(family)) return null;
      down.add(family);
      return selection.why;
    },
    forget: () => down.clear(),
  };
}
