// Sees the wall clock being set: a Pi has none of its own, and starts hours off until NTP sets it.

const checkEveryMs = 1000;
const leastStepMs = 1000;

/** Both clocks in milliseconds; of the monotonic one only differences count. */
export interface Clocks {
  wallMs(): number;
  monotonicMs(): number;
}

export const clocks: Clocks = { wallMs: () => Date.now(), monotonicMs: () => performance.now() };

export interface StepGuard {
  /** Looks now; true where the clock was set since it was looked at last (and all have been told). */
  check(): boolean;
  stop(): void;
}

/** `onStep` is told by how much the clock was set, more than a second at once; slewing is none. */
export function watchForSteps(read: Clocks, onStep: (stepMs: number) => void): StepGuard {
  const offsetMs = (): number => read.wallMs() - read.monotonicMs();
  let lastMs = offsetMs();
  const check = (): boolean => {
    const nowMs = offsetMs();
    const stepMs = nowMs - lastMs;
    lastMs = nowMs;
    if (Math.abs(stepMs) <= leastStepMs) return false;
    onStep(stepMs);
    return true;
  };
  const timer = setInterval(check, checkEveryMs);
  return { check, stop: () => clearInterval(timer) };
}
