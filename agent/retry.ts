// Starts something that may not be possible yet (a busy port), again and again: said once, tried with back-off.
import { messageOf } from '../shared/thrown.ts';
import type { Log } from './log.ts';

const firstMs = 1000;
const mostMs = 60_000;

/** Resolves after the first attempt; later ones go on in the background until one succeeds or `stopped` aborts. */
export async function startOrRetry(
  log: Log,
  stopped: AbortSignal,
  start: () => Promise<void>,
  { what, wayOut }: { what: string; wayOut: string },
): Promise<boolean> {
  let said: string | null = null;
  const over = (): boolean => stopped.aborted;
  const attempt = async (number: number): Promise<boolean> => {
    if (over()) return false;
    try {
      await start();
      if (said !== null) log.info({}, `${what} runs now`);
      return true;
    } catch (error) {
      if (over()) return false;
      const why = messageOf(error);
      if (why !== said) log.error({}, `${what} can't start: ${why}; ${wayOut}; it is tried again`);
      said = why;
      const again = (): void => {
        stopped.removeEventListener('abort', cancel);
        void attempt(number + 1);
      };
      const timer = setTimeout(again, Math.min(mostMs, firstMs * 2 ** number));
      const cancel = (): void => clearTimeout(timer);
      stopped.addEventListener('abort', cancel, { once: true });
      return false;
    }
  };
  return attempt(0);
}
