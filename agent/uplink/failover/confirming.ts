// Whether what answered before a switch answers after it (commit-confirm): asked by the kernel's own way, as others' packets go.
import { setTimeout as delay } from 'node:timers/promises';

export interface ConfirmSettings {
  /** Addresses and names; none: nothing is confirmed. */
  targets: readonly string[];
  timeoutMs: number;
}

export interface ConfirmingParts {
  settings(): ConfirmSettings;
  /** Whether a target answers an echo now. Never rejects. */
  answers(target: string): Promise<boolean>;
}

export interface Confirmed {
  /** By target; empty where none is configured. */
  answers: Readonly<Record<string, boolean>>;
  /** Those that answered before and did not within the time. */
  lost: readonly string[];
}

const everyMs = 1000;

export function createConfirming({ settings, answers }: ConfirmingParts) {
  async function answering(targets: readonly string[]): Promise<Set<string>> {
    const each = await Promise.all(targets.map(async (target) => ((await answers(target)) ? [target] : [])));
    return new Set(each.flat());
  }

  return {
    /** Those of the targets that answer as things are. */
    now: (): Promise<ReadonlySet<string>> => answering(settings().targets),
    /** After a switch; over when all answer, or the time is. Rejects when the signal ends it. */
    async after(before: ReadonlySet<string>, signal: AbortSignal): Promise<Confirmed> {
      const { targets, timeoutMs } = settings();
      const endMs = performance.now() + timeoutMs;
      const heard = await answering(targets);
      const missing = (): string[] => targets.filter((target) => !heard.has(target));
      while (missing().length > 0 && performance.now() < endMs) {
        await delay(Math.max(0, Math.min(everyMs, endMs - performance.now())), undefined, { signal });
        for (const target of await answering(missing())) heard.add(target);
      }
      return {
        answers: Object.fromEntries(targets.map((target) => [target, heard.has(target)])),
        lost: missing().filter((target) => before.has(target)),
      };
    },
  };
}
export type Confirming = ReturnType<typeof createConfirming>;
