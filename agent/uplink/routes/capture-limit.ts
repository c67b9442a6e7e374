// How often one default route of others is taken out: whoever puts it back at once would do so for ever, and each time it
// is written down costs the disk. Pure.

/** Within `withinMs`; then it is left alone for `restMs`. */
const mostCaptures = 10;
const withinMs = 60_000;
const restMs = 300_000;

export const restMinutes = restMs / 60_000;

export interface CaptureLimit {
  /** The route of this key was taken out. */
  taken(key: string, nowMs: number): void;
  /** Whether it is to be left alone for now. */
  isSpared(key: string, nowMs: number): boolean;
}

export function createCaptureLimit(): CaptureLimit {
  const takenAtMs = new Map<string, number[]>();
  const sparedUntilMs = new Map<string, number>();

  function forgetOld(nowMs: number): void {
    for (const [key, times] of takenAtMs) {
      const recent = times.filter((ms) => nowMs - ms < withinMs);
      if (recent.length === 0) takenAtMs.delete(key);
      else takenAtMs.set(key, recent);
    }
    for (const [key, untilMs] of sparedUntilMs) if (nowMs >= untilMs) sparedUntilMs.delete(key);
  }

  return {
    taken(key, nowMs) {
      takenAtMs.set(key, [...(takenAtMs.get(key) ?? []), nowMs]);
    },
    isSpared(key, nowMs) {
      forgetOld(nowMs);
      if (sparedUntilMs.has(key)) return true;
      if ((takenAtMs.get(key) ?? []).length < mostCaptures) return false;
      takenAtMs.delete(key);
      sparedUntilMs.set(key, nowMs + restMs);
      return true;
    },
  };
}
