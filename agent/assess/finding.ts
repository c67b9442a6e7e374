// How a judge says what it found. Pure.
import type { Finding } from '../../shared/result.ts';

type Json = Finding['measured'];

/** What a judge says; the expectation's name and what was expected are added for it. */
export interface Judgement {
  status: Finding['status'];
  measured: Json;
  reason: string;
}

export const pass = (measured: Json, reason: string): Judgement => ({ status: 'pass', measured, reason });
export const fail = (measured: Json, reason: string): Judgement => ({ status: 'fail', measured, reason });
export const unknown = (measured: Json, reason: string): Judgement => ({
  status: 'unknown',
  measured,
  reason,
});

/** `name: value` for a sentence: at most three decimals, no trailing zeros. */
export const figure = (value: number): string => String(Math.round(value * 1000) / 1000);
