// Two signals as one, let go of by hand: AbortSignal.any leaves that to the garbage collector, which is much to ask for a
// probe that lasts for a moment.
import { setMaxListeners } from 'node:events';

export interface Either {
  signal: AbortSignal;
  /** Aborts it; the other signal is let be. */
  abort(reason?: unknown): void;
  /** Nothing is heard of the other signal any more. To be called, however it ends. */
  release(): void;
}

/** A signal that aborts with another, or by itself. */
export function eitherOf(other: AbortSignal): Either {
  const own = new AbortController();
  setMaxListeners(0, own.signal);
  const follow = (): void => own.abort(other.reason);
  if (other.aborted) follow();
  else other.addEventListener('abort', follow, { once: true });
  return {
    signal: own.signal,
    abort: (reason) => own.abort(reason),
    release: () => other.removeEventListener('abort', follow),
  };
}
