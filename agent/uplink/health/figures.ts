// Loss, round trip and jitter of an uplink by its targets' echoes. Pure.
import type { Ballot } from './rounds.ts';
import { type Slot, fateOf } from './window.ts';

/** Null where nothing was measured. Each figure is that of the target that is the last one needed by it. */
export interface Figures {
  lossPercent: number | null;
  rttMs: number | null;
  /** Mean difference between neighbouring round trips. */
  jitterMs: number | null;
  /** Behind the loss: echoes decided, and those of them lost. */
  asked: number;
  lost: number;
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

function jitterOf(rttsMs: readonly number[]): number | null {
  if (rttsMs.length === 0) return null;
  return mean(rttsMs.slice(1).map((rttMs, index) => Math.abs(rttMs - (rttsMs[index] ?? rttMs)))) ?? 0;
}

function figuresOfTarget(slots: readonly Slot[], nowMs: number): Figures {
  const lost = slots.filter((slot) => fateOf(slot, nowMs) === 'lost').length;
  const rttsMs = slots.flatMap(({ rttMs }) => rttMs ?? []);
  const asked = slots.length;
  return {
    lossPercent: asked === 0 ? null : (lost / asked) * 100,
    rttMs: mean(rttsMs),
    jitterMs: jitterOf(rttsMs),
    asked,
    lost,
  };
}

type Measured = 'lossPercent' | 'rttMs' | 'jitterMs';

/** Rounded to a thousandth: to the microsecond, where it is a time. */
const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 1000) / 1000;

/** Of the last `window` decided echoes to each voter. */
export function figuresOf(
  slots: readonly Slot[],
  { voters, needed }: Ballot,
  window: number,
  nowMs: number,
): Figures {
  const ofTargets = voters.map((voter) => {
    const decided = slots.filter(
      (slot) => slot.target === voter && ['answered', 'lost'].includes(fateOf(slot, nowMs)),
    );
    return figuresOfTarget(decided.slice(-window), nowMs);
  });
  const lastNeeded = (figure: Measured): Figures | undefined =>
    ofTargets.toSorted((a, b) => (a[figure] ?? Infinity) - (b[figure] ?? Infinity))[needed - 1];
  const byLoss = lastNeeded('lossPercent');
  return {
    lossPercent: rounded(byLoss?.lossPercent ?? null),
    rttMs: rounded(lastNeeded('rttMs')?.rttMs ?? null),
    jitterMs: rounded(lastNeeded('jitterMs')?.jitterMs ?? null),
    asked: byLoss?.asked ?? 0,
    lost: byLoss?.lost ?? 0,
  };
}
