// Answers that this machine itself drops: a probe that waits for them ends as soon as the kernel says so.
import { setMaxListeners } from 'node:events';
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
  end(): Failure | null;
}

/** Begins before the first packet; end() must be called. Rejects with Failure internal. */
export async function guardAgainstDrops(
  { address, way }: Aim,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<DropGuard> {
  const dropped = await tools.watchDrops(way, address);
  if (dropped === null) return { signal, heard: () => undefined, end: () => null };
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  setMaxListeners(0, either);
  let answered = false;
  let failure: Failure | null = null;
  const look = (): void => {
    if (answered || failure !== null) return;
    failure = dropped();
    if (failure !== null) over.abort();
  };
  const looking = setInterval(look, lookEveryMs);
  return {
    signal: either,
    // A router's answer says nothing: those near by come back by the interface's own network and are not dropped.
    heard(outcome) {
      answered ||= outcome?.type === 'reply' || outcome?.type === 'unreachable';
    },
    end() {
      clearInterval(looking);
      look();
      return failure;
    },
  };
}
