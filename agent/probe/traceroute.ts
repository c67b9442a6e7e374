// The route to a target, bound to the uplink: hop limits side by side, and echoes to the destination itself.
import type { RequestOf } from '../../shared/request.ts';
import type { Exit } from '../../shared/way.ts';
import { echoAlong, explained, takeAim, viaOf } from './aim.ts';
import { waitOf } from '../../shared/budget.ts';
import { guardAgainstDrops } from './drops.ts';
import { countedEcho, destinationHopLimit, echoRow, newTally } from './echoes.ts';
import { type Measurement, nothingMeasured } from '../../shared/measurement.ts';
import { type Outcome, nextHopSilence, prohibition, refusalIn, rttsOf } from './outcomes.ts';
import { endOf, routeOf } from './route.ts';
import { pingFigures } from './stats.ts';
import type { ProbeTools } from './tools.ts';
import { hopsFromReply } from './trace-plan.ts';
import { runTrace } from './trace.ts';

/** Traces the route. Never rejects for what the network did; rejects with Failure before the first packet. */
export async function traceroute(
  request: RequestOf<'traceroute'>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const aim = await takeAim(request, exit, tools, signal);
  const { address, way } = aim;
  const guard = guardAgainstDrops(aim, tools, signal);
  const tally = newTally();
  const send = async (hopLimit: number, waitMs: number, sendSignal: AbortSignal): Promise<Outcome> => {
    const echo = echoAlong(aim, request.packetBytes, hopLimit, waitMs);
    const outcome = await countedEcho(tools.packets, echo, sendSignal, tally);
    guard.heard(outcome);
    return outcome;
  };

  let tellLength: (hops: number | null) => void = () => undefined;
  const pathLength = new Promise<number | null>((resolve) => {
    tellLength = resolve;
  });
  let index = 0;
  const toDestination = echoRow(request.count, request.intervalMs, guard.signal, async (rowSignal) => {
    const answer = await send(destinationHopLimit, waitOf(index++, request), rowSignal);
    if (answer?.type === 'reply') tellLength(hopsFromReply(answer.hopLimit));
    return answer;
  }).finally(() => tellLength(null));
  const hopByHop = runTrace(
    (hopLimit, hopSignal) => send(hopLimit, waitOf(0, request), hopSignal),
    { knownHops: tools.traces.recall(way.interfaceName, address), pathLength },
    guard.signal,
  );

  const [row, trace, length] = await Promise.all([toDestination, hopByHop, pathLength]);
  const failure = (await guard.end()) ?? (await explained(row.failure ?? trace.failure, aim, tools));
  if (trace.answers[endOf(trace.answers) - 1]?.type === 'reply') {
    tools.traces.remember(way.interfaceName, address, endOf(trace.answers));
  }
  const everything = [...row.outcomes, ...trace.answers];
  const replies = rttsOf(row.outcomes);
  const replied = everything.some((outcome) => outcome?.type === 'reply');
  return {
    ...nothingMeasured,
    address,
    via: viaOf(way),
    ping: pingFigures(row.outcomes.length, replies),
    traceroute: routeOf(trace.answers, replied, length),
    traffic: tally.traffic,
    clockStepped: tally.clockStepped,
    failure: failure ?? nextHopSilence(everything, way) ?? prohibition(everything, address, way),
    refusal: refusalIn(row.outcomes, address, way),
  };
}
