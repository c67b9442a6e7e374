// Gives the outbox's messages to the connection, in the line's order, and sees what becomes of each.
import type { Instant } from '../../../shared/instant.ts';
import { Damaged } from '../../../shared/store.ts';
import type { Log } from '../../log.ts';
import { type Entry, type Line, leftSeconds } from './line.ts';
import type { Message } from './message.ts';
import type { Shelf } from './shelf.ts';

export interface SendingTuning {
  /** How long what could not be sent waits, where no new connection comes first. */
  pauseMs: number;
}

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
}

export interface Sending {
  /** Sends what can be sent now. */
  pump(): Promise<void>;
  /** Sends what waits, too. */
  resume(): void;
  stop(): void;
}

const mostRefusals = 5;

export function createSending(parts: SendingParts, { pauseMs }: SendingTuning): Sending {
  const { line, shelf, log, publish, isConnected, now, finish, lose } = parts;
  let pumping = false;
  let stopped = false;
  let pause: NodeJS.Timeout | undefined;

  function wait(): void {
    clearTimeout(pause);
    pause = setTimeout(resume, pauseMs).unref();
  }

  function resume(): void {
    clearTimeout(pause);
    pause = undefined;
    void pump();
  }

  function settle(entry: Entry, delivered: boolean, blamed: boolean): void {
    if (blamed) entry.refusals += 1;
    if (delivered) finish(entry);
    else if (stopped) return;
    else if (entry.refusals >= mostRefusals) {
      log.error(
        { seq: entry.seq, kind: entry.kind },
        `the outbox gives up a message refused ${mostRefusals} times`,
      );
      lose(entry);
    } else {
      line.putBack(entry);
      wait();
    }
    void pump();
  }

  async function send(entry: Entry): Promise<void> {
    let letter: Awaited<ReturnType<Shelf['get']>>;
    try {
      letter = await shelf.get(entry.seq);
    } catch (error) {
      if (error instanceof Damaged) return lose(entry);
      line.putBack(entry);
      return wait();
    }
    if (letter === undefined) return lose(entry);
    const seconds = leftSeconds(entry, now());
    if (seconds !== null && seconds <= 0) return finish(entry);
    publish({
      topic: letter.topic,
      payload: letter.payload,
      qos: 1,
      retain: false,
      ...(seconds === null ? {} : { expirySeconds: Math.ceil(seconds) }),
      settled: (delivered, blamed = false) => settle(entry, delivered, blamed),
    });
  }

  const next = (): Entry | null => (stopped || pause !== undefined || !isConnected() ? null : line.take());

  async function pump(): Promise<void> {
    if (pumping) return;
    pumping = true;
    for (let entry = next(); entry !== null; entry = next()) await send(entry);
    pumping = false;
  }

  return {
    pump,
    resume,
    stop() {
      stopped = true;
      clearTimeout(pause);
    },
  };
}
