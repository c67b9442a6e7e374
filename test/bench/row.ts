// One line of the bench's table, and the figures that rows are made of. Pure.

export interface Row {
  /** The case's name, and what of it this row is. */
  case: string;
  figure: string;
  unit: 'µs' | 'ms' | 's' | '%' | 'MB' | 'bytes' | 'packets' | 'echoes';
  ours: number;
  against: { name: string; value: number } | null;
  /** The most that `ours` may be: in its unit, or as a part of `against`. Null where the row only informs. */
  bar: { most: number; of: 'ours' | 'ratio' } | null;
  /** Measurements behind the figure. */
  n: number;
  note: string;
}

/** `ours` divided by what it stands against. */
export const ratioOf = ({ ours, against }: Row): number | null =>
  against === null ? null : ours / against.value;

export function isReached(row: Row): boolean | null {
  if (row.bar === null) return null;
  const judged = row.bar.of === 'ours' ? row.ours : ratioOf(row);
  return judged !== null && judged <= row.bar.most;
}

/** The smallest value that at least this part of the values does not exceed (nearest rank). */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  if (value === undefined) throw new Error('no values to take a quantile of');
  return value;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
