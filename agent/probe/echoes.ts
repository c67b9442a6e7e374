// A row of echoes to one destination at a steady pace: what ping is made of, and a traceroute's last hop.
import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../../shared/failure.ts';
import { noTraffic } from '../../shared/measurement.ts';
import type { Traffic } from '../../shared/result.ts';
import { type Echo, type Packets } from '../packet/index.ts';
import { eitherOf } from './either.ts';
import type { Outcome } from './outcomes.ts';

/** Hop limit of the echoes to a destination (RFC 1122's recommendation). */
export const destinationHopLimit = 64;

export interface Tally {
  /** Echoes handed to the kernel. */
  sent: number;
  /** What was on the wire: less than was sent where ARP held it back. */
  traffic: Traffic;
  clockStepped: boolean;
  duplicates: number;
  late: number;
}

export const newTally = (): Tally => ({
  sent: 0,
  traffic: { ...noTraffic },
  clockStepped: false,
  duplicates: 0,
  late: 0,
});

/** Enters in the tally where an answer's round trip is not the kernel's; another's answer may be used too. */
export function noteClock(tally: Tally, answer: Outcome): void {
  if (answer !== null && answer.type !== 'silence') tally.clockStepped ||= answer.clock !== 'kernel';
}

/** One echo, entered in the tally. Rejects with Failure; an abort gives null instead. */
export async function countedEcho(
  packets: Packets,
  echo: Echo,
  signal: AbortSignal,
  tally: Tally,
): Promise<Outcome> {
  const { traffic } = tally;
  let bytes = 0;
  const count = (packets: 1 | -1): void => {
    traffic.packetsSent += packets;
    traffic.bytesSent += packets * bytes;
  };
  try {
    const answer = await packets.echo(echo, signal, {
      sent(length) {
        bytes = length;
        tally.sent += 1;
        count(1);
      },
      again(what, length) {
        tally[what === 'late' ? 'late' : 'duplicates'] += 1;
        traffic.packetsReceived += 1;
        traffic.bytesReceived += length;
      },
    });
    if (answer.type === 'silence') {
      if (answer.left === false) count(-1);
      return answer;
    }
    noteClock(tally, answer);
    // This machine's own word for a packet that ARP gave up on: neither has been on the wire.
    const own = answer.type === 'unreachable' && answer.from === echo.source;
    if (own) count(-1);
    traffic.packetsReceived += own ? 0 : 1;
    traffic.bytesReceived += own ? 0 : answer.bytes;
    return answer;
  } catch (error) {
    if (error instanceof Failure && error.code === 'cancelled') return null;
    throw error;
  }
}

/** Waits until a due time of the monotonic clock, or the signal. */
const until = (dueMs: number, signal: AbortSignal): Promise<void> =>
  delay(dueMs - performance.now(), undefined, { signal }).catch(() => undefined);

/** What a probe's rejection means; anything unforeseen is internal. */
export const asFailure = (error: unknown): Failure =>
  error instanceof Failure ? error : new Failure('internal', String(error), { cause: error });

export interface Row {
  /** In the order sent. */
  outcomes: Outcome[];
  /** Numbers of the echoes that were answered by the destination, in the order the replies came. */
  arrivals: number[];
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
  send: (index: number, signal: AbortSignal) => Promise<Outcome>,
): Promise<Row> {
  const either = eitherOf(signal);
  const startedMs = performance.now();
  const failures: Failure[] = [];
  const pending: Promise<Outcome>[] = [];
  const arrivals: number[] = [];
  const arrived = (number: number, outcome: Outcome): Outcome => {
    if (outcome?.type === 'reply') arrivals.push(number);
    return outcome;
  };
  for (let index = 0; index < count; index++) {
    const dueMs = startedMs + index * intervalMs;
    // Without a wait where there is none: the first echo is on its way when this function returns.
    if (dueMs > performance.now()) await until(dueMs, either.signal);
    if (either.signal.aborted) break;
    pending.push(
      send(index, signal).then(
        (outcome) => arrived(index, outcome),
        (error: unknown) => {
          failures.push(asFailure(error));
          either.abort('the row is over');
          return null;
        },
      ),
    );
  }
  const outcomes = await Promise.all(pending);
  either.release();
  const cutShort = outcomes.length < count || outcomes.includes(null);
  const sentence = `the deadline came before all of the ${count} echoes had their time`;
  const deadline = cutShort ? new Failure('deadlineExceeded', sentence) : null;
  return { outcomes, arrivals, failure: failures[0] ?? deadline };
}
