// A pipeline whose stages a test replaces, with what went through it.
import { createAnnotate } from '../../../agent/asn/annotate.ts';
import { noNames } from '../../../agent/asn/names.ts';
import { noNetworks } from '../../../agent/asn/networks.ts';
import { assess } from '../../../agent/assess/index.ts';
import { type Pipeline, type Stages, createPipeline } from '../../../agent/pipeline.ts';
import type { Asked } from '../../../agent/request/asked.ts';
import type { Accepted } from '../../../agent/request/validate.ts';
import { createProbeQueue } from '../../../agent/queue.ts';
import type { Failure } from '../../../shared/failure.ts';
import type { Result } from '../../../shared/result.ts';
import { measured } from '../assess/measured.ts';
import { requestOf } from '../shared/request/reading.ts';

export const asked = (given: Partial<Asked> = {}): Asked => ({
  kind: 'ping',
  word: 'ping',
  body: { id: 'r-1', target: '1.1.1.1' },
  problem: null,
  mayForce: false,
  mayProbeSelf: true,
  signal: null,
  reply: null,
  ...given,
});

export const accepted = (body: object = {}): Accepted => ({
  request: requestOf('ping', { id: 'r-1', target: '1.1.1.1', ...body }),
  mayProbeSelf: true,
  exit: null,
});

export interface Watched extends Pipeline {
  /** The stages in the order they were entered. */
  entered: string[];
  published: { result: Result; asked: Asked; failure: Failure | null }[];
  unpublished: unknown[];
}

export function watched(given: Partial<Stages> = {}): Watched {
  const entered: string[] = [];
  const published: Watched['published'] = [];
  const unpublished: unknown[] = [];
  const lanes = createProbeQueue(4);
  const stages: Stages = {
    validate: () => Promise.resolve(accepted()),
    queue: (_accepted, job, signal) => lanes.run('lte', job, signal),
    probe: () => Promise.resolve(measured()),
    annotate: createAnnotate(noNames, noNetworks),
    assess,
    publish: (result, by, failure) => void published.push({ result, asked: by, failure }),
    unpublished: (error) => void unpublished.push(error),
    ...given,
  };
  const noted = <A extends unknown[], R>(name: string, stage: (...args: A) => R) => {
    return (...args: A): R => {
      entered.push(name);
      return stage(...args);
    };
  };
  const pipeline = createPipeline('pi', {
    validate: noted('validate', stages.validate),
    queue: (...args) => {
      entered.push('queue');
      return stages.queue(...args);
    },
    probe: noted('probe', stages.probe),
    annotate: noted('annotate', stages.annotate),
    assess: noted('assess', stages.assess),
    publish: noted('publish', stages.publish),
    unpublished: stages.unpublished,
  });
  return { ...pipeline, entered, published, unpublished };
}
