// Questions over UDP by one interface in one family: sent, answered or not, and over.
import { randomInt } from 'node:crypto';
import type { Family } from '../../../shared/ip.ts';
import { now } from '../clock.ts';
import { createLine } from '../line.ts';
import { givenUp } from '../pacing.ts';
import { buildUdp, longestQuestionBytes } from './datagram.ts';
import { type UdpFlight, createUdpFlights } from './flights.ts';
import type { QuestionEvents, UdpAnswer, UdpQuestion } from './question.ts';

/** While they are open, the kernel copies all UDP that comes by the interface. */
const restAfterMs = 1000;

export interface Waiter {
  resolve(answer: UdpAnswer): void;
  reject(reason: Error): void;
}

export interface UdpExchange {
  /** Sends now from a port that is held; the waiter is told what came of it. Throws Failure, as Packets.ask says. */
  ask(
    question: UdpQuestion,
    port: number,
    events: QuestionEvents,
    waiter: Waiter,
    signal: AbortSignal | undefined,
  ): void;
  /** Closes its sockets where the interface that they were bound to is gone. */
  closeIfGone(): void;
  /** Whoever still waits is told of silence. */
  close(): void;
}

export function createUdpExchange(
  interfaceName: string,
  family: Family,
  onReopened: (interfaceName: string, why: string) => void,
): UdpExchange {
  const outbox = Buffer.alloc(longestQuestionBytes);
  const flights = createUdpFlights(family);
  let resting: NodeJS.Timeout | undefined;
  const line = createLine(
    interfaceName,
    family,
    ['udp', 'icmpErrors'],
    {
      heard: (datagram, ear) => (ear === 'udp' ? flights.heard(datagram) : flights.refused(datagram)),
      left: flights.left,
    },
    onReopened,
  );

  const silenceOf = ({ leftRealtimeUs, strays }: UdpFlight): UdpAnswer => ({
    type: 'silence',
    left: leftRealtimeUs !== null || (line.tellsLeaving() ? false : null),
    strays,
  });

  // Timers run before sockets are read: after a stall the answer may lie there, in time by its stamp.
  function expire(flight: UdpFlight): void {
    line.drain();
    if (flights.has(flight)) flight.settle(silenceOf(flight));
  }

  function over(flight: UdpFlight): void {
    flights.delete(flight);
    if (flights.all().length === 0) resting = setTimeout(line.rest, restAfterMs).unref();
  }

  /** Builds and sends it; its flight begins before the send, whose own copy may be there at once. */
  function launch(flight: UdpFlight): void {
    const { source, destination, destinationPort, nextHop, payload } = flight.question;
    const ends = { source, sourcePort: flight.port, destination, destinationPort };
    const length = buildUdp(outbox, family, ends, payload, randomInt(1, 0x1_0000));
    const sockets = line.ready();
    clearTimeout(resting);
    flight.sent = now();
    flights.add(flight);
    try {
      sockets.send(outbox, length, nextHop ?? destination);
    } catch (error) {
      over(flight);
      throw error;
    }
    flight.events.sent(length);
  }

  return {
    ask(question, port, events, { resolve, reject }, signal) {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        over(flight);
      };
      const abort = (): void => {
        end();
        reject(givenUp());
      };
      const flight: UdpFlight = {
        question,
        port,
        sent: { realtimeUs: 0, monotonicUs: 0 },
        leftRealtimeUs: null,
        strays: { elsewhere: null, mismatched: null },
        events,
        settle(answer) {
          end();
          const late = answer.type !== 'silence' && answer.rttMs > question.waitMs;
          resolve(late ? silenceOf(flight) : answer);
        },
      };
      launch(flight);
      const timer = setTimeout(expire, question.waitMs + 1, flight);
      signal?.addEventListener('abort', abort, { once: true });
    },
    closeIfGone: line.closeIfGone,
    close() {
      line.close();
      for (const flight of flights.all()) {
        flight.settle({ type: 'silence', left: null, strays: flight.strays });
      }
      clearTimeout(resting);
    },
  };
}
