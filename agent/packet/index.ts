// The page through which everyone else uses raw sockets: send an echo by an interface, get what came back, stamped.
import { randomBytes, randomInt } from 'node:crypto';
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import { elapsedSince, now } from './clock.ts';
import { checkEcho } from './check.ts';
import type { Echo, EchoAnswer } from './echo.ts';
import { type Datagram, type Dialect, type Heard, cookieBytes } from './icmp.ts';
import { icmp4 } from './icmp4.ts';
import { icmp6 } from './icmp6.ts';
import { createFlightTable } from './inflight.ts';
import { type Line, createLine } from './line.ts';
import { type Pacer, createPacer } from './pacing.ts';

export type { Echo, EchoAnswer, MplsLabel, UnreachableReason } from './echo.ts';

export interface Packets {
  /**
   * Sends one echo when its turn comes, calls `sent` with its length (IP header included) once it has left, and waits for its answer.
   * Rejects with Failure: noRawSockets, interfaceMissing, interfaceDown, noAddress, sendRefused, tooManyInFlight,
   * cancelled (by the signal), stopping, internal (input out of range).
   */
  echo(echo: Echo, signal?: AbortSignal, sent?: (bytes: number) => void): Promise<EchoAnswer>;
  close(): void;
}

export interface PacketOptions {
  /** Per interface. */
  packetsPerSecond: number;
  /** Told when sockets had to be opened anew. */
  onReopened?: (interfaceName: string, why: string) => void;
}

const dialects: Record<Family, Dialect> = { 4: icmp4, 6: icmp6 };
const ofReplies = { reason: null, mtuBytes: null, mpls: [] };

/** Opens nothing yet: an interface's sockets are made with its first echo. */
export function createPackets({ packetsPerSecond, onReopened = () => undefined }: PacketOptions): Packets {
  const identifier = randomInt(1, 0xffff);
  const flights = createFlightTable<EchoAnswer>();
  const flow = randomInt(1, 0xffff);
  const lines = new Map<string, Line>();
  const pacers = new Map<string, Pacer>();
  let closed = false;

  function lineOf(interfaceName: string, family: Family): Line {
    const key = `${interfaceName} ${family}`;
    const known = lines.get(key);
    if (known !== undefined) return known;
    // Sticks come and go: those that went leave no sockets behind.
    for (const other of lines.values()) other.closeIfGone();
    const dialect = dialects[family];
    const listeners = {
      heard: (datagram: Datagram) => match(interfaceName, line, dialect.read(datagram), datagram),
      left({ bytes, length, realtimeUs }: Datagram) {
        const sent = dialect.readSent(bytes, length);
        if (sent !== null) flights.departed(interfaceName, identifier, sent, realtimeUs);
      },
    };
    const line = createLine(interfaceName, family, listeners, onReopened);
    lines.set(key, line);
    return line;
  }

  function pacerOf(interfaceName: string): Pacer {
    const pacer = pacers.get(interfaceName) ?? createPacer(packetsPerSecond);
    pacers.set(interfaceName, pacer);
    return pacer;
  }

  function match(interfaceName: string, line: Line, message: Heard | null, { realtimeUs }: Datagram): void {
    const flight = message === null ? null : flights.claim(interfaceName, identifier, message);
    if (message === null || flight === null) return;
    line.readSent();
    const { ms: rttMs, clock } = elapsedSince(flight.sent, flight.leftRealtimeUs, realtimeUs, now());
    const { type, from, hopLimit, totalBytes: bytes } = message;
    const { reason, mtuBytes, mpls } = message.type === 'reply' ? ofReplies : message;
    flight.settle({ type, from, reason, mtuBytes, mpls, rttMs, clock, hopLimit, bytes });
  }

  function launch(family: Family, echo: Echo, signal: AbortSignal | undefined): Promise<EchoAnswer> {
    const line = lineOf(echo.interfaceName, family);
    const sequence = flights.nextSequence();
    const cookie = randomBytes(cookieBytes);
    const packet = dialects[family].build({ ...echo, identifier, sequence, cookie, flow });
    const sockets = line.ready();
    const sent = now();
    sockets.send(packet, echo.nextHop ?? echo.destination);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        flights.remove(sequence);
        signal?.removeEventListener('abort', abort);
      };
      const silence = (): EchoAnswer => {
        const left = flights.get(sequence)?.leftRealtimeUs != null;
        return { type: 'silence', left: left || (line.tellsLeaving() ? false : null) };
      };
      const settle = (answer: EchoAnswer): void => {
        const late = answer.type !== 'silence' && answer.rttMs > echo.waitMs;
        resolve(late ? silence() : answer);
        end();
      };
      const abort = (): void => {
        end();
        reject(new Failure('cancelled', 'the echo was given up'));
      };
      // Timers run before sockets are read: after a stall the answer may lie there, in time by its stamp.
      const timer = setTimeout(() => {
        line.drain();
        if (flights.get(sequence) !== null) settle(silence());
      }, echo.waitMs + 1);
      signal?.addEventListener('abort', abort, { once: true });
      flights.add(sequence, { ...echo, cookie, sent, leftRealtimeUs: null, settle });
    });
  }

  return {
    async echo(echo, signal, sent) {
      const family = checkEcho(echo);
      if (closed) throw new Failure('stopping', 'the agent is stopping');
      await pacerOf(echo.interfaceName).turn(signal);
      if (signal?.aborted === true) throw new Failure('cancelled', 'the echo was given up');
      const answer = launch(family, echo, signal);
      sent?.(dialects[family].overheadBytes + echo.payloadBytes);
      return answer;
    },
    close() {
      closed = true;
      for (const pacer of pacers.values()) pacer.stop();
      for (const line of lines.values()) line.close();
      lines.clear();
      flights.settleAll({ type: 'silence', left: null });
    },
  };
}
