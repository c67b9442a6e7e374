// How long a message may be, and what becomes of one that would be longer.

/** Below the 64 KiB that a message may have, with room for what a broker or a bridge in between adds. */
export const longestPayloadBytes = 60 * 1024;

/** A text of at most so many characters; of a longer one the beginning, and that it goes on. */
export const cut = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest - 1)}…` : text;

/** The first payload that a message may hold; where none does the last, which `payloads` returns. */
export function firstThatFits(payloads: Generator<string, string>): string {
  let next = payloads.next();
  while (next.done !== true && Buffer.byteLength(next.value) > longestPayloadBytes) next = payloads.next();
  return next.value;
}
