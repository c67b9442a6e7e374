// Before a switch that nothing presses for, what answers as things are is asked; what changes meanwhile counts at once.
import type { Family } from '../../../shared/ip.ts';
import type { Confirming } from './confirming.ts';
import { isVoluntary } from './desired.ts';
import type { Seat } from './seat.ts';

type Answered = ReadonlyMap<Family, ReadonlySet<string>>;

export interface AskingParts {
  /** Decides by what is known at the moment. */
  choose(): Seat[];
  /** Resolves when something else is known. */
  called(): Promise<void>;
  confirming: Pick<Confirming, 'now'>;
}

const nobody: Answered = new Map();

async function answeredNow(seats: readonly Seat[], { now }: AskingParts['confirming']): Promise<Answered> {
  const each = seats.map(async ({ family }) => [family, await now(family)] as const);
  return new Map(await Promise.all(each));
}

/** What is chosen in the end, and what answered before; null where the signal ended it. */
export async function chooseAsking(
  { choose, called, confirming }: AskingParts,
  ending: AbortSignal,
): Promise<{ seats: Seat[]; answered: Answered } | null> {
  let seats = choose();
  if (!seats.some(isVoluntary)) return { seats, answered: nobody };
  const asked = answeredNow(seats, confirming);
  for (;;) {
    const answered = await Promise.race([asked, called().then(() => null)]);
    if (ending.aborted) return null;
    seats = choose();
    if (answered !== null || !seats.some(isVoluntary)) return { seats, answered: answered ?? nobody };
  }
}
