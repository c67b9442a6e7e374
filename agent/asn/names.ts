// The reverse names of addresses: asked for in the background, kept, and waited for a moment only.
import { isLocalOnly, unprobeableKind } from '../../shared/ip.ts';
import { createOnce } from '../../shared/once.ts';
import { keepLatest } from '../../shared/remember.ts';
import { settledWithin } from '../../shared/settled.ts';
import type { CreateJobs } from './jobs.ts';

export interface NameAnswer {
  /** `notAsked`: only a metered uplink leads to who might know. */
  outcome: 'named' | 'nameless' | 'failed' | 'notAsked';
  name: string | null;
}

/** Takes its own time and no longer; ends at once with the signal. */
export type AskName = (address: string, signal: AbortSignal) => Promise<NameAnswer>;

export interface Names {
  /**
   * The names that are known in time, or by the time the signal aborts, by address. Never rejects. What takes
   * longer is known to a later call.
   */
  namesOf(addresses: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  stop(): void;
}

/** Asks nobody. */
export const noNames: Names = {
  namesOf: () => Promise.resolve(new Map()),
  stop: () => undefined,
};

const usualPatienceMs = 200;
const mostAtOnce = 4;
const mostWaiting = 100;
const mostKept = 1000;

/** A question that was not asked may be the next time: routes change. */
const keptMs: Record<NameAnswer['outcome'], number> = {
  named: 3_600_000,
  nameless: 600_000,
  failed: 60_000,
  notAsked: 0,
};

/** Nobody but this wire or this machine knows the others. */
const mayHaveName = (address: string): boolean => !isLocalOnly(address) && unprobeableKind(address) === null;

/** `patienceMs` is how long names are waited for. */
export function createNames(
  ask: AskName,
  createJobs: CreateJobs,
  patienceMs: number = usualPatienceMs,
): Names {
  const kept = new Map<string, { name: string | null; untilMs: number }>();
  const once = createOnce();
  const jobs = createJobs(mostAtOnce);
  const stopping = new AbortController();

  const isKnown = (address: string): boolean => (kept.get(address)?.untilMs ?? 0) > performance.now();

  const keep = (address: string, { outcome, name }: NameAnswer): void => {
    keepLatest(kept, address, { name, untilMs: performance.now() + keptMs[outcome] }, mostKept);
  };

  const lookUp = async (address: string): Promise<void> => {
    if (stopping.signal.aborted) return;
    const failed: NameAnswer = { outcome: 'failed', name: null };
    keep(address, await ask(address, stopping.signal).catch(() => failed));
  };

  const lookUpOnce = (address: string): Promise<void> =>
    once(address, async () => {
      // With so many waiting for servers that don't answer, one more would be told too late for anybody.
      if (jobs.waiting() < mostWaiting) await jobs.run(() => lookUp(address));
    });

  return {
    async namesOf(addresses, signal) {
      const nameable = addresses.filter(mayHaveName);
      const unknown = signal.aborted ? [] : nameable.filter((address) => !isKnown(address));
      if (unknown.length > 0) await settledWithin(Promise.all(unknown.map(lookUpOnce)), patienceMs, signal);
      const names = new Map<string, string>();
      for (const address of nameable) {
        const name = isKnown(address) ? kept.get(address)?.name : null;
        if (name != null) names.set(address, name);
      }
      return names;
    },
    stop: () => stopping.abort(),
  };
}
