// What the broker keeps of failover, and how a command is answered that is not obeyed.
import type { FailoverRefusal, FailoverState } from '../../shared/failover.ts';
import { cut, longestPayloadBytes } from '../../shared/payload.ts';
import { failoverResultTopic, failoverStateTopic } from '../../shared/topics.ts';
import { type Retained, retained } from './availability.ts';

// Home Assistant shows them as attributes, of which its recorder takes 16 KiB.
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

/** Of at most 60 KiB: where that takes it, without its uplinks, which have states of their own. */
export function failoverMessage(agent: string, state: FailoverState): Retained {
  const whole = JSON.stringify(cutReasons(state));
  const fits = Buffer.byteLength(whole) <= longestPayloadBytes;
  const payload = fits ? whole : JSON.stringify({ ...cutReasons(state), uplinks: {} });
  return retained(failoverStateTopic(agent), payload);
}

/** Takes it from the broker, where it is configured no more. */
export const clearedFailover = (agent: string): Retained => retained(failoverStateTopic(agent), '');

/** Nobody who listens later has asked. */
export const failoverRefusal = (agent: string, refusal: FailoverRefusal) => ({
  topic: failoverResultTopic(agent),
  payload: JSON.stringify({ ...refusal, reason: cut(refusal.reason, longestReason) }),
  qos: 1 as const,
  retain: false,
});
