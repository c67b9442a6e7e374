// Runs the programs that bring uplinks back, each when it is due and none twice at once.
import { resetDueMs } from '../uplink/reset.ts';
import type { Measured } from '../uplink/measuring.ts';
import type { ResetSettings } from '../config/uplink/reset.ts';

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

const longestTimerMs = 2 ** 31 - 1;

export function createResets({ uplinks, measured, run, nowMs }: ResetParts): Resets {
  const lastRunMs = new Map<string, number>();
  const running = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  /** Of an uplink in its leading family. */
  const leading = (name: string): Measured | undefined =>
    measured()
      .filter(({ uplink }) => uplink === name)
      .toSorted((a, b) => a.family - b.family)[0];

  function begin(name: string, reset: ResetSettings, why: string): void {
    lastRunMs.set(name, nowMs());
    running.add(name);
    void run(name, reset, why).finally(() => {
      running.delete(name);
      look();
    });
  }

  function look(): void {
    clearTimeout(timer);
    if (stopped) return;
    const due: number[] = [];
    for (const [name, { reset, health }] of Object.entries(uplinks())) {
      const one = leading(name);
      if (reset === null || one === undefined || running.has(name)) continue;
      const last = lastRunMs.get(name) ?? null;
      const dueMs = resetDueMs(one.condition, reset, health.sendIntervalMs, last, nowMs());
      if (dueMs === 0) begin(name, reset, one.condition.reason);
      else if (dueMs !== null) due.push(dueMs);
    }
    if (due.length > 0) timer = setTimeout(look, Math.min(longestTimerMs, Math.ceil(Math.min(...due)) + 1));
  }

  return {
    look,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
