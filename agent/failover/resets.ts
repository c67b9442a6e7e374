// Runs the programs that bring uplinks back, each when it is due and none twice at once.
import type { ResetSettings } from '../config/uplink/reset.ts';
import { createAlarm } from '../uplink/measuring/alarm.ts';
import { resetDueMs } from '../uplink/reset.ts';
import type { Measured } from '../uplink/measuring.ts';
import { leadingOf } from './leading.ts';

export interface ResetParts {
  uplinks(): Readonly<Record<string, { reset: ResetSettings | null; health: { sendIntervalMs: number } }>>;
  measured(): readonly Measured[];
  /** Never rejects. */
  run(uplink: string, reset: ResetSettings, why: string): Promise<void>;
  nowMs(): number;
}

export interface Resets {
  /** Healths may be others. */
  look(): void;
  stop(): void;
}

export function createResets({ uplinks, measured, run, nowMs }: ResetParts): Resets {
  const lastRunMs = new Map<string, number>();
  const running = new Set<string>();
  let stopped = false;
  const alarm = createAlarm(look, nowMs);

  function begin(name: string, reset: ResetSettings, why: string): void {
    lastRunMs.set(name, nowMs());
    running.add(name);
    void run(name, reset, why).finally(() => {
      running.delete(name);
      look();
    });
  }

  function look(): void {
    if (stopped) return;
    const due: number[] = [];
    for (const [name, { reset, health }] of Object.entries(uplinks())) {
      const one = leadingOf(measured(), name);
      if (reset === null || one === undefined || running.has(name)) continue;
      const last = lastRunMs.get(name) ?? null;
      const dueMs = resetDueMs(one.condition, reset, health.sendIntervalMs, last, nowMs());
      if (dueMs === 0) begin(name, reset, one.condition.reason);
      else if (dueMs !== null) due.push(nowMs() + dueMs);
    }
    alarm.set(due);
  }

  return {
    look,
    stop() {
      stopped = true;
      alarm.stop();
    },
  };
}
