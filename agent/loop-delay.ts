// How late the agent's own event loop runs. RTTs are stamped by the kernel and don't suffer from it; whoever looks sees
// that the box is overloaded.
import { monitorEventLoopDelay } from 'node:perf_hooks';

// A prime: what runs every second or every 100 ms would be met always or never. Two of these cost an idle agent under
// 0.1 % of a processor; at 10 ms it was 0.5 %.
const resolutionMs = 97;
const turnMs = 30_000;

/** Whole milliseconds; a timer keeps no finer time. */
export interface LoopDelay {
  p50: number;
  p99: number;
  max: number;
}

/** A histogram of the nanoseconds from one tick of a timer to the next, as perf_hooks has it. */
interface Ticks {
  enable(): unknown;
  disable(): unknown;
  reset(): void;
  readonly max: number;
  percentile(percentile: number): number;
}

export interface LoopDelayWatch {
  /** Of the last 30 to 60 seconds, or since the start. */
  delayMs(): LoopDelay;
  stop(): void;
}

const beyondResolution = (ns: number): number => Math.max(0, Math.floor(ns / 1e6) - resolutionMs);

/** Begins to watch. Two histograms are emptied in turns, so that a bad moment is seen for a while and not for ever. */
export function watchLoopDelay(
  newTicks: (resolutionMs: number) => Ticks = (resolution) => monitorEventLoopDelay({ resolution }),
): LoopDelayWatch {
  let [older, younger] = [newTicks(resolutionMs), newTicks(resolutionMs)];
  older.enable();
  younger.enable();
  const turn = setInterval(() => {
    older.reset();
    [older, younger] = [younger, older];
  }, turnMs);

  return {
    delayMs: () => ({
      p50: beyondResolution(older.percentile(50)),
      p99: beyondResolution(older.percentile(99)),
      max: beyondResolution(older.max),
    }),
    stop() {
      clearInterval(turn);
      older.disable();
      younger.disable();
    },
  };
}
