// What follows from the end of a connection: when the next one is tried, in which version, and what is said of it. Pure.
import { backoffMs } from './backoff.ts';
import type { SessionEnd } from './session.ts';
import type { MqttTuning } from './tuning.ts';

/** The attempts so far. */
export interface Attempts {
  /** The version spoken, or tried next. */
  protocol: 4 | 5;
  /** In a row, since a connection was stable. */
  failures: number;
  /** Connections that the broker closed soon, and for no message, since then. */
  soonClosed: number;
  /** Why the last one ended, as it was said; null where there is a connection since. */
  saidReason: string | null;
}

export interface Ending extends SessionEnd {
  /** How long there was a connection; null where none came about. */
  heldMs: number | null;
  /** Nothing waited to be sent: no message can have been the cause. */
  idle: boolean;
}

export interface NextAttempt {
  attempts: Attempts;
  waitMs: number;
  /** The broker does not speak the version: it is left for the older one at once. */
  olderVersion: boolean;
  /** Another client may have the same identifier. */
  mayBeTakenOver: boolean;
  /** It ended for another reason than the last one did. */
  isNews: boolean;
}

const soonClosedOften = 3;

export const firstAttempts = (protocol: 4 | 5): Attempts => ({
  ...{ protocol, failures: 0, soonClosed: 0, saidReason: null },
});

export const connected = (attempts: Attempts): Attempts => ({ ...attempts, saidReason: null });

type Patience = Pick<MqttTuning, 'firstRetryMs' | 'maxRetryMs' | 'stableMs' | 'random'>;

export function afterEnding(attempts: Attempts, ending: Ending, patience: Patience): NextAttempt {
  const { reason, protocolRefused, linkFault, heldMs, idle } = ending;
  if (protocolRefused) {
    const older: Attempts = { ...attempts, protocol: 4 };
    return { attempts: older, waitMs: 0, olderVersion: true, mayBeTakenOver: false, isNews: false };
  }
  let { failures, soonClosed } = attempts;
  if (heldMs !== null && heldMs >= patience.stableMs) failures = soonClosed = 0;
  else if (heldMs !== null && !linkFault && idle) soonClosed += 1;
  const { firstRetryMs: firstMs, maxRetryMs: maxMs, random } = patience;
  return {
    attempts: { ...attempts, failures: failures + 1, soonClosed, saidReason: reason },
    waitMs: backoffMs(failures, random, { firstMs, maxMs }),
    olderVersion: false,
    // Boxes cloned with their host name push each other out; mosquitto 2.0.11 closes without a reason then.
    mayBeTakenOver: soonClosed === soonClosedOften && attempts.soonClosed < soonClosedOften,
    isNews: reason !== attempts.saidReason,
  };
}
