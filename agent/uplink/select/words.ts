// How a selection is explained. The sentences stay the same while nothing changes: they are published. Pure.
import type { Judged } from './judged.ts';
import type { Candidate } from './terms.ts';

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** What is to be said of an uplink after its name. */
export function predicate({ usable, health, suppressed, distrusted }: Candidate): string {
  if (!usable) return 'has no carrier, address or gateway';
  if (health === 'unknown') return "can't be judged by this machine";
  if (health === 'probing') return 'has not answered yet';
  if (distrusted && health !== 'down') return 'did not reach what it has to';
  if (suppressed && health !== 'down') return 'is held back for going up and down too often';
  return `is ${health}`;
}

/** Each with what is to be said of it: `lte is up and fibre is down`. */
export const told = (...candidates: readonly Candidate[]): string =>
  list.format(candidates.map((candidate) => `${candidate.name} ${predicate(candidate)}`));

/** Their names alone. */
export const named = (candidates: readonly Judged[]): string =>
  list.format(candidates.map(({ name }) => name));

/** `60 s`, `0.5 s`. */
export const seconds = (ms: number): string => `${ms / 1000} s`;
