// Brings the kernel from what stands to what is wanted: ours first, then what is to make room for it.
import type { Family } from '../../../shared/ip.ts';
import { messageOf } from '../../../shared/thrown.ts';
import type { Log } from '../../log.ts';
import { readInterfaces } from '../ip.ts';
import { type Changed, runChange, takeOut } from './apply.ts';
import { capture, fallen, giveBack } from './capture.ts';
import { type CaptureLimit, restMinutes } from './capture-limit.ts';
import { conflictsOf, isRival, tableConflictsOf } from './conflicts.ts';
import { eachFamily } from './families.ts';
import type { Journal } from './journal.ts';
import {
  type Desired,
  type ElsewhereDefault,
  type ForeignDefault,
  type RouteSettings,
  mainTable,
} from './kinds.ts';
import { learned } from './learned.ts';
import { overruledOf } from './overruled.ts';
import { readDump } from './read.ts';
import { type Change, type Item, planFor } from './steps.ts';
import { wantedOf } from './wanted.ts';
import { foreignDeleteWords, foreignKeyWords, nameOf } from './words.ts';

/** What is not as wanted. */
export interface Problem {
  family: Family;
  /** Null where it is of the default routes in the main table. */
  uplink: string | null;
  /** A sentence, with iproute2's own words where it is its. */
  reason: string;
}

export interface Outcome extends Changed {
  /** Of what was captured. */
  restored: string[];
  problems: Problem[];
  /** Families whose default route in the main table is not as wanted. */
  failed: Family[];
}

export interface ReconcileParts {
  settings: RouteSettings;
  journal: Journal;
  limit: CaptureLimit;
  /** All that holds of a family and is no problem; what was told of it the last time is not said again. */
  warn(family: Family, sentences: readonly string[]): void;
  log: Log;
}

/** One family's reconciliation: what it is to do, and what came of it so far. */
interface Task extends ReconcileParts {
  family: Family;
  outcome: Outcome;
}

const failed = ({ family, outcome }: Task, reason: string, uplink: string | null = null): void => {
  outcome.problems.push({ family, uplink, reason });
};

/** Carries out changes; answers the tables in which not all stands as wanted. */
async function runChanges(task: Task, changes: readonly Change[]): Promise<number[]> {
  const broken: number[] = [];
  for (const change of changes) {
    try {
      await runChange(task.family, change, task.settings.routeProto, task.outcome);
    } catch (error) {
      failed(task, messageOf(error), change.uplink);
      broken.push(change.table);
    }
  }
  return broken;
}

/** The tables of uplinks in which somebody else's default route goes before ours; told. */
function takenTables(
  task: Task,
  uplinks: readonly Change[],
  elsewhere: readonly ElsewhereDefault[],
  count: number,
): number[] {
  const conflicts = tableConflictsOf(elsewhere, { ...task.settings, count });
  return uplinks.flatMap(({ uplink, table }) => {
    const own = conflicts.filter((one) => one.table === table);
    for (const { reason } of own) failed(task, reason, uplink);
    return own.length > 0 ? [table] : [];
  });
}

const keyOf = (route: ForeignDefault): string => `${route.family} ${foreignKeyWords(route).join(' ')}`;

/** Those that would be taken out, if they hadn't been so again and again; told. */
function sparedOf(task: Task, foreign: readonly ForeignDefault[], captures: readonly string[]) {
  const nowMs = performance.now();
  const spared = foreign.filter(
    (route) => isRival(route, captures) && task.limit.isSpared(keyOf(route), nowMs),
  );
  for (const route of spared) {
    failed(
      task,
      `${nameOf(route)} is put back as often as it is taken out, and is left alone for ${restMinutes} minutes: find the ` +
        `program that sets it (/etc/iproute2/rt_protos has a name for proto ${route.protocol}) and keep it from that, or ` +
        'set failover.mode: overlay',
    );
  }
  return spared;
}

