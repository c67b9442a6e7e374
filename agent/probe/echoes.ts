// A row of echoes to one destination at a steady pace: what ping is made of, and a traceroute's last hop.
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../shared/failure.ts';
import type { Traffic } from '../../shared/result.ts';
import { type Echo, type EchoAnswer, type Packets, overheadBytes } from '../packet/index.ts';

/** An answer, or null for an echo that was given up before it could have one. */
export type Outcome = EchoAnswer | null;

export interface Tally {
  traffic: Traffic;
  clockStepped: boolean;
}

export const newTally = (): Tally => ({
  traffic: { packetsSent: 0, packetsReceived: 0, bytesSent: 0, bytesReceived: 0 },
  clockStepped: false,
});

/** One echo, entered in the tally. Rejects with Failure; an abort gives null instead. */
export async function countedEcho(
  packets: Packets,
  echo: Echo,
  signal: AbortSignal,
  tally: Tally,
): Promise<Outcome> {
  const { traffic } = tally;
  const sent = (): void => {
    traffic.packetsSent += 1;
    traffic.bytesSent += overheadBytes + echo.payloadBytes;
  };
  try {
    const answer = await packets.echo(echo, signal, sent);
    if (answer.type !== 'silence') {
      traffic.packetsReceived += 1;
      traffic.bytesReceived += answer.bytes;
      tally.clockStepped ||= answer.clock !== 'kernel';
    }
    return answer;
  } catch (error) {
    if (error instanceof Failure && error.code === 'cancelled') return null;
    throw error;
  }
}

/** Waits until a due time of the monotonic clock; false where the signal came first. */
async function until(dueMs: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const leftMs = dueMs - performance.now();
  if (leftMs <= 0) return true;
  return delay(leftMs, true, { signal }).catch(() => false);
}

/** What a probe's rejection means; anything unforeseen is internal. */
export const asFailure = (error: unknown): Failure =>
  error instanceof Failure ? error : new Failure('internal', String(error), { cause: error });

export interface Row {
  /** In the order sent. */
  outcomes: Outcome[];
  failure: Failure | null;
}

/**
 * Sends `count` echoes `intervalMs` apart, each due counted from the first, and waits for all answers. Never rejects:
 * the first echo that can't be sent ends the row and is its failure.
 */
export async function echoRow(
  count: number,
  intervalMs: number,
  signal: AbortSignal,
  send: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Row> {
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const startedMs = performance.now();
  const failures: Failure[] = [];
  const pending: Promise<Outcome>[] = [];
  for (let index = 0; index < count; index++) {
    if (!(await until(startedMs + index * intervalMs, either))) break;
    pending.push(
      send(signal).catch((error: unknown) => {
        failures.push(asFailure(error));
        ended.abort();
        return null;
      }),
    );
  }
  const outcomes = await Promise.all(pending);
  const cutShort = outcomes.length < count || outcomes.includes(null);
  const sentence = `the deadline came before all of the ${count} echoes had their time`;
  const deadline = cutShort ? new Failure('deadlineExceeded', sentence) : null;
  return { outcomes, failure: failures[0] ?? deadline };
}
