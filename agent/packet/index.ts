// The page through which everyone else uses raw sockets: send an echo by an interface, get what came back, stamped.
import { randomInt } from 'node:crypto';
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import { checkEcho } from './check.ts';
import type { Echo, EchoAnswer, EchoEvents } from './echo.ts';
import { type EchoFlight, type Exchange, createExchange } from './exchange.ts';
import { createFlightTable } from './inflight.ts';
import { type Pacer, createPacer } from './pacing.ts';

export type { Echo, EchoAnswer, EchoEvents, MplsLabel, UnreachableReason } from './echo.ts';

export interface Packets {
  /**
   * Sends one echo when its turn comes and waits for its answer. Rejects with Failure: noRawSockets, interfaceMissing,
   * interfaceDown, noAddress, sendRefused, tooManyInFlight, cancelled (by the signal), stopping, internal (input out of
   * range).
   */
  echo(echo: Echo, signal?: AbortSignal, events?: EchoEvents): Promise<EchoAnswer>;
  close(): void;
}

export interface PacketOptions {
  /** Per interface. */
  packetsPerSecond: number;
  /** Told when sockets had to be opened anew. */
  onReopened?: (interfaceName: string, why: string) => void;
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));
const untold: EchoEvents = { sent: () => undefined, again: () => undefined };

/** Opens nothing yet: an interface's sockets are made with its first echo. */
export function createPackets({ packetsPerSecond, onReopened = () => undefined }: PacketOptions): Packets {
  const flights = createFlightTable<EchoFlight>();
  const own = { identifier: randomInt(1, 0xffff), flow: randomInt(1, 0xffff), flights, onReopened };
  const exchanges = { 4: new Map<string, Exchange>(), 6: new Map<string, Exchange>() };
  const pacers = new Map<string, Pacer>();
  let closed = false;

  const everyExchange = (): Exchange[] => [...exchanges[4].values(), ...exchanges[6].values()];

  function exchangeBy(interfaceName: string, family: Family): Exchange {
    const known = exchanges[family].get(interfaceName);
    if (known !== undefined) return known;
    // Sticks come and go: those that went leave no sockets behind.
    for (const other of everyExchange()) other.closeIfGone();
    const exchange = createExchange(interfaceName, family, own);
    exchanges[family].set(interfaceName, exchange);
    return exchange;
  }

  function pacerOf(interfaceName: string): Pacer {
    const pacer = pacers.get(interfaceName) ?? createPacer(packetsPerSecond);
    pacers.set(interfaceName, pacer);
    return pacer;
  }

  return {
    // One promise for an echo: at 10 000 a second those of async functions were a third of all garbage.
    echo: (echo, signal, events = untold) =>
      new Promise((resolve, reject) => {
        const family = checkEcho(echo);
        if (closed) throw new Failure('stopping', 'the agent is stopping');
        const go = (): void => {
          try {
            exchangeBy(echo.interfaceName, family).echo(echo, events, { resolve, reject }, signal);
          } catch (error) {
            reject(asError(error));
          }
        };
        pacerOf(echo.interfaceName).enter({ go, refuse: reject }, signal);
      }),
    close() {
      closed = true;
      for (const pacer of pacers.values()) pacer.stop();
      for (const exchange of everyExchange()) exchange.close();
    },
  };
}
