// Echoes to a target, bound to the uplink.
import { Failure } from '../../shared/failure.ts';
import type { RequestOf } from '../../shared/request.ts';
import type { Exit, Way } from '../../shared/way.ts';
import { echoAlong, explained, takeAim, viaOf } from './aim.ts';
import { waitOf } from '../../shared/budget.ts';
import { type Outcome, countedEcho, echoRow, newTally } from './echoes.ts';
import { type Measurement, nothingMeasured } from '../../shared/measurement.ts';
import { pingFigures } from './stats.ts';
import type { ProbeTools } from './tools.ts';
import { unreachableWords } from './unreachable.ts';

export const destinationHopLimit = 64;

/** Round trips of the answered echoes, in the order sent. */
export const rttsOf = (outcomes: readonly Outcome[]): number[] =>
  outcomes.flatMap((outcome) => (outcome?.type === 'reply' ? [outcome.rttMs] : []));

/** What the network said in place of an answer, the first time it did; null where it said nothing. */
export function refusalIn(outcomes: readonly Outcome[]): string | null {
  for (const outcome of outcomes) {
    if (outcome?.type === 'unreachable') return `${outcome.from} says ${unreachableWords(outcome.code)}`;
    if (outcome?.type === 'timeExceeded') return `${outcome.from} says the hop limit was used up`;
  }
  return null;
}

/** Sends `count` echoes. Never rejects for what the network did; rejects with Failure before the first packet. */
export async function ping(
  request: RequestOf<'ping'>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const aim = await takeAim(request, exit, tools, signal);
  const { address, way } = aim;
  const tally = newTally();
  let index = 0;
  const { outcomes, failure } = await echoRow(request.count, request.intervalMs, signal, (rowSignal) => {
    const echo = echoAlong(aim, request.packetBytes, destinationHopLimit, waitOf(index++, request));
    return countedEcho(tools.packets, echo, rowSignal, tally);
  });
  return {
    ...nothingMeasured,
    address,
    via: viaOf(way),
    ping: pingFigures(tally.traffic.packetsSent, rttsOf(outcomes)),
    traffic: tally.traffic,
    clockStepped: tally.clockStepped,
    failure: (await explained(failure, aim, tools)) ?? localSilence(outcomes, way),
    refusal: refusalIn(outcomes),
  };
}

/**
 * This machine's own "host unreachable": the next hop did not answer ARP, so nothing left by the uplink. A target that
 * is a neighbour itself is just not there.
 */
export function localSilence(outcomes: readonly Outcome[], { source, nextHop }: Way): Failure | null {
  const answered = outcomes.some((outcome) => outcome?.type === 'reply');
  const own = outcomes.some((outcome) => outcome?.type === 'unreachable' && outcome.from === source);
  return own && !answered && nextHop !== null
    ? new Failure('neighbourUnreachable', 'the next hop does not answer ARP')
    : null;
}
