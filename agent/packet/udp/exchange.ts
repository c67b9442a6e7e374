// Questions over UDP by one interface in one family: sent, answered or not, and over.
import { randomInt } from 'node:crypto';
import type { Family } from '../../../shared/ip.ts';
import { type Instant, elapsedSince, now } from '../clock.ts';
import type { Datagram } from '../icmp.ts';
import { icmp4 } from '../icmp4.ts';
import { icmp6 } from '../icmp6.ts';
import { createLine } from '../line.ts';
import { givenUp } from '../pacing.ts';
import { type HeardUdp, buildUdp, longestQuestionBytes, quotedEnds, readUdp, sentFrom } from './datagram.ts';
import type { QuestionEvents, Strays, UdpAnswer, UdpQuestion } from './question.ts';

/** While they are open, the kernel copies all UDP that comes by the interface. */
const restAfterMs = 1000;

const dialects = { 4: icmp4, 6: icmp6 } as const;
const ofReplies = { reason: null, mtuBytes: null, mpls: [] };

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

interface Flight {
  question: UdpQuestion;
  port: number;
  sent: Instant;
  /** When the driver took it, by the kernel; null until it is known. */
  leftRealtimeUs: number | null;
  strays: Strays;
  events: QuestionEvents;
  settle(answer: UdpAnswer): void;
}

export function createUdpExchange(
  interfaceName: string,
  family: Family,
  onReopened: (interfaceName: string, why: string) => void,
): UdpExchange {
  const outbox = Buffer.alloc(longestQuestionBytes);
  const flights = new Map<number, Flight>();
  let resting: NodeJS.Timeout | undefined;
  const heard = (datagram: Datagram, ear: string): void =>
    ear === 'udp' ? matchAnswer(datagram) : matchError(datagram);
  const line = createLine(interfaceName, family, ['udp', 'icmpErrors'], { heard, left: depart }, onReopened);

  function depart({ bytes, length, realtimeUs }: Datagram): boolean {
    const port = sentFrom(bytes, family, length);
    const flight = port === null ? undefined : flights.get(port);
    if (flight === undefined || realtimeUs === 0) return false;
    flight.leftRealtimeUs = realtimeUs;
    return true;
  }

  const timed = ({ sent, leftRealtimeUs }: Flight, { realtimeUs, read }: Datagram) => {
    const { ms: rttMs, clock } = elapsedSince(sent, leftRealtimeUs, realtimeUs, read);
    return { rttMs, clock };
  };

  /** Null for what is no answer: it is noted as a stray. */
  function answerIn(flight: Flight, { from, fromPort, hopLimit, totalBytes, payload, cut }: HeardUdp) {
    const { question, strays } = flight;
    if (from !== question.destination || fromPort !== question.destinationPort) {
      strays.elsewhere ??= `${from.includes(':') ? `[${from}]` : from}:${fromPort}`;
      return null;
    }
    if (!question.isAnswer(payload)) {
      strays.mismatched ??= Buffer.from(payload);
      return null;
    }
    return { ...ofReplies, from, hopLimit, bytes: totalBytes, payload: Buffer.from(payload), cut };
  }

  function matchAnswer(datagram: Datagram): void {
    const udp = readUdp(datagram, family, (port) => flights.get(port)?.question.source ?? null);
    const flight = udp === null ? undefined : flights.get(udp.toPort);
    if (udp === null || flight === undefined) return;
    flight.events.heard(udp.totalBytes);
    const answer = answerIn(flight, udp);
    if (answer !== null) flight.settle({ ...answer, type: 'reply', ...timed(flight, datagram) });
  }

  function matchError(datagram: Datagram): void {
    const error = dialects[family].readError(datagram);
    if (error === null) return;
    const { quoteAt, totalBytes: bytes, ...said } = error;
    const ends = quotedEnds(datagram.bytes, family, quoteAt, datagram.length);
    const flight = ends === null ? undefined : flights.get(ends.sourcePort);
    if (ends === null || flight === undefined) return;
    const { destination, destinationPort } = flight.question;
    if (ends.destination !== destination || ends.destinationPort !== destinationPort) return;
    if (said.from !== flight.question.source) flight.events.heard(bytes);
    flight.settle({ ...said, bytes, ...timed(flight, datagram) });
  }

  const silenceOf = ({ leftRealtimeUs, strays }: Flight): UdpAnswer => ({
    type: 'silence',
    left: leftRealtimeUs !== null || (line.tellsLeaving() ? false : null),
    strays,
  });

  // Timers run before sockets are read: after a stall the answer may lie there, in time by its stamp.
  function expire(flight: Flight): void {
    line.drain();
    if (flights.get(flight.port) === flight) flight.settle(silenceOf(flight));
  }

  function over(flight: Flight): void {
    flights.delete(flight.port);
    if (flights.size === 0) resting = setTimeout(line.rest, restAfterMs).unref();
  }

  /** Builds and sends it; its flight begins before the send, whose own copy may be there at once. */
  function launch(question: UdpQuestion, flight: Flight): void {
    const { source, destination, destinationPort, nextHop, payload } = question;
    const ends = { source, sourcePort: flight.port, destination, destinationPort };
    const length = buildUdp(outbox, family, ends, payload, randomInt(1, 0x1_0000));
    const sockets = line.ready();
    clearTimeout(resting);
    flight.sent = now();
    flights.set(flight.port, flight);
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
      const strays: Strays = { elsewhere: null, mismatched: null };
      const flight: Flight = {
        question,
        port,
        sent: { realtimeUs: 0, monotonicUs: 0 },
        leftRealtimeUs: null,
        strays,
        events,
        settle(answer) {
          end();
          const late = answer.type !== 'silence' && answer.rttMs > question.waitMs;
          resolve(late ? silenceOf(flight) : answer);
        },
      };
      launch(question, flight);
      const timer = setTimeout(expire, question.waitMs + 1, flight);
      signal?.addEventListener('abort', abort, { once: true });
    },
    closeIfGone: line.closeIfGone,
    close() {
      line.close();
      for (const flight of flights.values()) {
        flight.settle({ type: 'silence', left: null, strays: flight.strays });
      }
      clearTimeout(resting);
    },
  };
}
