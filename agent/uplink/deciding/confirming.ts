// Whether what answered before a switch answers after it (commit-confirm): asked by the kernel's own way, as others' packets go.
import { setTimeout as delay } from 'node:timers/promises';
import { type Family, familyOf } from '../../../shared/ip.ts';

export interface ConfirmSettings {
  /** Addresses and names; none: nothing is confirmed. */
  targets: readonly string[];
  timeoutMs: number;
}

export interface ConfirmingParts {
  settings(): ConfirmSettings;
  /** The family that names are asked in. */
  leading(): Family;
  /** Whether a target answers an echo in a family now. Never rejects. */
  answers(target: string, family: Family): Promise<boolean>;
}

export interface Confirmed {
  /** By target; empty where none is of this family. */
  answers: Readonly<Record<string, boolean>>;
  /** Those that answered before and did not within the time. */
  lost: readonly string[];
}

const everyMs = 1000;

export function createConfirming({ settings, leading, answers }: ConfirmingParts) {
  /** A switch in one family is not to be blamed for what is reached by the other. */
  const targetsOf = (family: Family): string[] =>
    settings().targets.filter((target) => (familyOf(target) ?? leading()) === family);

  async function answering(targets: readonly string[], family: Family): Promise<Set<string>> {
    const each = await Promise.all(
      targets.map(async (target) => ((await answers(target, family)) ? [target] : [])),
    );
    return new Set(each.flat());
  }

  return {
    /** Those of a family's targets that answer as things are. */
    now: (family: Family): Promise<ReadonlySet<string>> => answering(targetsOf(family), family),
    /** After a switch; over when all answer, or the time is. Rejects when the signal ends it. */
    async after(family: Family, before: ReadonlySet<string>, signal: AbortSignal): Promise<Confirmed> {
      const { timeoutMs } = settings();
      const targets = targetsOf(family);
      const endMs = performance.now() + timeoutMs;
      const heard = await answering(targets, family);
      const missing = (): string[] => targets.filter((target) => !heard.has(target));
      while (missing().length > 0 && performance.now() < endMs) {
        await delay(Math.max(0, Math.min(everyMs, endMs - performance.now())), undefined, { signal });
        for (const target of await answering(missing(), family)) heard.add(target);
      }
      return {
        answers: Object.fromEntries(targets.map((target) => [target, heard.has(target)])),
        lost: missing().filter((target) => before.has(target)),
      };
    },
  };
}
export type Confirming = ReturnType<typeof createConfirming>;
