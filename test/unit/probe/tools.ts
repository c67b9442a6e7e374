// What a probe is given to work with, in thought: a network that answers as the test says, and notes what was sent.
import { createProbeTools } from '../../../agent/probe/index.ts';
import type { ProbeTools } from '../../../agent/probe/tools.ts';
import type { Echo, EchoAnswer } from '../../../agent/packet/index.ts';
import { Failure } from '../../../shared/failure.ts';
import { type RequestOf, PingRequest, TracerouteRequest } from '../../../shared/request.ts';
import type { Exit, Way } from '../../../shared/way.ts';

/** What comes back for an echo; a failure is thrown before it is sent, `never` stays out until it is given up. */
export type Network = (echo: Echo, number: number) => EchoAnswer | Failure | 'never';

export interface Tools extends ProbeTools {
  sent: Echo[];
  asked: string[];
}

export const silence: EchoAnswer = { type: 'silence', left: true };

export const reply = (
  rttMs: number,
  given: Partial<Exclude<EchoAnswer, { type: 'silence' }>> = {},
): EchoAnswer => ({
  type: 'reply',
  from: '1.1.1.1',
  reason: null,
  mtuBytes: null,
  mpls: [],
  rttMs,
  clock: 'kernel',
  hopLimit: 60,
  bytes: 84,
  ...given,
});

export const way: Way = {
  uplink: 'lte',
  interfaceName: 'eth1',
  source: '192.168.2.10',
  nextHop: '192.168.2.1',
};
export const exit: Exit = { uplink: 'lte', interfaceName: 'eth1', source: null };

export function tools(network: Network, given: Partial<ProbeTools> = {}): Tools {
  const sent: Echo[] = [];
  const asked: string[] = [];
  const packets: ProbeTools['packets'] = {
    echo(echo, signal, events) {
      const answer = network(echo, sent.length);
      if (answer instanceof Failure) return Promise.reject(answer);
      sent.push(echo);
      events?.sent(28 + echo.payloadBytes);
      if (answer !== 'never') return Promise.resolve(answer);
      return new Promise((_resolve, reject) => {
        const giveUp = (): void => reject(new Failure('cancelled', 'the echo was given up'));
        signal?.addEventListener('abort', giveUp, { once: true });
        if (signal?.aborted === true) giveUp();
      });
    },
    ask: () => Promise.reject(new Error('nothing is asked over UDP here')),
    close: () => undefined,
  };
  const around = {
    packets,
    refusal: () => null,
    way: () => Promise.resolve(way),
    mustRoute: () => Promise.resolve(),
    watchDrops: () => null,
    metered: () => false,
    nameServers: () => Promise.resolve(['192.0.2.53']),
    epoch: () => 0,
    egressServers: () => ['stun:192.0.2.1:3478'],
  };
  return {
    ...createProbeTools(around),
    sent,
    asked,
    resolve(host, family) {
      asked.push(`${host} IPv${family}`);
      return Promise.resolve(['1.1.1.1']);
    },
    ...given,
  };
}

/** As fast as a request may be. */
const quick = { intervalMs: 10, timeoutMs: 5000, waitMs: 1000 };

export const pingRequest = (given: object = {}): RequestOf<'ping'> =>
  PingRequest.parse({ kind: 'ping', target: 'one.example', ...quick, ...given });

export const traceRequest = (given: object = {}): RequestOf<'traceroute'> =>
  TracerouteRequest.parse({ kind: 'traceroute', target: 'one.example', ...quick, ...given });

export const unhurried = (): AbortSignal => new AbortController().signal;
