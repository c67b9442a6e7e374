// What one more result makes of a monitor: what is known by then, and what there is to tell. Pure.
import type { Event } from '../../shared/event.ts';
import type { Finding } from '../../shared/result.ts';
import { type Outcome, type Transition, advance, degradedBy, outcomeOf } from './condition.ts';
import { seeEgress } from './egress.ts';
import { type Seen, degradedEvent, egressEvent, transitionEvent } from './events.ts';
import type { Scene } from './evidence.ts';
import { routeOf } from './figures.ts';
import { type Kept, seenOf } from './kept.ts';

/** An event, and what is true once it is told. */
export interface Telling {
  event: Event;
  kept: Kept;
  /** What is gathered for it; null where nothing is. */
  scene: Scene | null;
}

interface Step {
  kept: Kept;
  tellings: Telling[];
}

export interface Conclusion extends Step {
  transition: Transition | null;
}

/** How the result is taken. */
export interface Judged {
  outcome: Outcome;
  refutedBy: string | null;
  warnings: readonly Finding[];
}

const step = (kept: Kept, event: Event | null, scene: Scene | null = null): Step => ({
  kept,
  tellings: event === null ? [] : [{ event, kept, scene }],
});

function judge(before: Kept, seen: Seen, { outcome, refutedBy }: Judged): Conclusion {
  const { condition, transition } = advance(before.condition, outcome, seen.at, seen.settings);
  const kept = { ...before, condition };
  if (transition === null) return { ...step(kept, null), transition };
  const event = transitionEvent(seen, transition, before.condition, refutedBy);
  const scene = { down: transition.to === 'down', route: routeOf(seen.result) };
  return { ...step(kept, event, scene), transition };
}

function judgeSofter(before: Kept, seen: Seen, { warnings }: Judged): Step {
  const { condition } = before;
  const degraded =
    seen.result.verdict === 'pass' ? degradedBy(condition.degraded, warnings) : condition.degraded;
  if (degraded === condition.degraded) return step(before, null);
  return step({ ...before, condition: { ...condition, degraded } }, degradedEvent(seen, degraded, warnings));
}

function lookAtEgress(before: Kept, seen: Seen): Step {
  const { egress: found, reason } = seen.result;
  // A probe that was refused has lost no address.
  const says = found !== null || outcomeOf(seen.result) !== 'neutral';
  if (seen.settings.probe.kind !== 'egress' || !says) return step(before, null);
  const { egress, change } = seeEgress(before.egress, found, reason);
  return step({ ...before, egress }, change === null ? null : egressEvent(seen, change));
}

/** Each event takes with it what is true by then: whatever ends the agent, none is told twice or not at all. */
export function conclude(before: Kept, seen: Seen, judged: Judged): Conclusion {
  const { result, at } = seen;
  const looked = { ...before, seen: seenOf(result, judged.refutedBy, before.seen), seenBoot: at.boot };
  const state = judge(looked, seen, judged);
  const softer = judgeSofter(state.kept, seen, judged);
  const egress = lookAtEgress(softer.kept, seen);
  return {
    kept: egress.kept,
    tellings: [...state.tellings, ...softer.tellings, ...egress.tellings],
    transition: state.transition,
  };
}
