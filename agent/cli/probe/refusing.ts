// The stages of a request that was refused where it was typed: nothing is opened for it, and its result is like any other.
import type { Stages } from '../../pipeline.ts';

const never = (): never => {
  throw new Error('a refused request came through');
};

export const refusing: Stages = {
  validate: ({ problem }) => (problem === null ? never() : Promise.reject(problem)),
  queue: never,
  probe: never,
  annotate: never,
  assess: never,
  publish: () => undefined,
  unpublished: () => undefined,
};
