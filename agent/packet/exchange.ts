// Echoes by one interface in one family: sent, answered or not, and over.
import { randomInt } from 'node:crypto';
import type { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import { elapsedSince, now } from './clock.ts';
import { dialects } from './dialects.ts';
import type { Echo, EchoAnswer, EchoEvents } from './echo.ts';
import { type Datagram, type Heard, cookieBytes, longestEchoBytes } from './icmp.ts';
import type { Flight, FlightTable } from './inflight.ts';
import { createLine } from './line.ts';
import { givenUp } from './pacing.ts';

export interface EchoFlight extends Flight {
  waitMs: number;
  timer: NodeJS.Timeout | undefined;
  resolve(answer: EchoAnswer): void;
  again: EchoEvents['again'];
}

export interface Asker {
  resolve(answer: EchoAnswer): void;
  reject(reason: Failure): void;
}

export interface Exchange {
  /** Sends now; `asker` is told what came of it. Throws Failure, as Packets.echo says. */
  echo(echo: Echo, events: EchoEvents, asker: Asker, signal: AbortSignal | undefined): void;
  /** Closes its sockets where the interface that they were bound to is gone. */
  closeIfGone(): void;
  /** Whoever still waits is told of silence. */
  close(): void;
}

/** What all exchanges of an engine have in common. */
export interface Engine {
  identifier: number;
  flow: number;
  flights: FlightTable<EchoFlight>;
  onReopened(interfaceName: string, why: string): void;
}

const mostCookies = 2 ** (8 * cookieBytes) - 1;
const ofReplies = { reason: null, mtuBytes: null, mpls: [] };
const nobody = (): void => undefined;

function answerOf(heard: Heard, flight: EchoFlight, { realtimeUs, read }: Datagram): EchoAnswer {
  const { ms: rttMs, clock } = elapsedSince(flight.sent, flight.leftRealtimeUs, realtimeUs, read);
  const { reason, mtuBytes, mpls } = heard.type === 'reply' ? ofReplies : heard;
  const { type, from, hopLimit, totalBytes: bytes } = heard;
  return { type, from, reason, mtuBytes, mpls, rttMs, clock, hopLimit, bytes };
}

export function createExchange(interfaceName: string, family: Family, engine: Engine): Exchange {
  const { identifier, flow, flights, onReopened } = engine;
  const dialect = dialects[family];
  // Sending is synchronous: one buffer serves all packets.
  const outbox = Buffer.alloc(longestEchoBytes);
  const line = createLine(interfaceName, family, ['icmp'], { heard: match, left: depart }, onReopened);

  function depart({ bytes, length, realtimeUs }: Datagram): boolean {
    const sent = dialect.readSent(bytes, length);
    if (sent === null || realtimeUs === 0) return false;
    flights.departed(interfaceName, identifier, sent, realtimeUs);
    return true;
  }

  function match(datagram: Datagram): void {
    const heard = dialect.read(datagram);
    const flight = heard === null ? null : flights.claim(interfaceName, identifier, heard);
    if (heard === null || flight === null) return;
    const answer = answerOf(heard, flight, datagram);
    if (flight.state === 'underWay') return settle(flight, answer);
    flight.again(flight.state === 'silent' ? 'late' : 'duplicate', heard.totalBytes);
    flight.state = 'answered';
  }

  /** What is to be said of an echo that nothing came back for. */
  const silenceOf = ({ leftRealtimeUs }: EchoFlight): EchoAnswer => ({
    type: 'silence',
    left: leftRealtimeUs !== null || (line.tellsLeaving() ? false : null),
  });

  /** An answer that was under way for too long is silence, though it is there by now. */
  function settle(flight: EchoFlight, answer: EchoAnswer): void {
    clearTimeout(flight.timer);
    flight.timer = undefined;
    const late = answer.type !== 'silence' && answer.rttMs > flight.waitMs;
    flights.over(flight, answer.type === 'silence' ? 'silent' : 'answered');
    flight.resolve(late ? silenceOf(flight) : answer);
    flight.resolve = nobody;
    if (late) flight.again('late', answer.bytes);
  }

  // Timers run before sockets are read: after a stall the answer may lie there, in time by its stamp.
  function expire(flight: EchoFlight): void {
    line.drain();
    if (flight.state === 'underWay') settle(flight, silenceOf(flight));
  }

  function launch(echo: Echo, events: EchoEvents): EchoFlight {
    const { source, destination, nextHop, hopLimit, payloadBytes, waitMs } = echo;
    const sequence = flights.nextSequence();
    const cookie = randomInt(mostCookies);
    const fields = { source, destination, hopLimit, payloadBytes, identifier, sequence, cookie, flow };
    const length = dialect.build(fields, outbox);
    const sockets = line.ready();
    const sent = now();
    sockets.send(outbox, length, nextHop ?? destination);
    const flight: EchoFlight = {
      interfaceName,
      destination,
      sequence,
      cookie,
      sent,
      leftRealtimeUs: null,
      state: 'underWay',
      waitMs,
      timer: undefined,
      resolve: nobody,
      again: events.again,
    };
    flight.timer = setTimeout(expire, waitMs + 1, flight);
    flights.add(flight);
    events.sent(length);
    return flight;
  }

  return {
    echo(echo, events, { resolve, reject }, signal) {
      const flight = launch(echo, events);
      flight.resolve = resolve;
      if (signal === undefined) return;
      const abort = (): void => {
        clearTimeout(flight.timer);
        flights.forget(flight);
        reject(givenUp());
      };
      signal.addEventListener('abort', abort, { once: true });
      flight.resolve = (answer) => {
        signal.removeEventListener('abort', abort);
        resolve(answer);
      };
    },
    closeIfGone: line.closeIfGone,
    close() {
      line.close();
      for (const flight of flights.underWay(interfaceName)) settle(flight, { type: 'silence', left: null });
    },
  };
}
