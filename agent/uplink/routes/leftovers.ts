// What a failover left in the kernel that did not end in order: read, and nothing touched.
import { eachFamily } from './families.ts';
import { lookIntoJournal } from './journal.ts';
import { readDump } from './read.ts';
import { itemsOf } from './steps.ts';
import { deleteWords, nameOf } from './words.ts';

export interface Leftovers {
  /** Our routes and rules, as words of `ip` that would take them out. */
  own: string[];
  /** Default routes of others that were taken out, as in a sentence; none where the journal can't be read. */
  captured: string[];
}

/** While no agent holds the lock; else they are what it works with. Rejects with Failure internal. */
export async function leftovers(options: { stateDir: string; proto: number }): Promise<Leftovers> {
  const { stateDir, proto } = options;
  const captured = await lookIntoJournal(stateDir).catch(() => []);
  const dumps = await eachFamily((family) => readDump(family, proto));
  return {
    own: dumps.flatMap(({ own }) => itemsOf(own).map((item) => deleteWords(item, proto).join(' '))),
    captured: captured.map(({ route }) => nameOf(route)),
  };
}
