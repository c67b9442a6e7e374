// What must not be lost on its way to the broker: events, each on the disk before anyone is told that it is safe, and
// what was measured while the broker was away. Sent in order, events one at a time, each until the broker has it.
import { type Event, newEvent } from '../../shared/event.ts';
import type { Instant } from '../../shared/instant.ts';
import { settledWithin } from '../../shared/settled.ts';
import type { Change, KeepsState } from '../../shared/store.ts';
import { eventTopic } from '../../shared/topics.ts';
import type { Log } from '../log.ts';
import { eventPayload } from './event.ts';
import { type Depth, type Entry, type LineLimits, createLine } from './outbox/line.ts';
import { createLossCount } from './outbox/losses.ts';
import type { Message } from './outbox/message.ts';
import type { PauseTuning } from './outbox/pauses.ts';
import { createSending } from './outbox/sending.ts';
import { createSeqs } from './outbox/seqs.ts';
import { type Letter, type ShelfTuning, bytesOf, createShelf } from './outbox/shelf.ts';

export type { Message } from './outbox/message.ts';

export interface OutboxOptions {
  agent: string;
  store: KeepsState;
  log: Log;
  publish(message: Message): void;
  isConnected(): boolean;
  now(): Instant;
}

export interface OutboxTuning extends LineLimits, ShelfTuning, PauseTuning {}

export interface Outbox {
  /** Resolves once the event and `alongside` are on the disk (as far as the store can), in one. Never rejects. */
  event(event: Event, alongside?: readonly Change[]): Promise<void>;
  /** Sent at once where there is a connection; at QoS 1 kept where there is none, or it did not arrive. */
  measurement(message: Message): void;
  /** To be called at each connection to the broker. */
  connected(): void;
  /** Takes up what only now can be read of the disk. Never rejects. */
  reload(): Promise<void>;
  depth(): Depth;
  /** Nothing is sent any more; what comes is still kept. Never rejects. */
  stop(): Promise<void>;
}

const defaults: OutboxTuning = {
  maxMessages: 10_000,
  maxBytes: 16 << 20,
  window: 20,
  batchMs: 1000,
  restMs: 60_000,
  restBytes: 64 << 10,
  pauseMs: 10_000,
  longestPauseMs: 60_000,
};
const reportBytes = 1000;
const stopMs = 3000;
const unending = new AbortController().signal;

/** Takes up what an earlier run of the agent left. Never rejects. */
export async function openOutbox(
  { agent, store, log, publish, isConnected, now }: OutboxOptions,
  tuning: Partial<OutboxTuning> = {},
): Promise<Outbox> {
  const tuned = { ...defaults, ...tuning };
  const line = createLine(tuned);
  const shelf = createShelf(store, tuned);
  const losses = createLossCount(shelf, log);
  const seqs = createSeqs(now().epochMs);
  // Of what an earlier run left.
  const takenUp = new Set<number>();
  let stopped = false;
  // A report that is lost is told with the next one: a broker that takes none is not to be given another at once.
  let reportSeq: number | null = null;
  let reportIsDue = false;

  function add(seq: number, letter: Letter, mayGo: boolean): Entry {
    const { kind, keptAt, expirySeconds } = letter;
    const entry = { seq, kind, bytes: bytesOf(letter), keptAt, expirySeconds, refusals: 0, mayGo };
    line.add(entry);
    return entry;
  }

  function finish(entry: Entry): void {
    line.remove(entry);
    shelf.drop(entry.seq, entry.kind);
  }

  function lose(entry: Entry): void {
    finish(entry);
    losses.add(entry.kind, now().epochMs);
    if (entry.seq !== reportSeq) reportIsDue = true;
  }

  const sending = createSending(
    { line, shelf, log, publish, isConnected, now, finish, lose, onEmptied },
    tuned,
  );

  function keep(letter: Letter, mayGo: boolean): Entry {
    const seq = seqs.next();
    shelf.put(seq, letter);
    const entry = add(seq, letter, mayGo);
    for (const { seq: old, kind } of line.expired(now())) shelf.drop(old, kind);
    line.overflow().forEach(lose);
    return entry;
  }

  /** Past the disk; what could not be delivered is kept after all. */
  function sendAtOnce(message: Message, letter: Letter): void {
    const settled: Message['settled'] = (delivered, why) => {
      message.settled?.(delivered, why);
      if (delivered || why === 'expired') return;
      if (why === 'unfit' || why === 'poison') {
        losses.add(letter.kind, now().epochMs);
        reportIsDue = true;
        void sending.pump();
      } else {
        keep(letter, true);
        sending.holdBack(letter.kind, letter, why ?? null);
      }
    };
    publish({ ...message, settled });
  }

  async function event(told: Event, alongside: readonly Change[] = []): Promise<void> {
    const payload = eventPayload(told);
    const letter = { topic: eventTopic(agent), payload, keptAt: now(), expirySeconds: null };
    const entry = keep({ kind: 'event', ...letter }, false);
    if (told.kind === 'outbox.dropped') reportSeq = entry.seq;
    await shelf.flush(alongside);
    entry.mayGo = true;
    void sending.pump();
  }

  function reportLosses(): void {
    // The report is not to be a reason for the next one.
    if (losses.any()) line.overflow({ messages: 1, bytes: reportBytes }).forEach(lose);
    const told = losses.take();
    reportIsDue = false;
    if (told === null) return;
    void event(newEvent('outbox.dropped', agent, { evidence: { ...told } }, now().epochMs));
  }

  function onEmptied(): void {
    if (reportIsDue) reportLosses();
  }

  async function reload(): Promise<void> {
    try {
      await losses.load();
      reportIsDue ||= losses.any();
      for await (const [seq, letter] of shelf.all()) {
        if (takenUp.has(seq) || seqs.isOwn(seq)) continue;
        takenUp.add(seq);
        seqs.seen(seq);
        if (letter === undefined) shelf.drop(seq, 'event');
        else add(seq, letter, true);
      }
    } catch (error) {
      log.warn({ err: error }, 'what the outbox keeps on the disk can not be read');
    }
    line.overflow().forEach(lose);
    void sending.pump();
  }

  await reload();
  return {
    event,
    measurement(message) {
      const { topic, payload, qos, expirySeconds = null } = message;
      if (qos === 0) return publish(message);
      const letter: Letter = { kind: 'measurement', topic, payload, keptAt: now(), expirySeconds };
      if (isConnected() && !stopped) sendAtOnce(message, letter);
      else keep(letter, true);
    },
    connected() {
      reportLosses();
      sending.resume();
    },
    reload,
    depth: line.depth,
    async stop() {
      stopped = true;
      sending.stop();
      await settledWithin(shelf.close(), stopMs, unending);
    },
  };
}
