// Before the first packet: which address a target stands for, whether it may be probed, and the way to it.
import { Failure } from '../../shared/failure.ts';
import { familyOf } from '../../shared/ip.ts';
import type { RequestOf } from '../../shared/request.ts';
import type { Via } from '../../shared/result.ts';
import type { Exit, Way } from '../../shared/way.ts';
import type { Echo } from '../packet/index.ts';
import type { ProbeTools } from './tools.ts';

export interface Aim {
  address: string;
  way: Way;
}

export const viaOf = (exit: Exit): Via => ({
  uplink: exit.uplink,
  interface: exit.interfaceName,
  source: exit.source,
});

/** Rejects with Failure: of the resolver, of the policy (targetRefused) or of the uplink. */
export async function takeAim(
  request: RequestOf<'ping' | 'traceroute'>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Aim> {
  const literal = familyOf(request.target);
  if (request.family === 6 || (literal === 6 && request.family === 'auto')) {
    throw new Failure('unsupported', 'family: this version probes over IPv4 only');
  }
  const addresses = await tools.resolve(request.target, 4, signal);
  const address = addresses[0];
  if (address === undefined) throw new Failure('nameUnresolved', `${request.target} has no IPv4 address`);
  for (const candidate of addresses) {
    const refusal = tools.refusal(request.kind, request.target, candidate);
    if (refusal !== null) throw refusal;
  }
  return { address, way: await tools.way(exit, address) };
}

/** An echo by that way, with the request's payload. */
export const echoAlong = (
  { address, way }: Aim,
  payloadBytes: number,
  hopLimit: number,
  waitMs: number,
): Echo => ({
  interfaceName: way.interfaceName,
  source: way.source,
  destination: address,
  nextHop: way.nextHop,
  hopLimit,
  payloadBytes,
  waitMs,
});

/**
 * Why packets could not leave, in the network's own words: a send's error knows less than a look at the interface.
 * Null where nothing failed.
 */
export async function explained(failure: Failure | null, { address, way }: Aim, tools: ProbeTools) {
  if (failure?.source !== 'uplink') return failure;
  return tools.way(way, address).then(
    () => failure,
    (error: unknown) => (error instanceof Failure ? error : failure),
  );
}
