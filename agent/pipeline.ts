// The one way through: validate, queue, probe, annotate, assess, publish. It never throws, and each request, accepted
// or refused, gets exactly one result.
import { setMaxListeners } from 'node:events';
import { Failure } from '../shared/failure.ts';
import { type Measurement, nothingMeasured } from '../shared/measurement.ts';
import type { Request } from '../shared/request.ts';
import type { Finding, Result } from '../shared/result.ts';
import type { Assessment } from './assess/index.ts';
import { type Deadline, createDeadline } from './deadline.ts';
import { composeResult } from './publish/result.ts';
import type { Answer, Asked } from './request/asked.ts';
import type { Accepted } from './request/validate.ts';

export interface Stages {
  validate(asked: Asked): Promise<Accepted>;
  queue<T>(accepted: Accepted, job: () => Promise<T>, signal: AbortSignal): Promise<T>;
  probe(accepted: Accepted, signal: AbortSignal): Promise<Measurement>;
  annotate(request: Request, measurement: Measurement, signal: AbortSignal): Promise<Measurement>;
  assess(request: Request, measurement: Measurement): Assessment;
  publish(result: Result, asked: Asked, failure: Failure | null): void;
  /** Told what publishing threw: the asker has the result all the same. */
  unpublished(error: unknown): void;
}

/** A result, and what was found of limits that have no bearing on its verdict. */
export interface Watched {
  result: Result;
  warnings: Finding[];
}

export interface Pipeline {
  answer: Answer;
  /** Answers, and holds what was measured against the expectations of `softer` too (the same request with others). */
  watch(asked: Asked, softer: Request | null): Promise<Watched>;
  /** Refuses what comes from now on, gives what is under way `graceMs`, ends the rest; resolves when all is answered. */
  drain(graceMs: number): Promise<void>;
}

interface Outcome {
  request: Request | null;
  measurement: Measurement;
  /** Null where there was nothing to judge. */
  assessment: Assessment | null;
}

/** What a request has waited for its turn is gone: the probe is to know what it has left. */
const inTime = (accepted: Accepted, deadline: Deadline): Accepted => ({
  ...accepted,
  request: { ...accepted.request, timeoutMs: Math.max(1, Math.ceil(deadline.leftMs())) },
});

export function createPipeline(agent: string, stages: Stages): Pipeline {
  const underWay = new Set<Promise<Watched>>();
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  let draining = false;

  async function through(asked: Asked, deadline: Deadline): Promise<Outcome> {
    const outcome: Outcome = { request: null, measurement: nothingMeasured, assessment: null };
    try {
      if (draining) throw new Failure('stopping', 'the agent is stopping');
      const accepted = await stages.validate(asked);
      outcome.request = accepted.request;
      const signal = deadline.begin(accepted.request.timeoutMs);
      const measured = await stages.queue(
        accepted,
        () => stages.probe(inTime(accepted, deadline), signal),
        signal,
      );
      outcome.measurement = await stages.annotate(accepted.request, measured, signal);
      if (measured.failure !== null) throw measured.failure;
      outcome.assessment = stages.assess(accepted.request, outcome.measurement);
    } catch (error) {
      outcome.measurement = { ...outcome.measurement, failure: deadline.explain(error) };
    }
    return outcome;
  }

  async function run(asked: Asked, softer: Request | null): Promise<Watched> {
    const startedAt = new Date();
    const startedMs = performance.now();
    const deadline = createDeadline(asked.signal, stop.signal);
    const { request, measurement, assessment } = await through(asked, deadline);
    deadline.end();
    const durationMs = Math.round((performance.now() - startedMs) * 1000) / 1000;
    const times = { startedAt, durationMs };
    const result = composeResult(agent, asked, request, measurement, assessment, times);
    try {
      stages.publish(result, asked, measurement.failure);
    } catch (error) {
      stages.unpublished(error);
    }
    const judged = softer !== null && assessment !== null;
    return { result, warnings: judged ? stages.assess(softer, measurement).findings : [] };
  }

  function watch(asked: Asked, softer: Request | null): Promise<Watched> {
    const answer = run(asked, softer);
    underWay.add(answer);
    void answer.finally(() => underWay.delete(answer));
    return answer;
  }

  return {
    answer: async (asked) => (await watch(asked, null)).result,
    watch,
    async drain(graceMs) {
      draining = true;
      const grace = setTimeout(() => stop.abort(), graceMs);
      await Promise.allSettled(underWay);
      clearTimeout(grace);
    },
  };
}
