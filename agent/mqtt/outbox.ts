// The bounded queue of messages on their way to the broker. mqtt.js's own has no bound, overwrites silently at 65 535
// and sends again for ever what makes the broker close the connection.
import { packetBytes, type Outgoing } from './messages.ts';

export interface OutboxLimits {
  /** Retained messages aside: of each topic only the newest waits, so that they are as many as the topics. */
  maxMessages: number;
  maxBytes: number;
  maxRetainedBytes: number;
  /** A message that was first in flight at so many losses of the connection is taken to be their cause. */
  maxLosses: number;
}

/**
 * `lost`: at QoS 0, on its way as the connection broke; `superseded`: retained, and a newer one of its topic waits;
 * `stopped`: left when there is none to come any more.
 */
export type DropReason = 'full' | 'expired' | 'poison' | 'lost' | 'superseded' | 'stopped';

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
  const waiting = new Set<Entry>();
  /** Those of them that are retained, by topic. */
  const retained = new Map<string, Entry>();
  let flying: Entry[] = [];
  const bytes = { passing: 0, retained: 0 };

  const size = (): number => waiting.size + flying.length;
  const passing = (): number =>
    waiting.size - retained.size + flying.filter(({ message }) => !message.retain).length;

  function leave(entry: Entry): void {
    const { topic, retain } = entry.message;
    waiting.delete(entry);
    if (retain) retained.delete(topic);
    bytes[retain ? 'retained' : 'passing'] -= entry.bytes;
  }

  /** Returns the older message of its topic, in whose place it waits now. */
  function enter(entry: Entry): Entry | null {
    const { topic, retain } = entry.message;
    const older = (retain && retained.get(topic)) || null;
    if (older !== null) {
      leave(older);
      // It is under the same suspicion.
      entry.losses = Math.max(entry.losses, older.losses);
    }
    waiting.add(entry);
    if (retain) retained.set(topic, entry);
    bytes[retain ? 'retained' : 'passing'] += entry.bytes;
    return older;
  }

  function drop(entry: Entry, reason: DropReason): void {
    leave(entry);
    onDropped(entry.message, reason);
  }

  function head(): Entry | undefined {
    const [first] = waiting;
    return first;
  }

  function dropExpired(): void {
    for (let first = head(); first !== undefined; first = head()) {
      const lifeMs = (first.message.expirySeconds ?? Infinity) * 1000;
      if (nowMs() - first.addedAtMs < lifeMs) return;
      drop(first, 'expired');
    }
  }

  /** The oldest one to be dropped; undefined where all fits. */
  function excess(): Entry | undefined {
    if (bytes.retained > limits.maxRetainedBytes) return retained.values().next().value;
    if (passing() <= limits.maxMessages && bytes.passing <= limits.maxBytes) return undefined;
    for (const entry of waiting) if (!entry.message.retain) return entry;
    return undefined;
  }

  function trim(): void {
    for (let entry = excess(); entry !== undefined; entry = excess()) drop(entry, 'full');
  }

  return {
    size,
    add(message) {
      const older = enter({ message, bytes: packetBytes(message), addedAtMs: nowMs(), losses: 0 });
      if (older !== null) onDropped(older.message, 'superseded');
      trim();
    },
    next(window) {
      dropExpired();
      const first = head();
      if (first === undefined || flying.length >= window) return null;
      // A message under suspicion travels alone: the broker may close before the acknowledgements of those sent with
      // it get through, and an innocent one would be blamed.
      const suspicious = first.losses > 0 || (flying[0]?.losses ?? 0) > 0;
      if (suspicious && flying.length > 0) return null;
      leave(first);
      flying.push(first);
      return first;
    },
    settle(entry) {
      flying = flying.filter((other) => other !== entry);
    },
    connectionLost(blamed) {
      const lost = flying.filter(({ message }) => message.qos === 0);
      const [accused, ...others] = flying.filter(({ message }) => message.qos === 1);
      const after = [...waiting];
      flying = [];
      after.forEach(leave);
      if (accused !== undefined && blamed) accused.losses += 1;
      const poison = accused !== undefined && accused.losses >= limits.maxLosses ? accused : null;
      const back = accused === undefined || poison !== null ? others : [accused, ...others];
      const superseded = [...back, ...after].map(enter).filter((entry) => entry !== null);
      // Who is told may publish: by now all stands where it has to.
      if (poison !== null) onDropped(poison.message, 'poison');
      for (const { message } of superseded) onDropped(message, 'superseded');
      trim();
      for (const { message } of lost) onDropped(message, 'lost');
    },
    stop() {
      const left = [...flying, ...waiting];
      flying = [];
      [...waiting].forEach(leave);
      for (const { message } of left) onDropped(message, 'stopped');
    },
  };
}
