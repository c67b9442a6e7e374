// Whether it was the uplink that a fetch failed by: its interface is looked at once more, and its next hop asked for.
import type { Failure, FailureCode } from '../../../shared/failure.ts';
import { type Course, echoAlong } from '../aim.ts';
import { type Tally, countedEcho, destinationHopLimit } from '../echoes.ts';
import { type Outcome, nextHopSilence } from '../outcomes.ts';
import type { ProbeTools } from '../tools.ts';
import type { Fetched } from './fetch.ts';

const payloadBytes = 8;
// A first echo by an interface may not tell whether it left; the kernel tells after 3 s that nobody answered ARP.
const waitsMs = [500, 3500];

/** What a line that dies under a fetch looks like from curl's side. */
const ofDeadLines: readonly FailureCode[] = ['answerTooSlow', 'answerTruncated', 'tlsFailed', 'sendRefused'];

/** Whether the uplink may be the cause of what came. */
export const mayBeUplinks = ({ refusal, failure }: Fetched): boolean =>
  refusal !== null ||
  (failure !== null && (failure.source === 'uplink' || ofDeadLines.includes(failure.code)));

/** That the next hop is not there, told by echoes to it; null where it is, or nobody can tell in time. Never rejects. */
export async function lostNextHop(
  { way }: Course,
  { packets }: ProbeTools,
  signal: AbortSignal,
  spareMs: () => number,
  tally: Tally,
): Promise<Failure | null> {
  const { nextHop } = way;
  if (nextHop === null) return null;
  let outcome: Outcome = null;
  for (const longestMs of waitsMs) {
    const waitMs = Math.min(longestMs, spareMs());
    if (waitMs < 1) break;
    const there = { address: nextHop, way: { ...way, nextHop: null } };
    const echo = echoAlong(there, payloadBytes, destinationHopLimit, waitMs);
    outcome = await countedEcho(packets, echo, signal, tally).catch(() => null);
    if (outcome?.type !== 'silence' || outcome.left !== null) break;
  }
  return nextHopSilence([outcome], way);
}
