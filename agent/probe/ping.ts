// Echoes to a target, bound to the uplink.
import type { RequestOf } from '../../shared/request.ts';
import type { Exit } from '../../shared/way.ts';
import { echoAlong, explained, takeAim, viaOf } from './aim.ts';
import { waitOf } from '../../shared/budget.ts';
import { guardAgainstDrops } from './drops.ts';
import { countedEcho, destinationHopLimit, echoRow, newTally } from './echoes.ts';
import { nextHopSilence, prohibition, refusalIn, rttsOf } from './outcomes.ts';
import { type Measurement, nothingMeasured } from '../../shared/measurement.ts';
import { pingFigures, reorderedIn } from './stats.ts';
import type { ProbeTools } from './tools.ts';

/** Sends `count` echoes. Never rejects for what the network did; rejects with Failure before the first packet. */
export async function ping(
  request: RequestOf<'ping'>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const aim = await takeAim(request, exit, tools, signal);
  const { address, way } = aim;
  const guard = guardAgainstDrops(aim, tools, signal);
  const tally = newTally();
  let index = 0;
  const rowOfEchoes = echoRow(request.count, request.intervalMs, guard.signal, async (rowSignal) => {
    const echo = echoAlong(aim, request.packetBytes, destinationHopLimit, waitOf(index++, request));
    const outcome = await countedEcho(tools.packets, echo, rowSignal, tally);
    guard.heard(outcome);
    return outcome;
  });
  guard.begin();
  const row = await rowOfEchoes;
  const { outcomes, arrivals } = row;
  const failure = (await guard.end()) ?? (await explained(row.failure, aim, tools));
  return {
    ...nothingMeasured,
    address,
    via: viaOf(way),
    ping: pingFigures(tally.sent, rttsOf(outcomes), { ...tally, reordered: reorderedIn(arrivals) }),
    traffic: tally.traffic,
    clockStepped: tally.clockStepped,
    failure: failure ?? nextHopSilence(outcomes, way) ?? prohibition(outcomes, address, way),
    refusal: refusalIn(outcomes, address, way),
  };
}
