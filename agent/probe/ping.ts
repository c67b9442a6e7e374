// Echoes to a target, bound to the uplink.
import { withoutTime } from '../../shared/budget.ts';
import type { RequestOf } from '../../shared/request.ts';
import type { Exit } from '../../shared/way.ts';
import { takeAim, viaOf } from './aim.ts';
import { echoDestination, whyUnmeasured } from './destination.ts';
import { guardAgainstDrops } from './drops.ts';
import { newTally } from './echoes.ts';
import { refusalIn, rttsOf } from './outcomes.ts';
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
  const beganMs = performance.now();
  const aim = await takeAim(request, exit, tools, signal);
  const left = withoutTime(request, performance.now() - beganMs);
  const { address, way } = aim;
  const guard = guardAgainstDrops(aim, tools, signal);
  const tally = newTally();
  const echoing = echoDestination(left, aim, tools, guard, tally);
  guard.begin();
  const { outcomes, arrivals, failure: ended } = await echoing;
  const failure = await whyUnmeasured(ended, outcomes, aim, tools, guard);
  return {
    ...nothingMeasured,
    address,
    via: viaOf(way),
    ping: pingFigures(tally.sent, rttsOf(outcomes), { ...tally, reordered: reorderedIn(arrivals) }),
    traffic: tally.traffic,
    clockStepped: tally.clockStepped,
    failure,
    refusal: refusalIn(outcomes, address, way),
  };
}
