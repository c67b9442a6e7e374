// The questions on their way by one interface, by the port that each left from: which one a datagram answers, and what is
// an answer to none.
import { type Family, bracketed } from '../../../shared/ip.ts';
import { type Instant, elapsedSince } from '../clock.ts';
import { dialects } from '../dialects.ts';
import type { Datagram } from '../icmp.ts';
import { type HeardUdp, quotedEnds, readUdp, sentFrom } from './datagram.ts';
import type { QuestionEvents, Strays, UdpAnswer, UdpQuestion } from './question.ts';

const ofReplies = { reason: null, mtuBytes: null, mpls: [] };

export interface UdpFlight {
  question: UdpQuestion;
  port: number;
  sent: Instant;
  /** When the driver took it, by the kernel; null until it is known. */
  leftRealtimeUs: number | null;
  strays: Strays;
  events: QuestionEvents;
  settle(answer: UdpAnswer): void;
}

export interface UdpFlights {
  add(flight: UdpFlight): void;
  delete(flight: UdpFlight): void;
  has(flight: UdpFlight): boolean;
  all(): UdpFlight[];
  /** A copy of a packet that has left; whether it is one of these. */
  left(datagram: Datagram): boolean;
  /** A datagram of UDP: settles the question it answers, or is noted as a stray. */
  heard(datagram: Datagram): void;
  /** An ICMP message: settles the question it is about. */
  refused(datagram: Datagram): void;
}

const timed = ({ sent, leftRealtimeUs }: UdpFlight, { realtimeUs, read }: Datagram) => {
  const { ms: rttMs, clock } = elapsedSince(sent, leftRealtimeUs, realtimeUs, read);
  return { rttMs, clock };
};

/** Null for what is no answer: it is noted as a stray. */
function answerIn({ question, strays }: UdpFlight, heard: HeardUdp) {
  const { from, fromPort, hopLimit, totalBytes, payload, cut } = heard;
  if (from !== question.destination || fromPort !== question.destinationPort) {
    strays.elsewhere ??= `${bracketed(from)}:${fromPort}`;
    return null;
  }
  if (!question.isAnswer(payload)) {
    strays.mismatched ??= Buffer.from(payload);
    return null;
  }
  return { ...ofReplies, from, hopLimit, bytes: totalBytes, payload: Buffer.from(payload), cut };
}

export function createUdpFlights(family: Family): UdpFlights {
  const flights = new Map<number, UdpFlight>();

  return {
    add: (flight) => void flights.set(flight.port, flight),
    delete: ({ port }) => void flights.delete(port),
    has: (flight) => flights.get(flight.port) === flight,
    all: () => [...flights.values()],
    left({ bytes, length, realtimeUs }) {
      const port = sentFrom(bytes, family, length);
      const flight = port === null ? undefined : flights.get(port);
      if (flight === undefined || realtimeUs === 0) return false;
      flight.leftRealtimeUs = realtimeUs;
      return true;
    },
    heard(datagram) {
      const udp = readUdp(datagram, family, (port) => flights.get(port)?.question.source ?? null);
      const flight = udp === null ? undefined : flights.get(udp.toPort);
      if (udp === null || flight === undefined) return;
      flight.events.heard(udp.totalBytes);
      const answer = answerIn(flight, udp);
      if (answer !== null) flight.settle({ ...answer, type: 'reply', ...timed(flight, datagram) });
    },
    refused(datagram) {
      const error = dialects[family].readError(datagram);
      if (error === null) return;
      const { quoteAt, totalBytes: bytes, ...said } = error;
      const ends = quotedEnds(datagram.bytes, family, quoteAt, datagram.length);
      const flight = ends === null ? undefined : flights.get(ends.sourcePort);
      if (ends === null || flight === undefined) return;
      const { source, destination, destinationPort } = flight.question;
      if (ends.destination !== destination || ends.destinationPort !== destinationPort) return;
      // What this machine says to itself was on no wire.
      if (said.from !== source) flight.events.heard(bytes);
      flight.settle({ ...said, bytes, ...timed(flight, datagram) });
    },
  };
}
