// Sends what was published: as soon as there is a session, a small window at a time, and says what it has to give up.
import type { Log } from '../log.ts';
import { packetBytes, unsendable, type Outgoing } from './messages.ts';
import { createOutbox, type DropReason, type Entry, type OutboxLimits } from './outbox.ts';
import type { Refused } from './reason.ts';
import type { BrokerLimits, Session } from './session.ts';

export interface SenderOptions extends OutboxLimits {
  log: Log;
  broker: string;
  /** Messages sent and not yet acknowledged. */
  window: number;
}

export interface Sender {
  publish(message: Outgoing): void;
  attach(session: Session, limits: BrokerLimits): void;
  detach(blamed: boolean): void;
  /** Gives up what is left, and what is published from now on. */
  stop(): void;
  /** Resolves when nothing is left, the session has gone, or the time is up; says how many messages are left. */
  drain(timeoutMs: number): Promise<number>;
  waiting(): number;
  dropped(): number;
}

const mostSaid = 100;

export function createSender({ log, broker, window, ...outboxLimits }: SenderOptions): Sender {
  let line: { session: Session; limits: BrokerLimits } | null = null;
  let pumping = false;
  let stopped = false;
  let dropped = 0;
  let unsaidDrops = 0;
  const saidRefusals = new Set<string>();
  let onIdle: (() => void) | null = null;
  const outbox = createOutbox(outboxLimits, () => performance.now(), drop);

  function drop({ topic, settled }: Outgoing, reason: DropReason): void {
    settled?.(false, reason === 'poison' || reason === 'expired' ? reason : undefined);
    // None is worth a word: QoS 0 promises no more, the newer one says it all, and stop() says how many are left.
    if (reason === 'lost' || reason === 'superseded' || reason === 'stopped') return;
    dropped += 1;
    if (reason === 'poison') {
      log.error({ broker, topic }, 'MQTT message dropped: the connection broke each time it was sent');
      return;
    }
    unsaidDrops += 1;
    // Once as it begins; the number follows when the connection is back.
    if (unsaidDrops === 1) log.warn({ broker, topic, reason }, 'MQTT outbox drops messages');
  }

  function refuse({ topic, settled }: Outgoing, { reason, unfit }: Refused): void {
    dropped += 1;
    // What is kept is tried again and again: once in a connection is enough.
    const words = `${topic} ${reason}`;
    if (!saidRefusals.has(words)) log.error({ broker, topic }, `MQTT message not sent: ${reason}`);
    if (saidRefusals.size < mostSaid) saidRefusals.add(words);
    settled?.(false, unfit ? 'unfit' : 'refused');
  }

  function pump(): void {
    if (pumping) return; // a QoS 0 message settles within publish(): no recursion through a thousand of them
    pumping = true;
    while (line !== null) {
      const entry = outbox.next(Math.min(window, line.limits.receiveMaximum));
      if (entry === null) break;
      send(line.session, line.limits, entry);
    }
    pumping = false;
    if (outbox.size() === 0) onIdle?.();
  }

  function send(session: Session, limits: BrokerLimits, entry: Entry): void {
    const { message, addedAtMs } = entry;
    if (packetBytes(message) > limits.maxPacketBytes) {
      outbox.settle(entry);
      const reason = `larger than the ${limits.maxPacketBytes} bytes this broker accepts`;
      refuse(message, { reason, unfit: true });
      return;
    }
    session.publish(adapt(message, limits, (performance.now() - addedAtMs) / 1000), (refusal) => {
      outbox.settle(entry);
      if (refusal !== null) refuse(message, refusal);
      else message.settled?.(true);
      pump();
    });
  }

  return {
    publish(message) {
      if (stopped) return message.settled?.(false);
      const why = unsendable(message);
      if (why !== null) return refuse(message, { reason: why, unfit: true });
      outbox.add(message);
      pump();
    },
    attach(session, limits) {
      line = { session, limits };
      saidRefusals.clear();
      if (unsaidDrops > 0) log.warn({ broker, dropped: unsaidDrops }, 'MQTT messages were dropped meanwhile');
      unsaidDrops = 0;
      pump();
    },
    detach(blamed) {
      line = null;
      outbox.connectionLost(blamed);
      onIdle?.();
    },
    stop() {
      stopped = true;
      outbox.stop();
    },
    async drain(timeoutMs) {
      const endMs = performance.now() + timeoutMs;
      // A request that came with the last acknowledgement is answered a moment after the outbox was empty.
      while (line !== null && outbox.size() > 0 && performance.now() < endMs) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.max(0, endMs - performance.now()));
          onIdle = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      return outbox.size();
    },
    waiting: () => outbox.size(),
    dropped: () => dropped,
  };
}

/** The message as this broker takes it: a QoS or a retain flag it does not support would end the connection. */
function adapt(message: Outgoing, limits: BrokerLimits, waitedSeconds: number): Outgoing {
  const { expirySeconds } = message;
  return {
    ...message,
    qos: limits.maxQos === 0 ? 0 : message.qos,
    retain: message.retain && limits.retain,
    ...(expirySeconds === undefined
      ? {}
      : { expirySeconds: Math.max(1, Math.ceil(expirySeconds - waitedSeconds)) }),
  };
}
