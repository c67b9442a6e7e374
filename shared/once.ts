// Equal work under way together, done once.

/** Begins it, unless work of that key is under way: then its promise is given again. */
export function createOnce() {
  const underWay = new Map<string, Promise<void>>();
  return (key: string, begin: () => Promise<void>): Promise<void> => {
    const already = underWay.get(key);
    if (already !== undefined) return already;
    const begun = begin().finally(() => underWay.delete(key));
    underWay.set(key, begun);
    return begun;
  };
}
