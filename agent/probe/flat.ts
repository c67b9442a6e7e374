// What strangers say, made fit for a sentence of ours. Pure.

/** One line without control characters, `longest` characters at most. */
export function flat(words: string, longest: number): string {
  const line = words.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
