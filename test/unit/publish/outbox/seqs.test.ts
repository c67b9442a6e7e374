// The numbers of the outbox's messages, across runs that know nothing of each other.
import { expect, it } from 'vitest';
import { createSeqs } from '../../../../agent/publish/outbox/seqs.ts';

const epochMs = Date.parse('2026-11-20T07:00:00Z');
const taken = (seqs: { next(): number }): number[] => Array.from({ length: 1000 }, () => seqs.next());

it('grow, exactly, and are known as the run’s own', () => {
  const seqs = createSeqs(epochMs);
  const own = taken(seqs);
  expect(own.every((seq, at) => Number.isSafeInteger(seq) && seq > (own[at - 1] ?? 0))).toBe(true);
  expect(own.every(seqs.isOwn)).toBe(true);
});

it('of two runs from the same moment have none in common, and neither takes the other’s for its own', () => {
  const one = createSeqs(epochMs, () => 0.2);
  const other = createSeqs(epochMs, () => 0.4);
  const [ours, theirs] = [taken(one), new Set(taken(other))];
  expect(ours.some((seq) => theirs.has(seq) || other.isOwn(seq))).toBe(false);
});

it('are greater than what was seen', () => {
  const seqs = createSeqs(epochMs);
  const before = seqs.next();
  seqs.seen(before + 1e9);
  expect(seqs.next()).toBeGreaterThan(before + 1e9);
  expect(seqs.isOwn(before)).toBe(true);
});
