// The end of a request's time: its own limit, its asker's leaving, or the agent's stopping, whichever comes first.
import { setMaxListeners } from 'node:events';
import { Failure } from '../shared/failure.ts';

export interface Deadline {
  /** Starts the clock; the signal aborts when the time is over. */
  begin(timeoutMs: number): AbortSignal;
  /** What is left until then; nothing before it has begun. */
  leftMs(): number;
  /** Why a request failed: who ended it, where someone did, else the error itself. */
  explain(error: unknown): Failure;
  end(): void;
}

/** `asker` aborts when the asker has gone, `stop` when the agent must end. */
export function createDeadline(asker: AbortSignal | null, stop: AbortSignal): Deadline {
  const over = new AbortController();
  setMaxListeners(0, over.signal);
  let timer: NodeJS.Timeout | null = null;
  let limitMs = 0;
  let endMs = 0;
  const abort = (): void => over.abort();

  return {
    begin(timeoutMs) {
      limitMs = timeoutMs;
      endMs = performance.now() + timeoutMs;
      timer = setTimeout(abort, timeoutMs);
      for (const signal of [asker, stop]) {
        if (signal?.aborted === true) abort();
        signal?.addEventListener('abort', abort, { once: true });
      }
      return over.signal;
    },
    leftMs: () => Math.max(0, endMs - performance.now()),
    explain(error) {
      if (over.signal.aborted) {
        if (asker?.aborted === true) return new Failure('cancelled', 'the asker went away');
        if (stop.aborted) return new Failure('stopping', 'the agent is stopping');
        const known = error instanceof Failure && error.code !== 'cancelled';
        return known ? error : new Failure('deadlineExceeded', `not done within ${limitMs} ms`);
      }
      if (error instanceof Failure) return error;
      return new Failure('internal', 'an error inside the agent; its log says which', { cause: error });
    },
    end() {
      if (timer !== null) clearTimeout(timer);
      for (const signal of [asker, stop]) signal?.removeEventListener('abort', abort);
    },
  };
}
