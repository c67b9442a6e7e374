// Which hop limits a trace sends next, and when it is over. Pure: state and time go in, a plan comes out.

export type HopState =
  | { type: 'pending'; sentMs: number; retried: boolean }
  | { type: 'silence' }
  | { type: 'reply' | 'timeExceeded' | 'unreachable'; rttMs: number };

/** The destination's reply: how far away it says it is, and how long it took. */
export interface PathHint {
  hops: number;
  rttMs: number;
}

/** `length`: what the destination's own reply says of the path; `pending` until the echo has ended. */
export type Hint =
  { type: 'pending'; sentMs: number } | { type: 'silence' } | ({ type: 'length' } & PathHint);

export interface TraceState {
  /** hops[0] is hop limit 1. */
  hops: readonly HopState[];
  hint: Hint;
  /** How long the path was a while ago; null where that is not known. */
  knownHops: number | null;
}

export interface TracePlan {
  /** Hop limits to send now; where there are any, what to wait for is planned once they are sent. */
  send: number[];
  /** The hop limit to send a second time now; null where none. */
  retry: number | null;
  /** The monotonic time at which to plan again though nothing has come; null where only an event changes the plan. */
  wakeMs: number | null;
  done: boolean;
}

export const mostHops = 30;
const firstHops = 4;
const silentGap = 6;
const floorMs = 100;
const hintPatienceMs = 300;
const searchFloorMs = 500;

/** Path length from the hop limit left in a reply: systems start at 32, 64, 128 or 255. Null where it can't be. */
export function hopsFromReply(hopLimitLeft: number | null): number | null {
  if (hopLimitLeft === null) return null;
  const initial = [32, 64, 128, 255].find((candidate) => hopLimitLeft <= candidate) ?? 255;
  const hops = initial - hopLimitLeft + 1;
  return hops <= mostHops ? hops : null;
}

const isAnswer = (hop: HopState): hop is Extract<HopState, { rttMs: number }> =>
  hop.type !== 'pending' && hop.type !== 'silence';

/** When the hop limits up to one that are still waited for were sent. */
const pendingSinceMs = (hops: readonly HopState[], upTo: number): number[] =>
  hops.slice(0, upTo).flatMap((hop) => (hop.type === 'pending' ? [hop.sentMs] : []));

/** The hop limit at which the path ends: the destination's own, or where the network refused; 0 while unknown. */
export const endOfPath = (hops: readonly ({ readonly type: string } | null)[]): number =>
  hops.findIndex((hop) => hop?.type === 'reply' || hop?.type === 'unreachable') + 1;

function patienceMs({ hops, hint }: TraceState): number {
  const rtts = hops.filter(isAnswer).map(({ rttMs }) => rttMs);
  return Math.max(floorMs, 3 * Math.max(hint.type === 'length' ? hint.rttMs : 0, ...rtts));
}

const hintDueMs = (sentMs: number, state: TraceState): number =>
  sentMs + Math.max(hintPatienceMs, patienceMs(state));

/** How far to send while the end of the path has not answered at its own hop limit. */
function reach(state: TraceState, nowMs: number): number {
  const { hops, hint, knownHops } = state;
  const lastAnswer = hops.findLastIndex(isAnswer) + 1;
  const first = knownHops ?? firstHops;
  if (hint.type === 'length') return Math.max(hint.hops, hops.length >= hint.hops ? lastAnswer + 1 : 0);
  const waitingForHint = hint.type === 'pending' && nowMs < hintDueMs(hint.sentMs, state);
  return waitingForHint ? first : Math.max(first, lastAnswer + silentGap);
}

/**
 * The hop whose lost answer would make the path look longer than it is: the last but one before the end that answered,
 * or the end that the destination's reply told of and that has not answered itself.
 */
function suspect({ hops, hint }: TraceState): number {
  const end = endOfPath(hops);
  if (end > 0) return end - 1;
  return hint.type === 'length' ? hint.hops : 0;
}

const nothingToSend = { send: [], retry: null };

/** Waits for silent hops of a path whose end is known: three of its longest round trips, and at least 100 ms. */
function planEnd(state: TraceState, upTo: number, nowMs: number): TracePlan {
  const sent = pendingSinceMs(state.hops, upTo);
  if (sent.length === 0) return { ...nothingToSend, wakeMs: null, done: true };
  const lastSentMs = Math.max(...sent);
  const patience = patienceMs(state);
  const overMs = lastSentMs + patience;
  const doubtful = state.hops[suspect(state) - 1];
  const retryMs = lastSentMs + patience / 2;
  if (doubtful?.type !== 'pending' || doubtful.retried)
    return { ...nothingToSend, wakeMs: overMs, done: nowMs >= overMs };
  if (nowMs < retryMs) return { ...nothingToSend, wakeMs: retryMs, done: false };
  return { send: [], retry: suspect(state), wakeMs: overMs, done: false };
}

/** Waits for the destination's echo, and for hops that nothing bounds, as long as silence could be slowness. */
function planSearch(state: TraceState, upTo: number, nowMs: number): TracePlan {
  const { hops, hint } = state;
  const sent = pendingSinceMs(hops, upTo);
  const overMs = Math.max(0, ...sent) + Math.max(searchFloorMs, patienceMs(state));
  const hintMs = hint.type === 'pending' ? hintDueMs(hint.sentMs, state) : 0;
  const wakes = [overMs, hintMs].filter((atMs) => atMs > nowMs);
  const wakeMs = wakes.length === 0 ? null : Math.min(...wakes);
  const quiet = sent.length === 0 || nowMs >= overMs;
  return { ...nothingToSend, wakeMs, done: quiet && hint.type === 'silence' };
}

/**
 * Where a recent trace knows the path's length, all hop limits go out at once. Else the first ones go out beside an
 * echo to the destination whose reply tells the length, and then the rest. Without that reply the window moves on until
 * six hop limits in a row stay silent.
 */
export function planTrace(state: TraceState, nowMs: number): TracePlan {
  const { hops, hint } = state;
  const end = endOfPath(hops);
  const upTo = end > 0 ? end : Math.min(mostHops, reach(state, nowMs));
  const send = Array.from({ length: Math.max(0, upTo - hops.length) }, (_, index) => hops.length + index + 1);
  if (send.length > 0) return { send, retry: null, wakeMs: null, done: false };
  return end > 0 || hint.type === 'length' ? planEnd(state, upTo, nowMs) : planSearch(state, upTo, nowMs);
}
