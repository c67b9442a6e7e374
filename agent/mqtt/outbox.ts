// The bounded queue of messages on their way to the broker. mqtt.js's own has no bound, overwrites silently at 65 535
// and sends again for ever what makes the broker close the connection.
import { packetBytes, type Outgoing } from './messages.ts';

export interface OutboxLimits {
  maxMessages: number;
  maxBytes: number;
  /** A message that was first in flight at so many losses of the connection is taken to be their cause. */
  maxLosses: number;
}

/** `lost`: at QoS 0, on its way as the connection broke; `stopped`: left when there is none to come any more. */
export type DropReason = 'full' | 'expired' | 'poison' | 'lost' | 'stopped';

export interface Entry {
  readonly message: Outgoing;
  readonly bytes: number;
  readonly addedAtMs: number;
  losses: number;
}

export interface Outbox {
  add(message: Outgoing): void;
  /** Takes the next message into flight; null when nothing may be sent now. */
  next(window: number): Entry | null;
  /** The broker has it, or will never take it. */
  settle(entry: Entry): void;
  /** Puts back what was in flight, in order; `blamed`: the loss may have been a message's doing. */
  connectionLost(blamed: boolean): void;
  /** Drops all that is left. */
  stop(): void;
  size(): number;
}

export function createOutbox(
  limits: OutboxLimits,
  nowMs: () => number,
  onDropped: (message: Outgoing, reason: DropReason) => void,
): Outbox {
  let waiting: Entry[] = [];
  let flying: Entry[] = [];
  let bytes = 0;

  const size = (): number => waiting.length + flying.length;
  const takeOldest = (): Entry | undefined => {
    const entry = waiting.shift();
    if (entry !== undefined) bytes -= entry.bytes;
    return entry;
  };
  const dropOldest = (reason: DropReason): void => {
    const entry = takeOldest();
    if (entry !== undefined) onDropped(entry.message, reason);
  };
  const dropExpired = (): void => {
    for (let head = waiting[0]; head !== undefined; head = waiting[0]) {
      const lifeMs = (head.message.expirySeconds ?? Infinity) * 1000;
      if (nowMs() - head.addedAtMs < lifeMs) return;
      dropOldest('expired');
    }
  };
  const trim = (): void => {
    while (waiting.length > 0 && (size() > limits.maxMessages || bytes > limits.maxBytes)) dropOldest('full');
  };

  return {
    size,
    add(message) {
      const entry = { message, bytes: packetBytes(message), addedAtMs: nowMs(), losses: 0 };
      waiting.push(entry);
      bytes += entry.bytes;
      trim();
    },
    next(window) {
      dropExpired();
      const head = waiting[0];
      if (head === undefined || flying.length >= window) return null;
      // A message under suspicion travels alone: the broker may close before the acknowledgements of those sent with
      // it get through, and an innocent one would be blamed.
      const suspicious = head.losses > 0 || (flying[0]?.losses ?? 0) > 0;
      if (suspicious && flying.length > 0) return null;
      takeOldest();
      flying.push(head);
      return head;
    },
    settle(entry) {
      flying = flying.filter((other) => other !== entry);
    },
    connectionLost(blamed) {
      const back = flying.filter(({ message }) => message.qos === 1);
      const lost = flying.filter(({ message }) => message.qos === 0);
      flying = [];
      waiting = [...back, ...waiting];
      for (const entry of back) bytes += entry.bytes;
      const head = back[0];
      if (head !== undefined && blamed) {
        head.losses += 1;
        if (head.losses >= limits.maxLosses) dropOldest('poison');
      }
      trim();
      for (const { message } of lost) onDropped(message, 'lost');
    },
    stop() {
      const left = [...flying, ...waiting];
      flying = [];
      waiting = [];
      bytes = 0;
      for (const { message } of left) onDropped(message, 'stopped');
    },
  };
}
