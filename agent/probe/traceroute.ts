// The route to a target, bound to the uplink: hop limits side by side, and echoes to the destination itself.
import type { RequestOf } from '../../shared/request.ts';
import type { Exit } from '../../shared/way.ts';
import { type Aim, echoAlong, takeAim, viaOf } from './aim.ts';
import { echoDestination, whyUnmeasured } from './destination.ts';
import { slackOf, waitOf, withoutTime } from '../../shared/budget.ts';
import { type DropGuard, guardAgainstDrops } from './drops.ts';
import { type Row, type Tally, countedEcho, newTally, noteClock } from './echoes.ts';
import { type Measurement, nothingMeasured } from '../../shared/measurement.ts';
import { type Outcome, refusalIn, rttsOf } from './outcomes.ts';
import { routeOf } from './trace/route.ts';
import { pingFigures, reorderedIn } from './stats.ts';
import type { ProbeTools } from './tools.ts';
import { type PathHint, endOfPath, hopsFromReply } from './trace/plan.ts';
import { addTraffic } from './traffic.ts';
import { type HopProbe, type Trace, runTrace } from './trace/run.ts';

/** Waits for its turn by half its time at most, and by none that its echoes need. */
const patienceOf = (request: RequestOf<'traceroute'>): number =>
  Math.min(request.timeoutMs / 2, slackOf(request));

function hintOf({ hopLimit, rttMs }: { hopLimit: number | null; rttMs: number }): PathHint | null {
  const hops = hopsFromReply(hopLimit);
  return hops === null ? null : { hops, rttMs };
}

interface Seen {
  row: Row;
  trace: Trace;
  /** What the destination's reply says of the path's length. */
  length: number | null;
  direct: Tally;
  hops: Tally;
}

/** Echoes to the destination and to every hop limit, side by side; `traced` is called when the latter are done. Never rejects. */
async function look(
  request: RequestOf<'traceroute'>,
  aim: Aim,
  tools: ProbeTools,
  guard: DropGuard,
  traced: () => void,
): Promise<Seen> {
  const { address, way } = aim;
  const { packets, traces, shared } = tools;
  const [direct, hops] = [newTally(), newTally()];
  let tellHint: (hint: PathHint | null) => void = () => undefined;
  const pathHint = new Promise<PathHint | null>((resolve) => {
    tellHint = resolve;
  });
  const toDestination = echoDestination(request, aim, tools, guard, direct, (answer) => {
    if (answer?.type === 'reply') tellHint(hintOf(answer));
  }).finally(() => tellHint(null));
  const probeHop: HopProbe = async (hopLimit, until, again) => {
    const echo = echoAlong(aim, request.packetBytes, hopLimit, waitOf(0, request));
    const send = (): Promise<Outcome> => countedEcho(packets, echo, until, hops);
    const answer = await (again ? send() : shared.share(echo, send));
    noteClock(hops, answer);
    guard.heard(answer);
    return answer;
  };
  const knownHops = traces.recall(way.interfaceName, address);
  const hopByHop = runTrace(probeHop, { knownHops, pathHint }, guard.signal).finally(traced);
  const [row, trace, hint] = await Promise.all([toDestination, hopByHop, pathHint]);
  // The next hop itself, by another of its addresses: what it says of others' packets is not what it says of these.
  if (hint?.hops === 1 && trace.answers[0]?.type === 'timeExceeded') {
    const own = await probeHop(1, guard.signal, true).catch(() => null);
    if (own?.type === 'reply') trace.answers = [own];
  }
  const end = endOfPath(trace.answers);
  if (trace.answers[end - 1]?.type === 'reply') traces.remember(way.interfaceName, address, end);
  return { row, trace, length: hint?.hops ?? null, direct, hops };
}

/** Traces the route. Never rejects for what the network did; rejects with Failure before the first packet. */
export async function traceroute(
  request: RequestOf<'traceroute'>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const beganMs = performance.now();
  const aim = await takeAim(request, exit, tools, signal);
  const { address, way } = aim;
  const patience = patienceOf(withoutTime(request, performance.now() - beganMs));
  const turn = await tools.turns.take(way, address, patience, signal);
  const left = withoutTime(request, performance.now() - beganMs);
  const guard = guardAgainstDrops(aim, tools, signal);
  const looking = look(left, aim, tools, guard, turn.end);
  guard.begin();
  const { row, trace, length, direct, hops } = await looking;
  const everything = [...row.outcomes, ...trace.answers];
  const failure = await whyUnmeasured(row.failure ?? trace.failure, everything, aim, tools, guard);
  const clockStepped = direct.clockStepped || hops.clockStepped;
  const odd = { ...direct, reordered: reorderedIn(row.arrivals), clockStepped };
  const replied = everything.some((outcome) => outcome?.type === 'reply');
  return {
    ...nothingMeasured,
    address,
    via: viaOf(way),
    ping: pingFigures(direct.sent, rttsOf(row.outcomes), odd),
    traceroute: routeOf(trace.answers, replied, length),
    traffic: addTraffic(direct.traffic, hops.traffic),
    clockStepped,
    failure,
    refusal: refusalIn(row.outcomes, address, way),
  };
}
