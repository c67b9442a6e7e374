// Before the first packet: which address a target stands for, whether it may be probed, and the way to it.
import { Failure } from '../../shared/failure.ts';
import { type Family, familyOf, unmapped } from '../../shared/ip.ts';
import type { Kind } from '../../shared/request.ts';
import type { Via } from '../../shared/result.ts';
import type { Exit, Way } from '../../shared/way.ts';
import type { Echo } from '../packet/index.ts';
import type { ProbeTools } from './tools.ts';

/** What is aimed at: a host, on behalf of a probe of a kind. */
export interface Goal {
  kind: Kind;
  target: string;
  family: Family | 'auto';
}

/** Where packets go, and how. */
export interface Course {
  address: string;
  way: Way;
}

export interface Aim extends Course {
  /** All that the host has of that family, the address first; each may be probed. */
  addresses: readonly string[];
}

export const viaOf = (exit: Exit): Via => ({
  uplink: exit.uplink,
  interface: exit.interfaceName,
  source: exit.source,
});

async function aimWithin(
  family: Family,
  { kind, target }: Goal,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Aim> {
  const resolved = await tools.resolve(target, family, exit, signal);
  // What leaves for an IPv4 address in disguise (::ffff:192.0.2.1) is IPv4, by ways that nobody was asked about.
  const addresses = resolved.filter((one) => unmapped(one) === one);
  const address = addresses[0];
  if (address === undefined) throw new Failure('nameUnresolved', `${target} has no IPv${family} address`);
  for (const candidate of addresses) {
    const refusal = tools.refusal(kind, target, candidate);
    if (refusal !== null) throw refusal;
  }
  return { address, addresses, way: await tools.way(exit, address) };
}

/** Which families may be tried, in order: an address has its own, a name those that are not ruled out. */
function familiesOf({ target, family }: Goal): Family[] {
  if (family !== 'auto') return [family];
  const literal = familyOf(target);
  return literal === null ? [4, 6] : [literal];
}

/**
 * The first family that both the target and the uplink have, IPv4 before IPv6. Rejects with the first one's Failure: of
 * the resolver, of the policy (targetRefused) or of the uplink.
 */
export async function takeAim(
  goal: Goal,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Aim> {
  const failures: unknown[] = [];
  for (const family of familiesOf(goal)) {
    try {
      return await aimWithin(family, goal, exit, tools, signal);
    } catch (error) {
      if (!(error instanceof Failure) || error.source === 'policy' || signal.aborted) throw error;
      failures.push(error);
    }
  }
  throw failures[0];
}

/** An echo by that way, with the request's payload. */
export const echoAlong = (
  { address, way }: Course,
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

/** Why nothing leaves by the way any more (no carrier, down, gone); null where something does. Never rejects. */
export const lostWay = ({ address, way }: Course, tools: Pick<ProbeTools, 'way'>): Promise<Failure | null> =>
  tools.way(way, address).then(
    () => null,
    (error: unknown) => (error instanceof Failure ? error : null),
  );

/**
 * Why packets could not leave, in the network's own words: a send's error knows less than a look at the interface.
 * Null where nothing failed.
 */
export async function explained(failure: Failure | null, course: Course, tools: Pick<ProbeTools, 'way'>) {
  return failure?.source === 'uplink' ? ((await lostWay(course, tools)) ?? failure) : failure;
}
