// What the broker keeps of failover, and how a command is answered that is not obeyed.
import type { FailoverRefusal, FailoverState } from '../../shared/failover.ts';
import { cut, firstThatFits } from '../../shared/payload.ts';
import { failoverResultTopic, failoverStateTopic } from '../../shared/topics.ts';
import { type Retained, retained } from './availability.ts';

const longestReason = 1000;

function cutReasons(state: FailoverState): FailoverState {
  const { reason, problem, families } = state;
  const cutChoice = (choice: FailoverState['families']['ipv4']) =>
    choice && { ...choice, reason: cut(choice.reason, longestReason) };
  return {
    ...state,
    reason: cut(reason, longestReason),
    problem: problem === null ? null : cut(problem, longestReason),
    families: { ipv4: cutChoice(families.ipv4), ipv6: cutChoice(families.ipv6) },
  };
}

function* payloadsOf(state: FailoverState): Generator<string, string> {
  yield JSON.stringify(state);
  yield JSON.stringify(cutReasons(state));
  return JSON.stringify({ ...cutReasons(state), uplinks: {} });
}

/** Of at most 60 KiB: what is too long loses the ends of its sentences, then its uplinks, which have states of their own. */
export const failoverMessage = (agent: string, state: FailoverState): Retained =>
  retained(failoverStateTopic(agent), firstThatFits(payloadsOf(state)));

/** Takes it from the broker, where it is configured no more. */
export const clearedFailover = (agent: string): Retained => retained(failoverStateTopic(agent), '');

/** Nobody who listens later has asked. */
export const failoverRefusal = (agent: string, refusal: FailoverRefusal) => ({
  topic: failoverResultTopic(agent),
  payload: JSON.stringify({ ...refusal, reason: cut(refusal.reason, longestReason) }),
  qos: 1 as const,
  retain: false,
});
