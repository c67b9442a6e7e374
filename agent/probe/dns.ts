// A question to a name server through the uplink: what it answered, and how fast.
import { spareOf } from '../../shared/budget.ts';
import { Failure } from '../../shared/failure.ts';
import { type Measurement, nothingMeasured } from '../../shared/measurement.ts';
import type { RequestOf } from '../../shared/request.ts';
import type { Exit } from '../../shared/way.ts';
import { takeAim, viaOf } from './aim.ts';
import { whyUnmeasured } from './destination.ts';
import { type DnsOutcome, askServer } from './dns/ask.ts';
import { guardAgainstDrops } from './drops.ts';
import { asFailure } from './echoes.ts';
import { refusalIn } from './outcomes.ts';
import { newQuestionTally } from './questions.ts';
import type { ProbeTools } from './tools.ts';

/** A datagram may be lost; so many are sent before a server counts as silent. */
const mostTries = 3;
const longestWaitMs = 2000;

interface Asking {
  tried: DnsOutcome[];
  failure: Failure | null;
}

/** Asks until something comes back, or no time is left. Never rejects. */
async function askPatiently(
  ask: (waitMs: number) => Promise<DnsOutcome>,
  spare: () => number,
): Promise<Asking> {
  const tried: DnsOutcome[] = [];
  const waitMs = Math.min(longestWaitMs, spare() / mostTries);
  try {
    while (tried.length < mostTries && spare() >= 1) {
      const one = await ask(Math.min(waitMs, spare()));
      tried.push(one);
      if (one.outcome?.type !== 'silence' || one.failure !== null) break;
    }
  } catch (error) {
    return { tried, failure: asFailure(error) };
  }
  const cutShort = tried.length === 0 || tried.at(-1)?.outcome === null;
  return {
    tried,
    failure: cutShort ? new Failure('deadlineExceeded', 'the deadline came before an answer could') : null,
  };
}

/** Never rejects for what the network did; rejects with Failure before the first packet. */
export async function dns(
  request: RequestOf<'dns'>,
  exit: Exit | null,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Measurement> {
  const spare = spareOf(request.timeoutMs);
  const aim = await takeAim(request, exit, tools, signal);
  const { address, way } = aim;
  const { name, recordType } = request;
  const tally = newQuestionTally();
  const guard = guardAgainstDrops(aim, tools, signal);
  const asking = askPatiently(async (waitMs) => {
    const one = await askServer(aim, { name, recordType, waitMs }, tools, guard.signal, tally);
    guard.heard(one.outcome);
    return one;
  }, spare);
  guard.begin();
  const { tried, failure } = await asking;
  const outcomes = tried.map(({ outcome }) => outcome);
  const last = tried.at(-1);
  const why = await whyUnmeasured(failure, outcomes, aim, tools, guard);
  return {
    ...nothingMeasured,
    address,
    via: viaOf(way),
    dns: last?.said ?? null,
    traffic: tally.traffic,
    clockStepped: tally.clockStepped,
    failure: why ?? last?.failure ?? null,
    refusal: refusalIn(outcomes, address, way) ?? (last?.said ? null : `${address} did not answer`),
  };
}
