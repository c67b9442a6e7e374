// A key that stands twice in one JSON object: JSON.parse lets the last one win, and a condition would vanish unheard.

// A string, or one of the signs that give JSON its shape; numbers, words and blanks don't matter here.
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

interface Level {
  /** Null in a list. */
  keys: Set<string> | null;
  /** The key, or the index, that the next value stands at. */
  at: string | number;
}

const pathOf = (levels: readonly Level[]): string => levels.map(({ at }) => String(at)).join('.');

/** The path of the first key given twice in its object, as in `expect.minLatencyMs`; null where none is. For text that JSON.parse takes. */
export function keyGivenTwice(text: string): string | null {
  const levels: Level[] = [];
  let lastString = '';
  for (const [word] of text.matchAll(token)) {
    const inner = levels.at(-1);
    if (word === '{') levels.push({ keys: new Set(), at: '' });
    else if (word === '[') levels.push({ keys: null, at: 0 });
    else if (word === '}' || word === ']') levels.pop();
    else if (word === ',') {
      if (typeof inner?.at === 'number') inner.at += 1;
    } else if (word !== ':') lastString = word;
    else if (inner !== undefined && inner.keys !== null) {
      // Written in two ways it is one key all the same: "id" and "\u0069d".
      const key = String(JSON.parse(lastString));
      inner.at = key;
      if (inner.keys.has(key)) return pathOf(levels);
      inner.keys.add(key);
    }
  }
  return null;
}
