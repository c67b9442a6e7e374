// Carries out changes phase by phase: what was put in is looked for in the kernel before anything is taken out.
import { Failure } from '../../../shared/failure.ts';
import type { Family } from '../../../shared/ip.ts';
import { changeByIp } from '../ip/run.ts';
import { type OwnRoute, mainTable } from './kinds.ts';
import { type Dump, kernelDefault, readDump } from './read.ts';
import { type Change, type Item, type Phase, holds, itemsOf } from './steps.ts';
import { addWords, deleteWords, nameOf } from './words.ts';

/** The kernel took it out already (with its link, say), or never had it. */
export const isGone = (why: string): boolean =>
  /No such (process|file or directory)|Cannot find device/.test(why);
export const isThere = (why: string): boolean => why.includes('File exists');

/** Words of `ip`, as they were carried out. */
export interface Changed {
  added: string[];
  removed: string[];
}

const failureOf = (words: readonly string[], why: string): Failure =>
  new Failure('internal', `ip ${words.join(' ')}: ${why}`);

/** Takes out items; answers the words of those that went, and why the others stay. */
export async function takeOut(
  family: Family,
  items: readonly Item[],
  proto: number,
): Promise<{ removed: string[]; failures: Failure[] }> {
  const commands = items.map((item) => deleteWords(item, proto));
  const results = await changeByIp(family, commands);
  return {
    removed: commands.flatMap((words, index) => (results[index] === null ? [words.join(' ')] : [])),
    failures: commands.flatMap((words, index) => {
      const why = results[index] ?? null;
      return why === null || isGone(why) ? [] : [failureOf(words, why)];
    }),
  };
}

/** Whether the kernel would send by it now: a route may stand and be passed over (ignore_routes_with_linkdown). */
async function verifyTaken(route: OwnRoute, { own, foreign }: Dump): Promise<void> {
  const others = [...own.routes.filter(({ table }) => table === mainTable), ...foreign];
  if (route.interfaceName === null || others.some(({ metric }) => metric < route.metric)) return;
  const taken = await kernelDefault(route.family);
  if (taken === null || taken === route.interfaceName) return;
  const sentence = `the kernel sends by ${taken}, though the default route by ${route.interfaceName} goes before`;
  throw new Failure('internal', sentence);
}

/** That what was added stands: the kernel also says that it exists where it is another's that does. */
async function verify(family: Family, items: readonly Item[], proto: number): Promise<void> {
  const dump = await readDump(family, proto);
  for (const item of items) {
    const inMain = 'metric' in item && item.table === mainTable;
    if (!holds(itemsOf(dump.own), item)) {
      const other = dump.foreign.find(({ metric }) => inMain && metric === item.metric);
      const why = other === undefined ? 'it does not stand afterwards' : `${nameOf(other)} has its metric`;
      throw failureOf(addWords(item, proto), why);
    }
    if (inMain) await verifyTaken(item, dump);
  }
}

/** `told` has what was carried out, though it failed; so has `added`. */
async function runPhase(family: Family, { remove, add }: Phase, proto: number, added: Item[], told: Changed) {
  const { removed, failures } = await takeOut(family, remove, proto);
  told.removed.push(...removed);
  const [stays] = failures;
  if (stays !== undefined) throw stays;
  const commands = add.map((item) => addWords(item, proto));
  const results = await changeByIp(family, commands);
  added.push(...add.filter((_, index) => results[index] === null));
  told.added.push(...commands.flatMap((words, index) => (results[index] === null ? [words.join(' ')] : [])));
  const refused = results.findIndex((why) => why !== null && !isThere(why));
  if (refused >= 0) throw failureOf(commands[refused] ?? [], results[refused] ?? '');
  if (add.length > 0) await verify(family, add, proto);
}

/**
 * Runs a change to its end. Where a phase fails before anything was taken out, what this change had put in goes again;
 * afterwards what stands stays, for it may be all there is. Rejects with Failure internal, in iproute2's own words.
 */
export async function runChange(family: Family, { phases }: Change, proto: number, told: Changed) {
  const added: Item[] = [];
  let takenOut = false;
  for (const phase of phases) {
    takenOut ||= phase.remove.length > 0;
    try {
      await runPhase(family, phase, proto, added, told);
    } catch (error) {
      if (!takenOut) told.removed.push(...(await takeOut(family, added.toReversed(), proto)).removed);
      throw error;
    }
  }
}
