// Windows for the tests of health, drawn as text: a line per target, a character per round, a round a second.
import type { HealthSettings } from '../../../../agent/uplink/health/settings.ts';
import {
  type Window,
  emptyWindow,
  withAnswer,
  withLocalFault,
  withSlot,
} from '../../../../agent/uplink/health/window.ts';
import { settings } from './settings.ts';

export const waits = { suspicionWaitMs: 100, waitMs: 250 };

export const slot = (round: number, target: string, sentMs = round * 1000) => ({
  ...{ round, target, sentMs, rttMs: null, refused: false, localFault: null },
  ...waits,
});

/** `.` answered after 20 ms, `x` without an answer, `!` not to be sent, a blank where it was not asked. */
export function drawn(lines: Record<string, string>, by: HealthSettings = settings()): Window {
  let window = emptyWindow;
  const length = Math.max(...Object.values(lines).map((line) => line.length));
  for (let round = 0; round < length; round += 1) {
    for (const [target, line] of Object.entries(lines)) {
      const letter = line[round] ?? ' ';
      if (letter === ' ') continue;
      window = withSlot(window, slot(round, target), by);
      if (letter === '.') window = withAnswer(window, { round, target }, 20);
      if (letter === '!') window = withLocalFault(window, { round, target }, 'EPERM');
    }
  }
  return window;
}
