// Waiting for something no longer than it is worth.

/** Resolves when a promise has settled, the time is over or the signal aborts; leaves no timer and no listener behind. */
export function settledWithin(
  promise: Promise<unknown>,
  limitMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, limitMs);
    signal.addEventListener('abort', end, { once: true });
    promise.then(end, end);
    if (signal.aborted) end();
  });
}
