// A fetch that knows why nothing came: the way out is asked for beforehand, and what this machine drops is watched.
import { type Aim, explained } from '../aim.ts';
import { guardAgainstDrops } from '../drops.ts';
import type { ProbeTools } from '../tools.ts';
import { type Fetched, type Order, fetchBound } from './fetch.ts';

/** For curl, which takes a while to start, to end by itself and tell what it saw before the deadline ends it. */
const marginMs = (leftMs: number): number => Math.min(250, leftMs / 5);

/** curl, which also ends once this machine is seen to drop what comes back. */
export async function fetchGuarded(
  order: Omit<Order, 'timeoutMs'>,
  leftMs: number,
  aim: Aim,
  tools: ProbeTools,
  signal: AbortSignal,
): Promise<Fetched> {
  const timeoutMs = Math.max(1, Math.round(leftMs - marginMs(leftMs)));
  const guard = guardAgainstDrops(aim, tools, signal);
  const fetching = fetchBound({ ...order, timeoutMs }, guard.signal);
  guard.begin();
  const fetched = await fetching;
  const dropped = await guard.end();
  if (fetched.remoteAddress !== null) return fetched;
  return { ...fetched, failure: dropped ?? (await explained(fetched.failure, aim, tools)) };
}
