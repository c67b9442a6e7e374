// An outbox on a real store, and a connection that remembers what it was given.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { now } from '../../../../agent/clock.ts';
import {
  type Message,
  type Outbox,
  type OutboxTuning,
  openOutbox,
} from '../../../../agent/publish/outbox.ts';
import { type Store, openStore } from '../../../../agent/store/index.ts';
import { Event, newEvent } from '../../../../shared/event.ts';
import { type RecordedLog, recordLog } from '../../mqtt/kit.ts';

export interface Agent {
  folder: string;
  outbox: Outbox;
  store: Store;
  log: RecordedLog;
  broker: {
    there: boolean;
    /** How far its clock, and that of the time passed, is ahead. */
    laterMs: number;
    sent: Message[];
    answer: (message: Message) => void;
  };
  connect(): void;
  end(): Promise<void>;
}

export const accept = (message: Message): void => message.settled?.(true);

/** A folder that goes with the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pathproof-outbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

export async function start(
  folder: string,
  tuning: Partial<OutboxTuning> = {},
  wrap: (store: Store) => Store = (store) => store,
  laterMs = 0,
): Promise<Agent> {
  const log = recordLog();
  const store = wrap(await openStore(folder, log, { retryMs: 5 }));
  const broker: Agent['broker'] = { there: false, laterMs, sent: [], answer: accept };
  const outbox = await openOutbox(
    {
      agent: 'pi',
      store,
      log,
      publish(message) {
        broker.sent.push(message);
        setImmediate(() => broker.answer(message));
      },
      isConnected: () => broker.there,
      now: () => {
        const { epochMs, upMs, boot } = now();
        return { epochMs: epochMs + broker.laterMs, upMs: upMs + broker.laterMs, boot };
      },
    },
    { pauseMs: 5, longestPauseMs: 5, batchMs: 5, restMs: 5, ...tuning },
  );
  const end = async (): Promise<void> => {
    await outbox.stop();
    await store.close();
  };
  onTestFinished(end);
  const connect = (): void => {
    broker.there = true;
    outbox.connected();
  };
  return { folder, outbox, store, log, broker, connect, end };
}

export const told = (subject: string): Event => newEvent('monitor.down', subject, {}, 0);

export const measured = (payload: string, extra: Partial<Message> = {}): Message => ({
  topic: 'pathproof/pi/probe/ping/result',
  payload,
  qos: 1,
  retain: false,
  expirySeconds: 3600,
  ...extra,
});

const isEvent = ({ topic }: Message): boolean => topic.endsWith('/event');

export const eventsOf = (agent: Agent): Event[] =>
  agent.broker.sent.filter(isEvent).map(({ payload }) => Event.parse(JSON.parse(payload)));

/** An event by its subject, a measurement by its payload. */
export const textOf = (message: Message): string =>
  isEvent(message) ? (Event.parse(JSON.parse(message.payload)).subject ?? '') : message.payload;

export const textsOf = (agent: Agent): string[] => agent.broker.sent.map(textOf);

export const emptied = (agent: Agent): Promise<void> =>
  vi.waitFor(() => expect(agent.outbox.depth()).toEqual({ events: 0, measurements: 0 }));
