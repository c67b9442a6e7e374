// Whether what was asked can be believed and may be done: shape, budget, policy, way out. Nothing that fails here
// reaches the queue.
import { budgetProblem } from '../../shared/budget.ts';
import { Failure } from '../../shared/failure.ts';
import { sayProblems } from '../../shared/issues.ts';
import { isRecord } from '../../shared/record.ts';
import { type Kind, type Request, kinds, parseRequest } from '../../shared/request.ts';
import { hostOfTarget } from '../../shared/target.ts';
import { replyTopicProblem } from '../../shared/topics.ts';
import type { Exit } from '../../shared/way.ts';
import type { Asked } from './asked.ts';

export interface ValidationRules {
  /** Discovery's part of the broker, where no reply may go; empty where there is none. */
  discoveryPrefix: string;
  hostRefusal(kind: Kind, host: string): Failure | null;
  /** Rejects with Failure: unknownVia, interfaceMissing, noAddress. */
  findExit(via: string): Promise<Exit>;
  /** Why nothing more may be sent by an uplink; null where something may. */
  budgetRefusal(uplink: string | null): Failure | null;
}

export interface Accepted {
  request: Request;
  mayProbeSelf: boolean;
  /** Null where no `via` was given: the kernel's route decides. */
  exit: Exit | null;
}

const whatIsIt = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;

function parse(asked: Asked): Request {
  if (asked.problem !== null) throw asked.problem;
  if (asked.kind === null) {
    throw new Failure('unsupported', `there is no probe called ${asked.word}; there are ${kinds.join(', ')}`);
  }
  if (!isRecord(asked.body)) {
    throw new Failure('badRequest', `a request is a JSON object, not ${whatIsIt(asked.body)}`);
  }
  const parsed = parseRequest(asked.kind, asked.body);
  if (!parsed.ok) throw new Failure('badRequest', sayProblems(parsed.problems));
  return parsed.request;
}

function checkTimes(request: Request): void {
  if (request.kind !== 'ping' && request.kind !== 'traceroute') return;
  const problem = budgetProblem(request);
  if (problem !== null) throw new Failure('badRequest', problem);
}

/** Throws Failure budgetExhausted where an exit's data budget is used up, unless that is to be gone over. */
export function checkBudget(
  { uplink }: Exit,
  { force }: Request,
  { budgetRefusal }: Pick<ValidationRules, 'budgetRefusal'>,
): void {
  const refusal = force ? null : budgetRefusal(uplink);
  if (refusal !== null) throw refusal;
}

/** Rejects with Failure of the request, of the policy, or of the uplink that `via` names. */
export async function validate(asked: Asked, rules: ValidationRules): Promise<Accepted> {
  const request = parse(asked);
  checkTimes(request);
  const replyTopic = request.replyTo ?? asked.reply?.topic;
  const replyProblem = replyTopic === undefined ? null : replyTopicProblem(replyTopic, rules.discoveryPrefix);
  if (replyProblem !== null) throw new Failure('replyToRefused', `replyTo: the topic ${replyProblem}`);
  if (request.force && !asked.mayForce) {
    throw new Failure('forceRefused', 'force: this entrance is not allowed to go over a used-up data budget');
  }
  if (request.target !== undefined) {
    const refusal = rules.hostRefusal(request.kind, hostOfTarget(request.target));
    if (refusal !== null) throw refusal;
  }
  const exit = request.via === undefined ? null : await rules.findExit(request.via);
  if (exit !== null) checkBudget(exit, request, rules);
  return { request, mayProbeSelf: asked.mayProbeSelf, exit };
}

/** Where the asker wants the answer too, whatever becomes of the request; null where nowhere, or not there. */
export function replyTarget(asked: Asked, discoveryPrefix: string): Asked['reply'] {
  const named = isRecord(asked.body) ? asked.body['replyTo'] : undefined;
  const topic = typeof named === 'string' ? named : asked.reply?.topic;
  if (topic === undefined || replyTopicProblem(topic, discoveryPrefix) !== null) return null;
  return { topic, correlationData: asked.reply?.correlationData ?? null };
}
