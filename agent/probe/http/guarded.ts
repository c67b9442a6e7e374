// A fetch that knows why nothing came: what this machine drops is watched, and the uplink is looked at afterwards.
import { spareOf } from '../../../shared/budget.ts';
import { type Aim, lostWay } from '../aim.ts';
import { guardAgainstDrops } from '../drops.ts';
import { newTally } from '../echoes.ts';
import type { ProbeTools } from '../tools.ts';
import { addTraffic } from '../traffic.ts';
import { type Fetched, type Order, fetchBound } from './fetch.ts';
import { lostNextHop, mayBeUplinks } from './lost.ts';

/** For curl, which takes a while to start, to end by itself and tell what it saw before the deadline ends it. */
const marginMs = (leftMs: number): number => Math.min(250, leftMs / 5);

/** The uplink's fault in place of the target's, where it is one. */
async function blamed(
  fetched: Fetched,
  aim: Aim,
  tools: ProbeTools,
  signal: AbortSignal,
  spareMs: () => number,
): Promise<Fetched> {
  if (!mayBeUplinks(fetched)) return fetched;
  const lost = await lostWay(aim, tools);
  if (lost !== null) return { ...fetched, failure: lost };
  if (fetched.failure !== null || fetched.refusedByPeer) return fetched;
  const tally = newTally();
  const failure = await lostNextHop(aim, tools, signal, spareMs, tally);
  return { ...fetched, failure, traffic: addTraffic(fetched.traffic, tally.traffic) };
}

/** curl, which also ends once this machine is seen to drop what comes back. */
export async function fetchGuarded(
  order: Omit<Order, 'timeoutMs'>,
  leftMs: number,
  aim: Aim,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Fetched> {
  const spareMs = spareOf(leftMs);
  const timeoutMs = Math.max(1, Math.round(leftMs - marginMs(leftMs)));
  const guard = guardAgainstDrops(aim, tools, signal);
  const fetching = fetchBound({ ...order, timeoutMs }, guard.signal);
  guard.begin();
  const fetched = await fetching;
  const dropped = await guard.end();
  if (fetched.remoteAddress === null && dropped !== null) return { ...fetched, failure: dropped };
  return blamed(fetched, aim, tools, signal, spareMs);
}
