// Answers that this machine itself drops: a probe that waits for them ends as soon as the kernel says so.
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Failure } from '../../shared/failure.ts';
import type { Aim } from './aim.ts';
import type { Outcome } from './outcomes.ts';
import type { ProbeTools } from './tools.ts';

const lookEveryMs = 25;

export interface DropGuard {
  /** The probe's signal, which also aborts once answers are dropped and none of the target has come. */
  signal: AbortSignal;
  heard(outcome: Outcome): void;
  /** Looks a last time; the Failure where answers were dropped and none of the target has come. */
  end(): Promise<Failure | null>;
}

/** Begins before the first packet; end() must be called. */
export function guardAgainstDrops({ address, way }: Aim, tools: ProbeTools, signal: AbortSignal): DropGuard {
  const dropped = tools.watchDrops(way, address);
  if (dropped === null) return { signal, heard: () => undefined, end: () => Promise.resolve(null) };
  const [filtered, ended] = [new AbortController(), new AbortController()];
  const either = AbortSignal.any([signal, filtered.signal]);
  setMaxListeners(0, either);
  let answered = false;
  const failed = async (): Promise<Failure | null> => (answered ? null : dropped());

  const look = async (): Promise<Failure | null> => {
    for (;;) {
      await delay(lookEveryMs, undefined, { signal: ended.signal }).catch(() => undefined);
      const failure = await failed();
      // The answer may have come while the kernel was asked.
      if (failure !== null && !answered) {
        filtered.abort();
        return failure;
      }
      if (ended.signal.aborted) return null;
    }
  };
  const found = look();
  return {
    signal: either,
    // A router's answer says nothing: those near by come back by the interface's own network and are not dropped.
    heard(outcome) {
      if (outcome?.type !== 'reply' && outcome?.type !== 'unreachable') return;
      answered = true;
      ended.abort();
    },
    end() {
      ended.abort();
      return found;
    },
  };
}
