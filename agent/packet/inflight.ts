// The echoes on their way: which one a datagram answers, and nothing else's. All of it must match: interface,
// identifier, sequence, destination and, where the whole packet comes back, the random cookie in it.
import { Failure } from '../../shared/failure.ts';
import type { Instant } from './clock.ts';
import type { Heard, SentEcho } from './icmp.ts';

// Half of the sequence numbers, so that one is long out of use before it comes round again.
const mostInFlight = 32_768;

export interface InFlight<Outcome> {
  interfaceName: string;
  destination: string;
  cookie: Buffer;
  sent: Instant;
  /** When the driver took it, by the kernel; null until it is known. */
  leftRealtimeUs: number | null;
  settle(outcome: Outcome): void;
}

export interface FlightTable<Outcome> {
  /** A sequence number no echo on its way bears. Throws Failure tooManyInFlight. */
  nextSequence(): number;
  add(sequence: number, flight: InFlight<Outcome>): void;
  get(sequence: number): InFlight<Outcome> | null;
  /** Notes when an echo left, if it is one of ours on its way. */
  departed(interfaceName: string, identifier: number, sent: SentEcho, realtimeUs: number): void;
  remove(sequence: number): void;
  /** The echo on its way that a datagram answers; null where it is none of ours. */
  claim(interfaceName: string, identifier: number, heard: Heard): InFlight<Outcome> | null;
  settleAll(outcome: Outcome): void;
}

export function createFlightTable<Outcome>(): FlightTable<Outcome> {
  const flights = new Map<number, InFlight<Outcome>>();
  let last = 0;

  const answers = (flight: InFlight<Outcome>, heard: Heard): boolean =>
    heard.type === 'reply'
      ? heard.from === flight.destination && heard.cookie.equals(flight.cookie)
      : heard.quotedDestination === flight.destination;

  return {
    nextSequence() {
      if (flights.size >= mostInFlight) {
        throw new Failure('tooManyInFlight', `${mostInFlight} echoes are on their way already`);
      }
      do last = (last + 1) & 0xffff;
      while (flights.has(last));
      return last;
    },
    add(sequence, flight) {
      flights.set(sequence, flight);
    },
    get: (sequence) => flights.get(sequence) ?? null,
    departed(interfaceName, identifier, sent, realtimeUs) {
      const flight = flights.get(sent.sequence);
      if (sent.identifier === identifier && flight?.interfaceName === interfaceName) {
        flight.leftRealtimeUs = realtimeUs;
      }
    },
    remove(sequence) {
      flights.delete(sequence);
    },
    claim(interfaceName, identifier, heard) {
      if (heard.identifier !== identifier) return null;
      const flight = flights.get(heard.sequence);
      if (flight?.interfaceName !== interfaceName) return null;
      return answers(flight, heard) ? flight : null;
    },
    settleAll(outcome) {
      for (const flight of [...flights.values()]) flight.settle(outcome);
    },
  };
}
