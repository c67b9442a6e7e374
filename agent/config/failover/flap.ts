// When an uplink that goes up and down is held back: route flap damping (RFC 2439).
import * as z from 'zod';
import { duration, durationWords } from '../../../shared/duration.ts';
import { contradiction } from '../contradiction.ts';

export interface FlapSettings {
  halfLifeMs: number;
  /** What each outage adds; 0: nothing is ever held back. */
  penalty: number;
  suppress: number;
  reuse: number;
  /** The longest that an uplink is held back. */
  maxMs: number;
}

const level = z.number().min(1).max(1_000_000);
const dayMs = 86_400_000;

const FlapKeys = z.strictObject({
  halfLife: duration(1000, dayMs).default(300_000),
  penalty: z.number().min(0).max(1_000_000).default(1000),
  suppress: level.default(3000),
  reuse: level.default(750),
  max: duration(1000, 7 * dayMs).default(1_800_000),
});
type FlapKeys = z.output<typeof FlapKeys>;

const reuseProblem = ({ reuse, suppress }: FlapKeys): string | null =>
  reuse < suppress ? null : `must be less than suppress (${suppress}), not ${reuse}`;

/** The penalty is capped so that it decays to `reuse` within `max`. */
function maxProblem({ suppress, reuse, halfLife, max }: FlapKeys): string | null {
  const leastMs = halfLife * Math.log2(suppress / reuse);
  const seconds = Math.floor(leastMs / 1000) + 1;
  return max > leastMs
    ? null
    : `must be at least ${seconds}s, or nothing is ever suppressed, not ${durationWords(max)}`;
}

export const Flap = FlapKeys.check(contradiction('reuse', reuseProblem), contradiction('max', maxProblem))
  .transform(({ halfLife, max, ...levels }): FlapSettings => ({
    ...levels,
    halfLifeMs: halfLife,
    maxMs: max,
  }))
  .prefault({});
