// The echoes on their way, and those that were until a moment ago: which one a datagram answers, and nothing else's. All
// of it must match: interface, identifier, sequence, destination and, where the whole packet comes back, the random
// cookie in it.
import { Failure } from '../../shared/failure.ts';
import type { Instant } from './clock.ts';
import type { Heard, SentEcho } from './icmp.ts';

// Half of the sequence numbers, so that one is long out of use before it comes round again.
const mostUnderWay = 32_768;
/** Echoes that are over and still known, so that a further answer is seen to be one. */
const mostOver = 256;

export interface Flight {
  interfaceName: string;
  destination: string;
  sequence: number;
  cookie: number;
  sent: Instant;
  /** When the driver took it, by the kernel; null until it is known. */
  leftRealtimeUs: number | null;
  state: 'underWay' | 'answered' | 'silent';
}

export interface FlightTable<F extends Flight = Flight> {
  /** A sequence number no echo on its way bears. Throws Failure tooManyInFlight. */
  nextSequence(): number;
  add(flight: F): void;
  /** Notes when an echo left, if it is one of ours on its way. */
  departed(interfaceName: string, identifier: number, sent: SentEcho, realtimeUs: number): void;
  /** It has its outcome; further answers to it are known as such for a while. */
  over(flight: F, state: 'answered' | 'silent'): void;
  /** Nobody wants to know of it any more. */
  forget(flight: F): void;
  /** The echo that a datagram answers, on its way or over; null where it is none of ours. */
  claim(interfaceName: string, identifier: number, heard: Heard): F | null;
  underWay(interfaceName: string): F[];
}

export function createFlightTable<F extends Flight = Flight>(): FlightTable<F> {
  const flights = new Map<number, F>();
  const over: F[] = [];
  let underWay = 0;
  let last = 0;

  const drop = (flight: F): void => {
    if (flights.get(flight.sequence) === flight) flights.delete(flight.sequence);
  };
  /** The echo of an identifier and sequence number, if it is ours and went by that interface. */
  const marked = (interfaceName: string, identifier: number, mark: SentEcho): F | null => {
    const flight = mark.identifier === identifier ? flights.get(mark.sequence) : undefined;
    return flight?.interfaceName === interfaceName ? flight : null;
  };
  const answers = (flight: F, heard: Heard): boolean =>
    heard.type === 'reply'
      ? heard.from === flight.destination && heard.cookie === flight.cookie
      : heard.quotedDestination === flight.destination;

  return {
    nextSequence() {
      if (underWay >= mostUnderWay) {
        throw new Failure('tooManyInFlight', `${mostUnderWay} echoes are on their way already`);
      }
      do last = (last + 1) & 0xffff;
      while (flights.get(last)?.state === 'underWay');
      return last;
    },
    add(flight) {
      flights.set(flight.sequence, flight);
      underWay += 1;
    },
    departed(interfaceName, identifier, sent, realtimeUs) {
      const flight = marked(interfaceName, identifier, sent);
      if (flight !== null) flight.leftRealtimeUs = realtimeUs;
    },
    over(flight, state) {
      flight.state = state;
      underWay -= 1;
      over.push(flight);
      const oldest = over.length > mostOver ? over.shift() : undefined;
      if (oldest !== undefined) drop(oldest);
    },
    forget(flight) {
      underWay -= 1;
      drop(flight);
    },
    claim(interfaceName, identifier, heard) {
      const flight = marked(interfaceName, identifier, heard);
      return flight !== null && answers(flight, heard) ? flight : null;
    },
    underWay: (interfaceName) =>
      [...flights.values()].filter(
        (flight) => flight.state === 'underWay' && flight.interfaceName === interfaceName,
      ),
  };
}