async function takeOver(task: Task, foreign: readonly ForeignDefault[], captures: readonly string[]) {
  const { family, journal, limit, outcome } = task;
  try {
    const { taken, left } = await capture(family, foreign, captures, journal);
    for (const route of taken) {
      limit.taken(keyOf(route), performance.now());
      outcome.removed.push(foreignDeleteWords(route).join(' '));
    }
    for (const route of left)
      failed(task, `${nameOf(route)} is left alone: it could not be put back as it is`);
  } catch (error) {
    failed(task, `default routes of others can't be captured (${messageOf(error)})`);
  }
}

function withLearned(desired: Desired, family: Family, from: readonly ForeignDefault[]): Desired {
  const one = desired.families[family];
  if (one === undefined) return desired;
  return {
    ...desired,
    families: { ...desired.families, [family]: { ...one, ways: learned(one.ways, from) } },
  };
}

async function reconcileFamily(family: Family, desired: Desired, parts: ReconcileParts): Promise<Outcome> {
  const { settings, journal, log } = parts;
  const outcome: Outcome = { added: [], removed: [], restored: [], problems: [], failed: [] };
  const task: Task = { ...parts, family, outcome };
  const { own, foreign, elsewhere } = await readDump(family, settings.routeProto);
  const captured = journal.routes().map(({ route }) => route);
  const known = withLearned(desired, family, [...foreign, ...captured]);
  const { uplinks, active, standby, remove } = planFor(own, wantedOf(known, family, settings));

  const chosen = (desired.families[family]?.active ?? null) !== null;
  const captures = desired.mode === 'capture' && chosen ? desired.interfaces : [];
  const spared = sparedOf(task, foreign, captures);
  const others = foreign.filter((route) => !spared.includes(route));
  const conflicts =
    active === null ? [] : [...conflictsOf(spared, settings, []), ...conflictsOf(others, settings, captures)];
  for (const sentence of conflicts) failed(task, sentence);

  const taken = takenTables(task, uplinks, elsewhere, desired.interfaces.length);
  const free = uplinks.filter(({ table }) => !taken.includes(table));
  const broken = [...taken, ...(await runChanges(task, free))];
  if (active !== null)
    broken.push(...(conflicts.length > 0 ? [mainTable] : await runChanges(task, [active])));
  const inForce = active !== null && !broken.includes(mainTable);
  const all = [...foreign, ...captured].filter((route) => route.family === family);
  parts.warn(family, inForce ? overruledOf(all, settings, desired.interfaces) : []);
  if (active !== null && !inForce) outcome.failed.push(family);
  if (inForce) {
    await runChanges(task, standby);
    if (captures.length > 0) await takeOver(task, others, captures);
  }
  // The system's own routes have to do where nothing is chosen, and where nothing of ours stands.
  const stands = inForce || own.routes.some(({ table }) => table === mainTable);
  // So do those by an interface that is no uplink's any more.
  const goesBack = ({ interfaceName }: ForeignDefault): boolean =>
    captures.length === 0 || !stands || interfaceName === null || !captures.includes(interfaceName);
  outcome.restored = await giveBack(family, journal, { proto: settings.routeProto, log }, goesBack);

  // What could not be brought about leaves what was there before it.
  const goes = (item: Item): boolean => 'priority' in item || !broken.includes(item.table);
  const { removed, failures } = await takeOut(family, remove.filter(goes), settings.routeProto);
  outcome.removed.push(...removed);
  for (const failure of failures) failed(task, failure.message);
  return outcome;
}

/** Rejects with Failure internal where `ip` can't be run; otherwise what is not as wanted is told. */
export async function reconcile(desired: Desired, parts: ReconcileParts): Promise<Outcome> {
  const { journal, log } = parts;
  if (journal.routes().length > 0) await journal.forget(fallen(journal.routes(), await readInterfaces()));
  const outcomes = await eachFamily((family) => reconcileFamily(family, desired, parts));
  const outcome: Outcome = {
    added: outcomes.flatMap(({ added }) => added),
    removed: outcomes.flatMap(({ removed }) => removed),
    restored: outcomes.flatMap(({ restored }) => restored),
    problems: outcomes.flatMap(({ problems }) => problems),
    failed: outcomes.flatMap((one) => one.failed),
  };
  const { added, removed, restored } = outcome;
  if (added.length + removed.length + restored.length > 0)
    log.info({ added, removed, restored }, 'the routes of failover were changed');
  return outcome;
}
