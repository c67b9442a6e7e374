// Several tries for one answer, begun one after the other and all kept open: on a slow line the answer to the first comes
// when the second is out already, and counts.
import { setMaxListeners } from 'node:events';

export type Try<T> = (signal: AbortSignal) => Promise<T>;

export interface Tries<T> {
  /** The first outcome that settles it; null where none did. */
  settled: T | null;
  /** All outcomes that came by then, in that order. */
  outcomes: T[];
}

/**
 * Begins the next try `gapMs` after the last, or at once where all that are out have failed. Ends with the first outcome
 * that `settles` takes, giving up the tries still open, or when all are over; rejects as the first try that does.
 */
export function firstOf<T>(
  tries: readonly Try<T>[],
  gapMs: number,
  settles: (outcome: T) => boolean,
  signal: AbortSignal,
): Promise<Tries<T>> {
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  const giveUp = (): void => over.abort();
  const outcomes: T[] = [];
  let begun = 0;
  let timer: NodeJS.Timeout | undefined;

  return new Promise<Tries<T>>((resolve, reject) => {
    // What tries say that are given up then is nobody's.
    const end = (settled: T | null): void => resolve({ settled, outcomes: [...outcomes] });
    const beginNext = (): void => {
      clearTimeout(timer);
      const next = over.signal.aborted ? undefined : tries[begun];
      if (next === undefined) return;
      begun += 1;
      if (begun < tries.length) timer = setTimeout(beginNext, gapMs);
      next(over.signal).then(note, reject);
    };
    const note = (outcome: T): void => {
      outcomes.push(outcome);
      if (settles(outcome)) return end(outcome);
      if (outcomes.length < begun) return;
      beginNext();
      if (outcomes.length === begun) end(null);
    };
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    beginNext();
    if (begun === 0) end(null);
  }).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    giveUp();
  });
}
