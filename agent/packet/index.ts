// The page through which everyone else uses raw sockets: send an echo by an interface, get what came back, stamped.
import { randomBytes, randomInt } from 'node:crypto';
import { Failure } from '../../shared/failure.ts';
import { elapsedSince, now } from './clock.ts';
import { checkEcho } from './check.ts';
import type { Echo, EchoAnswer } from './echo.ts';
import { buildEcho, cookieBytes, readIcmp, readSentEcho } from './icmp.ts';
import { createFlightTable } from './inflight.ts';
import { type Line, createLine } from './line.ts';
import { createPacer } from './pacing.ts';
import type { Datagram } from './sockets.ts';

export type { Echo, EchoAnswer } from './echo.ts';

/** Bytes of an echo on the wire beside its payload: IP and ICMP headers. */
export { overheadBytes } from './icmp.ts';

export interface Packets {
  /**
   * Sends one echo when its turn comes, calls `sent` once it has left, and waits for its answer.
   * Rejects with Failure: noRawSockets, interfaceMissing, interfaceDown, noAddress, sendRefused, tooManyInFlight,
   * cancelled (by the signal), stopping, internal (input out of range).
   */
  echo(echo: Echo, signal?: AbortSignal, sent?: () => void): Promise<EchoAnswer>;
  close(): void;
}

export interface PacketOptions {
  /** Per interface. */
  packetsPerSecond: number;
  /** Told when sockets had to be opened anew. */
  onReopened?: (interfaceName: string, why: string) => void;
}

/** Opens nothing yet: an interface's sockets are made with its first echo. */
export function createPackets({ packetsPerSecond, onReopened = () => undefined }: PacketOptions): Packets {
  const identifier = randomInt(1, 0xffff);
  const flights = createFlightTable<EchoAnswer>();
  const lines = new Map<string, Line>();
  let closed = false;

  function lineOf(interfaceName: string): Line {
    const known = lines.get(interfaceName);
    if (known !== undefined) return known;
    // Sticks come and go: those that went leave no sockets behind.
    for (const other of lines.values()) other.closeIfGone();
    const line = createLine(
      interfaceName,
      createPacer(packetsPerSecond),
      {
        heard: (datagram) => match(interfaceName, datagram),
        left: (datagram) => depart(interfaceName, datagram),
      },
      onReopened,
    );
    lines.set(interfaceName, line);
    return line;
  }

  function depart(interfaceName: string, { bytes, length, realtimeUs }: Datagram): void {
    const sent = readSentEcho(bytes, length);
    if (sent !== null) flights.departed(interfaceName, identifier, sent, realtimeUs);
  }

  function match(interfaceName: string, { bytes, length, realtimeUs }: Datagram): void {
    const message = readIcmp(bytes, length);
    const flight = message === null ? null : flights.claim(interfaceName, identifier, message);
    if (message === null || flight === null) return;
    lineOf(interfaceName).readSent();
    const { ms: rttMs, clock } = elapsedSince(flight.sent, flight.leftRealtimeUs, realtimeUs, now());
    const { from, hopLimit, totalBytes } = message;
    const code = message.type === 'reply' ? 0 : message.code;
    flight.settle({ type: message.type, from, code, rttMs, clock, hopLimit, bytes: totalBytes });
  }

  function launch(line: Line, echo: Echo, signal: AbortSignal | undefined): Promise<EchoAnswer> {
    const sequence = flights.nextSequence();
    const cookie = randomBytes(cookieBytes);
    const packet = buildEcho({ ...echo, identifier, sequence, cookie });
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
      checkEcho(echo);
      if (closed) throw new Failure('stopping', 'the agent is stopping');
      const line = lineOf(echo.interfaceName);
      await line.pacer.turn(signal);
      if (signal?.aborted === true) throw new Failure('cancelled', 'the echo was given up');
      const answer = launch(line, echo, signal);
      sent?.();
      return answer;
    },
    close() {
      closed = true;
      for (const line of lines.values()) line.close();
      lines.clear();
      flights.settleAll({ type: 'silence', left: null });
    },
  };
}
