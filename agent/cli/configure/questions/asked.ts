// What the questions share: an answer is tried at once, and one that fails is kept only on a person's word.
import type { Told } from '../packets.ts';
import type { Asking } from '../prompts.ts';

export function tell(asking: Asking, { ok, words }: Told): void {
  if (ok) asking.good(words);
  else asking.bad(words);
}

/** Whether all went well, or is to be kept all the same. */
export async function isKept(asking: Asking, trials: readonly Told[]): Promise<boolean> {
  for (const told of trials) tell(asking, told);
  return trials.every(({ ok }) => ok) || asking.yes('Keep it anyway?', false);
}

/** Asks until the answer stands its trial, or is kept though it does not. */
export async function untilKept<T>(
  asking: Asking,
  ask: () => Promise<T>,
  tryOut: (answer: T) => Promise<readonly Told[]>,
): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (await isKept(asking, await asking.during(tryOut(answer)))) return answer;
  }
}
