// Memories that don't grow without end.

/** Keeps a value by its key as the latest; with more than `most` the one that was kept the longest ago goes. */
export function keepLatest<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > most && oldest.done !== true) map.delete(oldest.value);
}

/** A pure function that knows its answers again, `most` of them: then it begins anew. */
export function remembered<Answer>(
  most: number,
  answer: (question: string) => Answer,
): (question: string) => Answer {
  const answers = new Map<string, { answer: Answer }>();
  return (question) => {
    const known = answers.get(question);
    if (known !== undefined) return known.answer;
    const given = answer(question);
    if (answers.size >= most) answers.clear();
    answers.set(question, { answer: given });
    return given;
  };
}
