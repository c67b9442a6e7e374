// Carries out a change phase by phase: what was put in is looked for in the kernel before anything is taken out.
import { Failure } from '../../../shared/failure.ts';
import type { Family } from '../../../shared/ip.ts';
import { changeByIp } from '../ip/run.ts';
import { type OwnRoute, mainTable } from './kinds.ts';
import { type Dump, kernelDefault, readDump } from './read.ts';
import { type Change, type Item, type Phase, holds, itemsOf } from './steps.ts';
import { addWords, deleteWords, nameOf } from './words.ts';

/** The kernel took it out already (with its link, say), or never had it. */
export const isGone = (words: string): boolean =>
  /No such (process|file or directory)|Cannot find device/.test(words);
export const isThere = (words: string): boolean => words.includes('File exists');

export interface Changed {
  added: string[];
  removed: string[];
}

const sentenceOf = (words: readonly string[], why: string): string => `ip ${words.join(' ')}: ${why}`;

/** Who has the place that a route of ours was to have. */
function inTheWay(item: Item, { foreign }: Dump): string {
  const metric = 'priority' in item || item.table !== mainTable ? null : item.metric;
  const other = foreign.find((route) => route.metric === metric);
  return other === undefined ? 'something else has its place' : `${nameOf(other)} has its metric`;
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

/** Takes out items; answers the words of those that went. Rejects with Failure internal where one stays. */
export async function takeOut(family: Family, items: readonly Item[], proto: number): Promise<string[]> {
  const commands = items.map((item) => deleteWords(item, proto));
  const results = await changeByIp(family, commands);
  const failed = results.findIndex((words) => words !== null && !isGone(words));
  if (failed >= 0) throw new Failure('internal', sentenceOf(commands[failed] ?? [], results[failed] ?? ''));
  return commands.flatMap((words, index) => (results[index] === null ? [words.join(' ')] : []));
}

/** What of a phase went in though it failed is given back by `added`. */
async function runPhase(family: Family, { remove, add }: Phase, proto: number, added: Item[], told: Changed) {
  const removing = remove.map((item) => deleteWords(item, proto));
  const adding = add.map((item) => addWords(item, proto));
  const results = await changeByIp(family, [...removing, ...adding]);
  const removed = results.slice(0, remove.length);
  const put = results.slice(remove.length);
  added.push(...add.filter((_, index) => put[index] === null));
  told.removed.push(
    ...removing.filter((_, index) => removed[index] === null).map((words) => words.join(' ')),
  );
  told.added.push(...adding.filter((_, index) => put[index] === null).map((words) => words.join(' ')));
  const stays = removed.findIndex((words) => words !== null && !isGone(words));
  if (stays >= 0) throw new Failure('internal', sentenceOf(removing[stays] ?? [], removed[stays] ?? ''));
  const refused = put.findIndex((words) => words !== null && !isThere(words));
  if (refused >= 0) throw new Failure('internal', sentenceOf(adding[refused] ?? [], put[refused] ?? ''));
  if (add.length === 0) return;
  const dump = await readDump(family, proto);
  const missing = add.findIndex((item) => !holds(itemsOf(dump.own), item));
  const lacks = add[missing];
  if (lacks !== undefined) {
    const why = put[missing] === null ? 'it was gone again at once' : inTheWay(lacks, dump);
    throw new Failure('internal', sentenceOf(adding[missing] ?? [], why));
  }
  for (const item of add) {
    if (!('priority' in item) && item.table === mainTable) await verifyTaken(item, dump);
  }
}

/**
 * Runs a change to its end. Where a phase fails before anything was taken out, what this change had put in goes again;
 * afterwards what stands stays, for it may be all there is. Rejects with Failure internal, in iproute2's own words.
 */
export async function runChange(
  family: Family,
  { phases }: Change,
  proto: number,
  told: Changed,
): Promise<void> {
  const added: Item[] = [];
  let takenOut = false;
  for (const phase of phases) {
    takenOut ||= phase.remove.length > 0;
    try {
      await runPhase(family, phase, proto, added, told);
    } catch (error) {
      if (!takenOut) told.removed.push(...(await takeOut(family, added.toReversed(), proto)));
      throw error;
    }
  }
}
