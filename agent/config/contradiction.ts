// Keys that are right each by itself and contradict each other.
import type * as z from 'zod';

/** A check of what stands beside a key, told of that key. */
export const contradiction =
  <T extends object>(key: keyof T & string, problemOf: (beside: T) => string | null) =>
  ({ value, issues }: z.core.ParsePayload<T>): void => {
    const message = problemOf(value);
    if (message !== null) issues.push({ code: 'custom', message, path: [key], input: value[key] });
  };
