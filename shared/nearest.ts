// "Did you mean …?": the known word closest to a mistyped one.

/** Insertions, deletions, replacements and swaps of neighbours, each one slip. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 0; row < a.length; row++) {
    const current = [row + 1];
    for (let column = 0; column < b.length; column++) {
      const replaced = (previous[column] ?? 0) + (a[row] === b[column] ? 0 : 1);
      const swapped =
        row > 0 && column > 0 && a[row] === b[column - 1] && a[row - 1] === b[column]
          ? (beforePrevious[column - 1] ?? 0) + 1
          : Infinity;
      current.push(Math.min(replaced, swapped, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous.at(-1) ?? a.length;
}

/** The known word within two typing slips (case apart) of this one; null where none is. */
export function nearest(word: string, known: readonly string[]): string | null {
  const slips = word.length < 5 ? 1 : 2;
  // Every HTTP header is looked at: those too long or too short for any slip are not worth a comparison.
  const ranked = known
    .filter((candidate) => Math.abs(candidate.length - word.length) <= slips)
    .map((candidate) => ({
      candidate,
      distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= slips ? best.candidate : null;
}
