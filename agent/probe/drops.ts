// Answers that this machine itself drops: a probe that waits for them ends as soon as the kernel says so.
import type { Failure } from '../../shared/failure.ts';
import type { Course } from './aim.ts';
import { eitherOf } from './either.ts';
import type { Outcome } from './outcomes.ts';
import type { ProbeTools } from './tools.ts';

const lookEveryMs = 25;

type DropLook = NonNullable<ReturnType<ProbeTools['watchDrops']>>;

export interface DropGuard {
  /** The probe's signal, which also aborts once answers are dropped and none of the target has come. */
  signal: AbortSignal;
  /**
   * Once the first packets are on their way: nothing from beyond a router is back by then, and what this reads of the
   * kernel (0.4 ms, measured) would keep them waiting.
   */
  begin(): void;
  heard(outcome: Outcome): void;
  /** Looks a last time; the Failure where answers were dropped and none of the target has come. */
  end(): Promise<Failure | null>;
}

/** end() must be called. */
export function guardAgainstDrops(
  { address, way }: Course,
  tools: Pick<ProbeTools, 'watchDrops'>,
  signal: AbortSignal,
): DropGuard {
  let dropped: DropLook | null = null;
  const either = eitherOf(signal);
  let answered = false;
  let over = false;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<Failure | null> = Promise.resolve(null);

  const look = async (): Promise<Failure | null> => {
    const failure = answered || dropped === null ? null : await dropped();
    // The answer may have come while the kernel was asked.
    if (failure === null || answered) return null;
    either.abort(failure);
    return failure;
  };
  const lookAgain = async (): Promise<Failure | null> => {
    const failure = await look();
    if (failure === null && !answered && !over) lookLater();
    return failure;
  };
  const lookLater = (): void => {
    timer = setTimeout(() => {
      looking = lookAgain();
    }, lookEveryMs);
  };
  const rest = (): void => {
    if (timer !== null) clearTimeout(timer);
  };
  return {
    signal: either.signal,
    begin() {
      dropped = tools.watchDrops(way, address);
      if (dropped !== null) lookLater();
    },
    // A router's answer says nothing: those near by come back by the interface's own network and are not dropped.
    heard(outcome) {
      if (outcome?.type !== 'reply' && outcome?.type !== 'unreachable') return;
      answered = true;
      rest();
    },
    async end() {
      over = true;
      rest();
      const failure = (await looking) ?? (await look());
      either.release();
      return failure;
    },
  };
}
