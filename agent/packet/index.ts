// The page through which everyone else uses raw sockets: send an echo, or a question over UDP, by an interface, and get
// what came back, stamped.
import { randomInt } from 'node:crypto';
import { Failure } from '../../shared/failure.ts';
import type { Family } from '../../shared/ip.ts';
import { checkEcho, checkQuestion } from './check.ts';
import type { Echo, EchoAnswer, EchoEvents } from './echo.ts';
import { type EchoFlight, type Exchange, createExchange } from './exchange.ts';
import { createFlightTable } from './inflight.ts';
import { type Pacer, createPacer } from './pacing.ts';
import { type UdpExchange, createUdpExchange } from './udp/exchange.ts';
import { createPorts } from './udp/ports.ts';
import type { QuestionEvents, UdpAnswer, UdpQuestion } from './udp/question.ts';

export type { Echo, EchoAnswer, EchoEvents, MplsLabel, UnreachableReason } from './echo.ts';
export type { QuestionEvents, Strays, UdpAnswer, UdpQuestion } from './udp/question.ts';

export interface Packets {
  /**
   * Sends one echo when its turn comes and waits for its answer. Rejects with Failure: noRawSockets, interfaceMissing,
   * interfaceDown, noAddress, sendRefused, tooManyInFlight, cancelled (by the signal), stopping, internal (input out of
   * range).
   */
  echo(echo: Echo, signal?: AbortSignal, events?: EchoEvents): Promise<EchoAnswer>;
  /**
   * Sends one datagram from a random port when its turn comes, and waits for its answer. Rejects as echo() does, and with
   * tooManyInFlight where no port is free.
   */
  ask(question: UdpQuestion, signal?: AbortSignal, events?: QuestionEvents): Promise<UdpAnswer>;
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
const unheard: QuestionEvents = { sent: () => undefined, heard: () => undefined };

/** Opens nothing yet: an interface's sockets are made with its first echo. */
export function createPackets({ packetsPerSecond, onReopened = () => undefined }: PacketOptions): Packets {
  const flights = createFlightTable<EchoFlight>();
  const own = { identifier: randomInt(1, 0xffff), flow: randomInt(1, 0xffff), flights, onReopened };
  const exchanges = { 4: new Map<string, Exchange>(), 6: new Map<string, Exchange>() };
  const udpExchanges = { 4: new Map<string, UdpExchange>(), 6: new Map<string, UdpExchange>() };
  const pacers = new Map<string, Pacer>();
  const ports = createPorts();
  let closed = false;

  const everyExchange = (): (Exchange | UdpExchange)[] =>
    [exchanges[4], exchanges[6], udpExchanges[4], udpExchanges[6]].flatMap((by) => [...by.values()]);

  function exchangeBy<E>(known: Map<string, E>, interfaceName: string, create: () => E): E {
    const there = known.get(interfaceName);
    if (there !== undefined) return there;
    // Sticks come and go: those that went leave no sockets behind.
    for (const other of everyExchange()) other.closeIfGone();
    const exchange = create();
    known.set(interfaceName, exchange);
    return exchange;
  }
  const echoExchange = (name: string, family: Family): Exchange =>
    exchangeBy(exchanges[family], name, () => createExchange(name, family, own));
  const udpExchange = (name: string, family: Family): UdpExchange =>
    exchangeBy(udpExchanges[family], name, () => createUdpExchange(name, family, onReopened));

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
            echoExchange(echo.interfaceName, family).echo(echo, events, { resolve, reject }, signal);
          } catch (error) {
            reject(asError(error));
          }
        };
        pacerOf(echo.interfaceName).enter({ go, refuse: reject }, signal);
      }),
    async ask(question, signal, events = unheard) {
      const family = checkQuestion(question);
      const { interfaceName, source } = question;
      const { port, release } = await ports.hold(family, source, interfaceName);
      try {
        if (closed) throw new Failure('stopping', 'the agent is stopping');
        return await new Promise((resolve, reject) => {
          const go = (): void => {
            try {
              udpExchange(interfaceName, family).ask(question, port, events, { resolve, reject }, signal);
            } catch (error) {
              reject(asError(error));
            }
          };
          pacerOf(interfaceName).enter({ go, refuse: reject }, signal);
        });
      } finally {
        release();
      }
    },
    close() {
      closed = true;
      for (const pacer of pacers.values()) pacer.stop();
      for (const exchange of everyExchange()) exchange.close();
      ports.close();
    },
  };
}
