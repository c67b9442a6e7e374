// Which hop limits a trace sends next, and when it is over. Pure: state and time go in, a plan comes out.

export type HopState =
  | { type: 'pending'; sentMs: number }
  | { type: 'silence' }
  | { type: 'reply' | 'timeExceeded' | 'unreachable'; rttMs: number };

/** `length`: what the destination's own reply says of the path; `pending` until the echo has ended. */
export type Hint =
  { type: 'pending'; sentMs: number } | { type: 'silence' } | { type: 'length'; hops: number };

export interface TraceState {
  /** hops[0] is hop limit 1. */
  hops: readonly HopState[];
  hint: Hint;
}

export interface TracePlan {
  /** Hop limits to send now; where there are any, what to wait for is planned once they are sent. */
  send: number[];
  /** The monotonic time at which to plan again though nothing has come; null where only an event changes the plan. */
  wakeMs: number | null;
  done: boolean;
}

export const mostHops = 30;
const firstHops = 4;
const silentGap = 6;
const floorMs = 100;
const hintPatienceMs = 200;

/** Path length from the hop limit left in a reply: systems start at 32, 64, 128 or 255. Null where it can't be. */
export function hopsFromReply(hopLimitLeft: number): number | null {
  const initial = [32, 64, 128, 255].find((candidate) => hopLimitLeft <= candidate) ?? 255;
  const hops = initial - hopLimitLeft + 1;
  return hops <= mostHops ? hops : null;
}

const isAnswer = (hop: HopState): boolean => hop.type !== 'pending' && hop.type !== 'silence';

/** The hop limit at which the path ends: the destination's own, or where the network refused; 0 while unknown. */
export const endOfPath = (hops: readonly HopState[]): number =>
  hops.findIndex(({ type }) => type === 'reply' || type === 'unreachable') + 1;

function patienceMs(hops: readonly HopState[]): number {
  const rtts = hops.flatMap((hop) => (hop.type === 'pending' || hop.type === 'silence' ? [] : [hop.rttMs]));
  return Math.max(floorMs, 3 * Math.max(0, ...rtts));
}

const hintDueMs = (sentMs: number, hops: readonly HopState[]): number =>
  sentMs + Math.max(hintPatienceMs, patienceMs(hops));

/** How far to send while the end of the path has not answered at its own hop limit. */
function reach({ hops, hint }: TraceState, nowMs: number): number {
  const lastAnswer = hops.findLastIndex(isAnswer) + 1;
  if (hint.type === 'length') return Math.max(hint.hops, hops.length >= hint.hops ? lastAnswer + 1 : 0);
  const waitingForHint = hint.type === 'pending' && nowMs < hintDueMs(hint.sentMs, hops);
  return waitingForHint ? firstHops : Math.max(firstHops, lastAnswer + silentGap);
}

/**
 * The first hop limits go out beside an echo to the destination whose reply tells the path's length; then the rest at
 * once. Without that reply the window moves on until six hop limits in a row stay silent. Once the path's length is
 * known, silent hops get three of the longest round trips, and at least 100 ms, from the last send.
 */
export function planTrace(state: TraceState, nowMs: number): TracePlan {
  const { hops, hint } = state;
  const end = endOfPath(hops);
  const upTo = end > 0 ? end : Math.min(mostHops, reach(state, nowMs));
  const send = Array.from({ length: Math.max(0, upTo - hops.length) }, (_, index) => hops.length + index + 1);
  if (send.length > 0) return { send, wakeMs: null, done: false };

  const pending = hops.slice(0, upTo).flatMap((hop) => (hop.type === 'pending' ? [hop.sentMs] : []));
  if (end > 0 || hint.type === 'length') {
    const overMs = Math.max(...pending) + patienceMs(hops);
    return { send, wakeMs: overMs, done: pending.length === 0 || nowMs >= overMs };
  }
  const dueMs = hint.type === 'pending' ? hintDueMs(hint.sentMs, hops) : 0;
  return {
    send,
    wakeMs: dueMs > nowMs ? dueMs : null,
    done: pending.length === 0 && hint.type === 'silence',
  };
}
