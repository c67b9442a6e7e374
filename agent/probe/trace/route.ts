// The route that a trace's answers draw: its hops, where it ended, whether it went in circles. Pure.
import type { Hop, Route } from '../../../shared/result.ts';
import type { Outcome } from '../outcomes.ts';
import { endOfPath } from './plan.ts';

type Answer = Exclude<Outcome, null | { type: 'silence' }>;

const heardIn = (answer: Outcome | undefined): Answer | null =>
  answer === undefined || answer === null || answer.type === 'silence' ? null : answer;

function hopOf(answer: Outcome, index: number, route: readonly Outcome[]): Hop {
  const heard = heardIn(answer);
  const alsoAt = route.flatMap((other, at) =>
    heard !== null && at !== index && heardIn(other)?.from === heard.from ? [at + 1] : [],
  );
  return {
    ttl: index + 1,
    address: heard?.from ?? null,
    name: null,
    rttMs: heard === null ? null : Math.round(heard.rttMs * 1000) / 1000,
    alsoAt,
    replyTtl: heard?.hopLimit ?? null,
    unreachable: heard?.reason == null ? null : { reason: heard.reason, mtuBytes: heard.mtuBytes },
    mpls: heard?.mpls ?? [],
    network: null,
    scope: null,
  };
}

/** An address that answers again after another one did: packets went in a circle. (Twice in a row is a slow router.) */
function hasLoop(hops: readonly Hop[]): boolean {
  const heard = hops.flatMap(({ address }) => address ?? []);
  const turns = heard.filter((address, index) => address !== heard[index - 1]);
  return new Set(turns).size < turns.length;
}

/**
 * The hops up to where the path ended; without an end, up to the last that answered. A path that ended where the
 * network refused did not reach the target, though echoes to it may have been answered by another one.
 */
export function routeOf(answers: readonly Outcome[], replied: boolean, pathLength: number | null): Route {
  const end = endOfPath(answers);
  const refused = answers[end - 1]?.type === 'unreachable';
  const lastHeard = answers.findLastIndex((answer) => heardIn(answer) !== null) + 1;
  const hops = answers.slice(0, end > 0 ? end : Math.max(pathLength ?? 0, lastHeard)).map(hopOf);
  return { reached: replied && !refused, loop: hasLoop(hops), hops };
}
