// What the rounds of a window say of the line, and how many in a row say the same. Pure.
import { type Fate, type Slot, type Window, fateOf } from './window.ts';

/** Who has a say. */
export interface Ballot {
  /** The targets that vote; at least one. */
  voters: readonly string[];
  /** How many of them must be good; at most all. */
  needed: number;
}

/** Of rounds that say something. */
export interface Rows {
  goodInRow: number;
  badInRow: number;
  /** Rounds that this machine could not ask in; they neither count nor reset the others. */
  localInRow: number;
  /** The first of the good rounds in a row; null without one. */
  goodFromRound: number | null;
}

type Word = 'good' | 'bad' | 'local';

/** Null while it is not decided, and where it can't be. */
function wordOf(fates: readonly Fate[], { voters, needed }: Ballot, complete: boolean): Word | null {
  const count = (fate: Fate): number => fates.filter((one) => one === fate).length;
  if (count('answered') >= needed) return 'good';
  // Even if all others had answered.
  if (voters.length - count('lost') < needed) return 'bad';
  return complete && count('open') === 0 && count('local') > 0 ? 'local' : null;
}

interface Said {
  round: number;
  word: Word;
}

/** How many at the end are this word. */
function rowOf(said: readonly Said[], wanted: Word): number {
  return said.length - 1 - said.findLastIndex(({ word }) => word !== wanted);
}

/** A line that has to prove itself does not do so by what came after the timeout. */
function provingFate(slot: Slot, timeoutMs: number, nowMs: number): Fate {
  const fate = fateOf(slot, nowMs);
  return fate === 'answered' && (slot.rttMs ?? 0) > timeoutMs ? 'lost' : fate;
}

/** What is decided, the oldest round first. */
function saidBy({ slots, provingFromMs }: Window, ballot: Ballot, timeoutMs: number, nowMs: number): Said[] {
  const fatesByRound = new Map<number, Fate[]>();
  for (const slot of slots) {
    if (!ballot.voters.includes(slot.target) || slot.sentMs < (provingFromMs ?? -Infinity)) continue;
    const fate = provingFromMs === null ? fateOf(slot, nowMs) : provingFate(slot, timeoutMs, nowMs);
    fatesByRound.set(slot.round, [...(fatesByRound.get(slot.round) ?? []), fate]);
  }
  const newest = Math.max(...fatesByRound.keys());
  return [...fatesByRound].flatMap(([round, fates]) => {
    const word = wordOf(fates, ballot, round !== newest || fates.length === ballot.voters.length);
    return word === null ? [] : [{ round, word }];
  });
}

/** How many of the latest decided rounds say the same. */
export function rowsOf(window: Window, ballot: Ballot, timeoutMs: number, nowMs: number): Rows {
  const said = saidBy(window, ballot, timeoutMs, nowMs);
  const counting = said.filter(({ word }) => word !== 'local');
  const goodInRow = rowOf(counting, 'good');
  return {
    goodInRow,
    badInRow: rowOf(counting, 'bad'),
    localInRow: rowOf(said, 'local'),
    goodFromRound: goodInRow === 0 ? null : (counting.at(-goodInRow)?.round ?? null),
  };
}
