// The route to a target, bound to the uplink: hop limits side by side, and echoes to the destination itself.
import type { RequestOf } from '../../shared/request.ts';
import type { Exit } from '../../shared/way.ts';
import { echoAlong, explained, takeAim, viaOf } from './aim.ts';
import { waitOf } from '../../shared/budget.ts';
import { type Tally, countedEcho, destinationHopLimit, echoRow, newTally, trafficOf } from './echoes.ts';
import { type Measurement, nothingMeasured } from '../../shared/measurement.ts';
import { type Outcome, nextHopSilence, refusalIn, rttsOf } from './outcomes.ts';
import { endOf, routeOf } from './route.ts';
import { pingFigures, reorderedIn } from './stats.ts';
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
  const [direct, hops] = [newTally(), newTally()];
  const send = (tally: Tally, hopLimit: number, waitMs: number, until: AbortSignal): Promise<Outcome> =>
    countedEcho(tools.packets, echoAlong(aim, request.packetBytes, hopLimit, waitMs), until, tally);

  let tellLength: (hops: number | null) => void = () => undefined;
  const pathLength = new Promise<number | null>((resolve) => {
    tellLength = resolve;
  });
  let index = 0;
  const toDestination = echoRow(request.count, request.intervalMs, signal, async (rowSignal) => {
    const answer = await send(direct, destinationHopLimit, waitOf(index++, request), rowSignal);
    if (answer?.type === 'reply') tellLength(hopsFromReply(answer.hopLimit));
    return answer;
  }).finally(() => tellLength(null));
  const hopByHop = runTrace(
    (hopLimit, hopSignal) => send(hops, hopLimit, waitOf(0, request), hopSignal),
    { knownHops: tools.traces.recall(way.interfaceName, address), pathLength },
    signal,
  );

  const [row, trace, length] = await Promise.all([toDestination, hopByHop, pathLength]);
  if (trace.answers[endOf(trace.answers) - 1]?.type === 'reply') {
    tools.traces.remember(way.interfaceName, address, endOf(trace.answers));
  }
  const everything = [...row.outcomes, ...trace.answers];
  const odd = { ...direct, reordered: reorderedIn(row.arrivals) };
  const replied = everything.some((outcome) => outcome?.type === 'reply');
  return {
    ...nothingMeasured,
    address,
    via: viaOf(way),
    ping: pingFigures(row.outcomes.length, rttsOf(row.outcomes), odd),
    traceroute: routeOf(trace.answers, replied, length),
    traffic: trafficOf(direct, hops),
    clockStepped: direct.clockStepped || hops.clockStepped,
    failure: (await explained(row.failure ?? trace.failure, aim, tools)) ?? nextHopSilence(everything, way),
    refusal: refusalIn(row.outcomes),
  };
}
