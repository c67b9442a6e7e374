// What came of a probe's echoes, taken together. Pure.
import { Failure } from '../../shared/failure.ts';
import { familyOf } from '../../shared/ip.ts';
import type { Way } from '../../shared/way.ts';
import type { EchoAnswer } from '../packet/index.ts';
import { unreachableWords } from './unreachable.ts';

/** An answer, or null for an echo that was given up before it could have one. */
export type Outcome = EchoAnswer | null;

/** Round trips of the answered echoes, in the order sent. */
export const rttsOf = (outcomes: readonly Outcome[]): number[] =>
  outcomes.flatMap((outcome) => (outcome?.type === 'reply' ? [outcome.rttMs] : []));

const resolutionOf = (neighbour: string): string =>
  familyOf(neighbour) === 6 ? 'neighbour discovery' : 'ARP';

/** No packet left: this machine says "host unreachable" of them itself, or its driver never saw them. */
function nothingLeft(outcomes: readonly Outcome[], { source }: Way): boolean {
  const stuck = (outcome: Outcome): boolean =>
    (outcome?.type === 'unreachable' && outcome.from === source) ||
    (outcome?.type === 'silence' && outcome.left === false);
  const known = outcomes.filter((outcome) => outcome !== null);
  return known.length > 0 && known.every(stuck);
}

/**
 * What the network said in place of an answer, the first time it did, or that a target on the uplink's own network is
 * not there; null where there is nothing to say.
 */
export function refusalIn(outcomes: readonly Outcome[], address: string, way: Way): string | null {
  if (way.nextHop === null && nothingLeft(outcomes, way)) {
    return `${address} does not answer ${resolutionOf(address)}`;
  }
  for (const outcome of outcomes) {
    if (outcome?.type === 'unreachable') {
      const most = outcome.mtuBytes === null ? '' : `: at most ${outcome.mtuBytes} bytes`;
      return `${outcome.from} says ${unreachableWords[outcome.reason ?? 'other']}${most}`;
    }
    if (outcome?.type === 'timeExceeded') return `${outcome.from} says the hop limit was used up`;
  }
  return null;
}

/**
 * The next hop does not answer ARP (or IPv6's neighbour discovery), so nothing left. A target that is a neighbour itself
 * is just not there, which is its own fault.
 */
export function nextHopSilence(outcomes: readonly Outcome[], way: Way): Failure | null {
  const { nextHop, interfaceName } = way;
  if (nextHop === null || !nothingLeft(outcomes, way)) return null;
  const sentence = `nothing left by ${interfaceName}: the next hop ${nextHop} does not answer ${resolutionOf(nextHop)}`;
  return new Failure('neighbourUnreachable', sentence);
}

/**
 * No echo was answered, and somebody beyond this machine says that a filter forbids them (RFC 1812 §5.2.7.1): so the
 * target was not measured, whatever else was said of it.
 */
export function prohibition(outcomes: readonly Outcome[], address: string, { source }: Way): Failure | null {
  if (outcomes.some((outcome) => outcome?.type === 'reply')) return null;
  for (const outcome of outcomes) {
    if (outcome?.type !== 'unreachable' || outcome.reason !== 'prohibited' || outcome.from === source)
      continue;
    const said = `${outcome.from} says ${unreachableWords.prohibited}`;
    return new Failure('prohibited', `${said}: a filter there lets no such packet to ${address} pass`);
  }
  return null;
}
