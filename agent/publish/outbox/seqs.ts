// The outbox's numbers: they grow from message to message and, as far as the disk can be read, from start to start. A
// run has its own, also where it began beside an earlier one's that could not be read then, or with a clock set back.

export interface Seqs {
  next(): number;
  /** From now on those given are greater. */
  seen(seq: number): void;
  isOwn(seq: number): boolean;
}

/** What a number leaves for the run's mark: a number of milliseconds of today times this is still exact. */
const marks = 1024;

export function createSeqs(epochMs: number, random: () => number = Math.random): Seqs {
  const mark = Math.floor(random() * marks);
  let step = Math.floor(epochMs);
  let first = Infinity;
  let last = -Infinity;
  return {
    next() {
      last = step * marks + mark;
      first = Math.min(first, last);
      step += 1;
      return last;
    },
    seen: (seq) => void (step = Math.max(step, Math.floor(seq / marks) + 1)),
    isOwn: (seq) => seq >= first && seq <= last && seq % marks === mark,
  };
}
