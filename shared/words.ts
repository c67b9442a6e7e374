// Fixed words of a request that others than us write in either case (record types, response codes, methods).
import * as z from 'zod';

const inCapitals = (value: unknown): unknown => (typeof value === 'string' ? value.toUpperCase() : value);

/** One of these words in capitals, however it is written. */
export const wordOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.preprocess(inCapitals, z.enum(words));
