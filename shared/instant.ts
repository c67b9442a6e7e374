// A moment on two clocks: the wall's, which people read and which may be set, and the machine's since it started, which
// only runs.

export interface Instant {
  /** Milliseconds since 1970. */
  epochMs: number;
  /** Milliseconds since the machine started. */
  upMs: number;
  /** Which start of the machine that was. */
  boot: string;
}

/** How long it was from one moment to another; by the wall clock (and then never negative) where the machine was started anew. */
export const elapsedMs = (from: Instant, to: Instant): number =>
  Math.max(0, from.boot === to.boot ? to.upMs - from.upMs : to.epochMs - from.epochMs);

/** The same moment by a wall clock that has been set by `stepMs`; as it was where the machine was started since. */
export const stepped = (moment: Instant, stepMs: number, boot: string): Instant =>
  moment.boot === boot ? { ...moment, epochMs: moment.epochMs + stepMs } : moment;
