/** Of moments, some of which may not come. Null where none does. Pure. */
export function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((ms) => ms !== null);
  return known.length === 0 ? null : Math.min(...known);
}
