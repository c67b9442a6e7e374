// Gives the outbox's messages to the connection, in the line's order, and sees what becomes of each.
import { Event } from '../../../shared/event.ts';
import type { Instant } from '../../../shared/instant.ts';
import { Damaged } from '../../../shared/store.ts';
import type { Log } from '../../log.ts';
import { type Entry, type Kind, type Line, leftSeconds } from './line.ts';
import type { Message, Undelivered } from './message.ts';
import { type PauseTuning, createPauses } from './pauses.ts';
import type { Letter, Shelf } from './shelf.ts';

export interface SendingParts {
  line: Line;
  shelf: Shelf;
  log: Log;
  publish(message: Message): void;
  isConnected(): boolean;
  now(): Instant;
  /** Takes it out: nobody needs it any more. */
  finish(entry: Entry): void;
  /** Takes it out, and counts it. */
  lose(entry: Entry): void;
  /** There was something to send, or might have been, and all of it is sent. */
  onEmptied(): void;
}

export interface Sending {
  /** Sends what can be sent now. */
  pump(): Promise<void>;
  /** Sends what waits, too. */
  resume(): void;
  /** A message of this kind could not be delivered: what is in the line waits a while. */
  holdBack(kind: Kind, letter: Letter, why: Undelivered | null): void;
  stop(): void;
}

const mostRefusals = 5;

/** What a reader of the log knows it by. */
function nameOf({ kind, topic, payload }: Letter): object {
  if (kind === 'measurement') return { topic };
  const { data } = Event.safeParse(JSON.parse(payload));
  return { topic, kind: data?.kind, id: data?.id };
}

export function createSending(parts: SendingParts, tuning: PauseTuning): Sending {
  const { line, shelf, log, publish, isConnected, now, finish, lose, onEmptied } = parts;
  const pauses = createPauses(tuning, () => void pump());
  let pumping = false;
  let stopped = false;

  function holdBack(kind: Kind, letter: Letter, why: Undelivered | null): void {
    if (why !== 'refused') return pauses.all();
    if (!pauses.isRefused(kind)) {
      log.error(
        nameOf(letter),
        'the broker refuses a message: the outbox keeps all of its kind and tries again',
      );
    }
    pauses.refused(kind);
  }

  function settle(entry: Entry, letter: Letter, delivered: boolean, why: Undelivered | null): void {
    if (why === 'unfit') entry.refusals += 1;
    if (delivered) {
      pauses.accepted(entry.kind);
      finish(entry);
    } else if (why === 'expired') finish(entry);
    else if (stopped) return;
    else if (why === 'poison' || entry.refusals >= mostRefusals) {
      const times = why === 'poison' ? 'that broke each connection' : `refused ${mostRefusals} times`;
      log.error(nameOf(letter), `the outbox gives up a message ${times}`);
      lose(entry);
    } else {
      line.putBack(entry);
      holdBack(entry.kind, letter, why);
    }
    void pump();
  }

  async function send(entry: Entry): Promise<void> {
    let letter: Letter | undefined;
    try {
      letter = await shelf.get(entry.seq);
    } catch (error) {
      if (error instanceof Damaged) return lose(entry);
      line.putBack(entry);
      return pauses.all();
    }
    if (letter === undefined) return lose(entry);
    const seconds = leftSeconds(entry, now());
    if (seconds !== null && seconds <= 0) return finish(entry);
    const { topic, payload } = letter;
    publish({
      topic,
      payload,
      qos: 1,
      retain: false,
      ...(seconds === null ? {} : { expirySeconds: Math.ceil(seconds) }),
      settled: (delivered, why) => settle(entry, letter, delivered, why ?? null),
    });
  }

  const next = (): Entry | null => (stopped || !isConnected() ? null : line.take(pauses.isOver));

  async function pump(): Promise<void> {
    if (pumping) return;
    pumping = true;
    for (let entry = next(); entry !== null; entry = next()) await send(entry);
    pumping = false;
    const { events, measurements } = line.depth();
    if (!stopped && isConnected() && events + measurements === 0) onEmptied();
  }

  return {
    pump,
    resume() {
      pauses.end();
      void pump();
    },
    holdBack,
    stop() {
      stopped = true;
      pauses.end();
    },
  };
}
