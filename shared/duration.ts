// Durations as people write them: 500ms, 30s, 15m, 2h, 1d.
import * as z from 'zod';
import { quoted } from './issues.ts';

const units: readonly (readonly [word: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
];

/** Whole milliseconds; null where the text is no number with a unit right behind it. */
export function parseDuration(text: string): number | null {
  const [, number, word] = /^(\d{1,15}(?:\.\d{1,15})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const unit = units.find(([name]) => name === word);
  return unit === undefined ? null : Math.round(Number(number) * unit[1]);
}

/** In the largest unit of which it is a whole number: `15m`, and `90s` rather than `1.5m`. */
export function durationWords(wholeMs: number): string {
  const [name, ms] = units.find(([, size]) => wholeMs >= size && wholeMs % size === 0) ?? ['ms', 1];
  return `${wholeMs / ms}${name}`;
}

/** Reads a duration between two others into milliseconds. */
export const duration = (leastMs: number, mostMs: number) =>
  z.unknown().transform((given, context): number => {
    const refuse = (message: string): never => {
      context.issues.push({ code: 'custom', message, input: given });
      return z.NEVER;
    };
    const ms = typeof given === 'string' ? parseDuration(given) : null;
    if (ms === null)
      return refuse(`must be a duration such as 500ms, 30s, 15m, 2h or 1d, not ${quoted(given)}`);
    if (ms < leastMs) return refuse(`must be at least ${durationWords(leastMs)}, not ${quoted(given)}`);
    if (ms > mostMs) return refuse(`must be at most ${durationWords(mostMs)}, not ${quoted(given)}`);
    return ms;
  });
