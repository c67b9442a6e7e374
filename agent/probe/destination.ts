// The echoes to the destination itself, which a ping is made of and a traceroute has beside its hops.
import { waitOf } from '../../shared/budget.ts';
import type { Failure } from '../../shared/failure.ts';
import type { RequestOf } from '../../shared/request.ts';
import { type Aim, type Course, echoAlong, explained } from './aim.ts';
import type { DropGuard } from './drops.ts';
import { type Row, type Tally, countedEcho, destinationHopLimit, echoRow } from './echoes.ts';
import { type Outcome, nextHopSilence, prohibition } from './outcomes.ts';
import type { ProbeTools } from './tools.ts';

/** `answered` is told each outcome as it comes. Never rejects. */
export const echoDestination = (
  request: RequestOf<'ping' | 'traceroute'>,
  aim: Aim,
  { packets }: ProbeTools,
  guard: DropGuard,
  tally: Tally,
  answered: (outcome: Outcome) => void = () => undefined,
): Promise<Row> =>
  echoRow(request.count, request.intervalMs, guard.signal, async (index, until) => {
    const echo = echoAlong(aim, request.packetBytes, destinationHopLimit, waitOf(index, request));
    const outcome = await countedEcho(packets, echo, until, tally);
    guard.heard(outcome);
    answered(outcome);
    return outcome;
  });

/** Why a target could not be measured, given what ended its echoes and what came of all of them; null where it was. */
export async function whyUnmeasured(
  failure: Failure | null,
  outcomes: readonly Outcome[],
  course: Course,
  tools: Pick<ProbeTools, 'way'>,
  guard: DropGuard,
): Promise<Failure | null> {
  const { address, way } = course;
  const known = (await guard.end()) ?? (await explained(failure, course, tools));
  return known ?? nextHopSilence(outcomes, way) ?? prohibition(outcomes, address, way);
}
